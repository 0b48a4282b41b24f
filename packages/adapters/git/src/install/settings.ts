import { identityOfUrl, IDENTITY_VARIABLE } from '../repository/identity.js';
import { git, gitLines } from './git.js';
import type { InstallOptions } from './model.js';
import type { Place } from './place.js';
import type { InstallRecord } from './record.js';

const TRAILER = 'airlock.trailer';

/** Fetches the receipts of a remote beside our own. A pattern, because git refuses a fetch whose exact reference is missing. */
export function receiptsRefspec(remote: string): string {
  return `+refs/notes/airlock*:refs/airlock/remotes/${remote}*`;
}

/** What the configuration says now. */
export interface Settings {
  readonly identity: string | null;
  readonly trailer: boolean;
  /** Remotes that are fetched from without their receipts. */
  readonly withoutReceipts: readonly string[];
}

export async function readSettings(place: Place): Promise<Settings> {
  const [given] = await gitLines(place, ['config', '--get-all', IDENTITY_VARIABLE], [1]);
  return {
    identity: given ?? (await fromOrigin(place)),
    trailer: (await git(place, ['config', '--type=bool', '--get', TRAILER], [1])) === 'true',
    withoutReceipts: await remotesWithoutReceipts(place),
  };
}

async function fromOrigin(place: Place): Promise<string | null> {
  return identityOfUrl((await git(place, ['remote', 'get-url', 'origin'], [2, 128])) ?? '');
}

async function remotesWithoutReceipts(place: Place): Promise<readonly string[]> {
  const found: string[] = [];
  if (place.side === 'server') return found;
  for (const remote of await gitLines(place, ['remote'])) {
    const fetched = await gitLines(place, ['config', '--get-all', `remote.${remote}.fetch`], [1]);
    if (fetched.length > 0 && !fetched.includes(receiptsRefspec(remote))) found.push(remote);
  }
  return found;
}

/** Writes identity, trailer and what is fetched; answers what of it is new, added to what was. */
export async function writeSettings(
  place: Place,
  { identity, trailer }: Pick<InstallOptions, 'identity' | 'trailer'>,
  record: InstallRecord,
): Promise<InstallRecord> {
  const before = await readSettings(place);
  const added = await writeIdentity(place, identity ?? before.identity);
  const isSwitched = trailer === true && !before.trailer;
  if (isSwitched) await git(place, ['config', '--local', TRAILER, 'true']);
  for (const remote of before.withoutReceipts) {
    await git(place, ['config', '--local', '--add', `remote.${remote}.fetch`, receiptsRefspec(remote)]);
  }
  return {
    ...record,
    identities: [...record.identities, ...added],
    trailer: record.trailer || isSwitched,
    remotes: [...new Set([...record.remotes, ...before.withoutReceipts])],
  };
}

/** Puts an identity first, before those it had; older approvals name one of them. */
async function writeIdentity(place: Place, identity: string | null): Promise<readonly string[]> {
  const [first, ...others] = await gitLines(place, ['config', '--get-all', IDENTITY_VARIABLE], [1]);
  if (identity === null || identity === first) return [];
  const local = await gitLines(place, ['config', '--local', '--get-all', IDENTITY_VARIABLE], [1]);
  if (local.length > 0) await git(place, ['config', '--local', '--unset-all', IDENTITY_VARIABLE]);
  const kept = local.filter((each) => each !== identity);
  for (const each of [identity, ...kept]) await git(place, ['config', '--local', '--add', IDENTITY_VARIABLE, each]);
  return others.includes(identity) ? [] : [identity];
}

/** Takes back what an installation added. */
export async function takeSettings(place: Place, record: InstallRecord): Promise<void> {
  for (const identity of record.identities) await unset(place, IDENTITY_VARIABLE, identity);
  if (record.trailer) await unset(place, TRAILER, 'true');
  for (const remote of record.remotes) await unset(place, `remote.${remote}.fetch`, receiptsRefspec(remote));
}

/** 5: there is no such variable any more. */
async function unset(place: Place, name: string, value: string): Promise<void> {
  const exactly = `^${value.replace(/[.*+?^$(){}|[\]\\]/g, '\\$&')}$`;
  await git(place, ['config', '--local', '--unset-all', name, exactly], [5]);
}
