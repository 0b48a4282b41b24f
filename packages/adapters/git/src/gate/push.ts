import { APPROVED_BEFORE, type GitCommit, gitPushAction, type RefUpdate } from '@airlock/actions';
import { GitError } from '../errors.js';
import { openReceipts } from '../receipts/receipts.js';
import { RECEIPTS_REF } from '../receipts/write-notes.js';
import type { Repository } from '../repository/repository.js';
import { approve, DAEMON_CALL_MS, report } from './approve.js';
import { type ApprovedBefore, approvedBefore } from './approved-before.js';
import { describeCommits, refuseTooMany } from './describe-commits.js';
import { identityOf } from './identity-of.js';
import { type PushLine, pushLines } from './lines.js';
import type { GatePorts } from './ports.js';
import { refusalLine } from './refusal.js';
import { withoutSecrets } from './remote-url.js';

/** Where a push goes, as git tells it. */
export interface Remote {
  readonly name: string;
  readonly url: string;
}

const SMALLER = 'push in steps, for example git push REMOTE COMMIT:BRANCH; or git fetch REMOTE first';

/** Before a push: asks about every reference with the commits that are new to the remote. Throws to stop git. */
export async function beforePush(
  remote: Remote,
  { input, repository }: { readonly input: string; readonly repository: Repository },
  ports: GatePorts,
): Promise<void> {
  const lines = pushLines(input);
  if (lines.length === 0) return;
  const identity = await identityOf(repository);
  const ids = await newToRemote(remote, lines, repository);
  const known = await approvedBefore(ids, { identity, repository, ports });
  const shown = ids.filter((id) => !known.has(id));
  refuseTooMany(shown, SMALLER);
  const refs = await updatesOf(lines, repository);
  const action = gitPushAction({
    repository: identity,
    commits: await entriesOf(ids, known, repository),
    refs,
    remote: { name: withoutSecrets(remote.name), url: withoutSecrets(remote.url) },
  });
  const requestId = await approve(
    { question: { action: { ...action } }, commits: shown, before: nothing, recheck: nothing },
    repository,
    ports,
  );
  const daemon = await ports.connect(AbortSignal.timeout(DAEMON_CALL_MS));
  await report(daemon, { requestId, outcome: { result: 'unknown' } }, ports);
  await exchange(remote, repository, ports);
}

/** A push names the objects themselves: nothing can move any more. */
async function nothing(): Promise<void> {
  return await Promise.resolve();
}

async function entriesOf(
  ids: readonly string[],
  known: ApprovedBefore,
  repository: Repository,
): Promise<readonly GitCommit[]> {
  const raw = await repository.commits(ids);
  const whole = new Map<string, GitCommit>();
  for (const each of await describeCommits(
    ids.filter((id) => !known.has(id)),
    repository,
  )) {
    whole.set(each.id, each);
  }
  return [...raw.values()].map(
    (commit) => whole.get(commit.id) ?? { ...commit, diff: `${APPROVED_BEFORE}${known.get(commit.id) ?? ''}` },
  );
}

async function newToRemote(
  { name }: Remote,
  lines: readonly PushLine[],
  repository: Repository,
): Promise<readonly string[]> {
  const { zeroId } = repository;
  const tips: string[] = [];
  for (const { ref, after } of lines) {
    if (after === zeroId || ref === RECEIPTS_REF) continue;
    const commit = await repository.resolve(`${after}^{commit}`);
    if (commit === null)
      throw new GitError('not_a_commit', `${ref} would name no commit, so its content cannot be shown`);
    tips.push(commit);
  }
  if (tips.length === 0) return [];
  const remotes = /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(name) ? [`--remotes=${name}`] : [];
  const there = lines.map(({ before }) => before).filter((id) => id !== zeroId);
  return await repository.newCommits(tips, { revisions: [...remotes, ...there] });
}

async function updatesOf(lines: readonly PushLine[], repository: Repository): Promise<readonly RefUpdate[]> {
  const updates: RefUpdate[] = [];
  for (const { ref, ...ids } of lines) {
    const before = ids.before === repository.zeroId ? null : ids.before;
    const after = ids.after === repository.zeroId ? null : ids.after;
    if (before === after) continue;
    updates.push({
      ref,
      before,
      after,
      isForced: before !== null && after !== null && (await loses(before, after, repository)),
    });
  }
  return updates;
}

/** Whether commits of the remote are lost. What it has and we do not is lost. */
async function loses(before: string, after: string, repository: Repository): Promise<boolean> {
  const [old, now] = await Promise.all([before, after].map((id) => repository.resolve(`${id}^{commit}`)));
  if (old === undefined || old === null || now === undefined || now === null) return true;
  return !(await repository.isAncestor(old, now));
}

/** Receipts go first, so that a server that judges the push has them. It is for the server to refuse what has none. */
async function exchange({ name }: Remote, repository: Repository, ports: GatePorts): Promise<void> {
  const receipts = openReceipts(repository);
  try {
    await receipts.settle();
    await receipts.exchange(name);
  } catch (error) {
    ports.say(`${refusalLine(error)}; the push goes on without receipts`);
  }
}
