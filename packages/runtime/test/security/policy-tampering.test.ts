import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { ed25519PublicKey, sha256Hex } from '@airlock/crypto';
import { base64UrlEncode, formatTime, utf8Encode } from '@airlock/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { readAnchor, writeAnchor } from '../../src/chain/anchor.js';
import { type ChainFields, encodeLine, GENESIS, parseChain } from '../../src/chain/chain-lines.js';
import { nodeFs } from '../../src/files/fs-port.js';
import { readSealed, writeSealed } from '../../src/files/sealed-json.js';
import type { RuntimePaths } from '../../src/paths/paths.js';
import { openKeys } from '../../src/secrets/open-keys.js';
import { repairStorage } from '../../src/state/repair.js';
import { ask, lastOf, launch, paired, pairUp } from '../support/daemon.js';
import { Human } from '../support/human.js';
import { Relay } from '../support/relay.js';
import { record } from '../support/records.js';
import { judgedByApprover } from '../support/shipped-approver.js';
import {
  asked,
  inHours,
  logged,
  newestArtifact,
  NOTHING,
  type Paired,
  permitted,
  show,
  signed,
  take,
} from '../support/signing.js';

const SLOW = { timeout: 60_000 };

interface Site extends Paired {
  /** A copy of everything while auto mode was on. */
  readonly before: string;
  /** A copy of everything as it is to be. */
  readonly right: string;
  /** Of the gateway, which is another one in every test. */
  readonly port: number;
}

const filesOf = ({ paths }: Pick<Site, 'paths'>) =>
  readdirSync(paths.policyDirectory).map((name) => join(paths.policyDirectory, name));

const folder = mkdtempSync(join(tmpdir(), 'al-'));
let prepared: Site | null = null;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function stopped(made: Site, copy: string): Promise<void> {
  await made.daemon.close();
  cpSync(made.paths.home ?? '', copy, { recursive: true });
}

/**
 * Auto mode was signed, then switched off here, then the policy was signed anew with one gate less: an older file would
 * bring auto mode back. A second workspace of the same approver has a document of its own.
 */
async function prepare(): Promise<Site> {
  const first = await paired({}, folder);
  const copies = { before: join(folder, 'b'), right: join(folder, 'r') };
  const made: Site = Object.assign(first, { ...copies, port: first.relay.port });
  const other = join(folder, 'other');
  mkdirSync(other);
  const elsewhere = Object.assign({ ...made }, { workspace: other });
  await pairUp(elsewhere, made.human);
  await signed(elsewhere, { kind: 'auto-on', until: inHours(4) });
  await pairUp(made, made.human);
  await signed(made, { kind: 'auto-on', until: inHours(4) });
  await stopped(made, made.before);
  made.daemon = await launch(made.paths);
  await take(made, { kind: 'auto-off' });
  await signed(made, { kind: 'gate-off', gate: 'git' });
  await take(made, { kind: 'require', requirement: 'verified-pairing' });
  expect(await permitted(made)).toEqual(RIGHT);
  await stopped(made, made.right);
  return made;
}

/** Everything as it is to be, with nothing running but the gateway. */
async function site(): Promise<Site> {
  const first = prepared === null;
  prepared ??= await prepare();
  const { human, port } = prepared;
  rmSync(prepared.paths.home ?? '', { recursive: true, force: true });
  cpSync(prepared.right, prepared.paths.home ?? '', { recursive: true });
  if (first) return prepared;
  const again = await Relay.start(port);
  const { seed, publicKey, signerKeyId, pairingKey } = human;
  const same = Object.assign(new Human(again), { seed, publicKey, signerKeyId, pairingKey });
  return Object.assign({ ...prepared }, { relay: again, human: same });
}

/** The same with the daemon running. */
async function running(): Promise<Site> {
  const made = await site();
  made.daemon = await launch(made.paths);
  return made;
}

const RIGHT = { ...NOTHING, gatesOff: ['git'], requirements: ['verified-pairing'] };
/** Without a document, what was required stays. */
const STRICTEST = { ...NOTHING, requirements: ['verified-pairing'] };

async function tampered(made: Site, tamper: (made: Site) => void | Promise<void>): Promise<void> {
  await tamper(made);
  made.daemon = await launch(made.paths);
}

/** The file of the document in force. */
function current(made: Site): string {
  const { sha256, workspaceId } = documentEntry(made);
  return join(made.paths.policyDirectory, `${workspaceId}.${sha256}.json`);
}

function lines({ restrictionsFile }: Pick<RuntimePaths, 'restrictionsFile'>): string[] {
  return readFileSync(restrictionsFile, 'utf8').split('\n').slice(0, -1);
}

function documentEntry(made: Site): Record<string, string> {
  return lines(made.paths)
    .map((line) => JSON.parse(line))
    .findLast(({ kind }) => kind === 'policy');
}

function oldFile(made: Site): string {
  const { workspaceId } = documentEntry(made);
  const name = readdirSync(join(made.before, 'state', 'policies')).find((one) => one.startsWith(`${workspaceId}.`));
  return join(made.before, 'state', 'policies', name ?? '');
}

function otherFile(made: Site): string {
  const { workspaceId } = documentEntry(made);
  return filesOf(made).find((file) => !file.includes(`${workspaceId}`)) ?? '';
}

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
}

function putBack(made: Site, names: readonly string[]): void {
  for (const name of names) {
    const to = join(made.paths.state, name);
    rmSync(to, { recursive: true, force: true });
    cpSync(join(made.before, 'state', name), to, { recursive: true });
  }
}

/** Writes entries as the list would have them, from the first one on, so that the chain holds. */
function rechained(entries: readonly ChainFields[]): Uint8Array {
  const bytes: Uint8Array[] = [];
  let prev = GENESIS;
  for (const { prev: _, ...fields } of entries) {
    const line = encodeLine(fields, prev);
    bytes.push(line.bytes);
    prev = line.hash;
  }
  return Buffer.concat(bytes);
}

describe(rules('LOC-080', 'LOC-085', 'INV-38', 'INV-26')`a signed document tampered with`, () => {
  const attacks: ReadonlyArray<readonly [string, (made: Site) => void]> = [
    ['edited', (made) => flip(current(made))],
    ['deleted', (made) => rmSync(current(made))],
    ['deleted with all others', (made) => rmSync(made.paths.policyDirectory, { recursive: true })],
    ['truncated', (made) => truncateSync(current(made), 100)],
    ['emptied', (made) => truncateSync(current(made), 0)],
    ['continued', (made) => appendFileSync(current(made), 'x')],
    ['replaced by that of another workspace', (made) => writeFileSync(current(made), readFileSync(otherFile(made)))],
    [
      'swapped with that of another workspace',
      (made) => {
        const [mine, theirs] = [current(made), otherFile(made)];
        renameSync(mine, `${mine}.tmp`);
        renameSync(theirs, mine);
        renameSync(`${mine}.tmp`, theirs);
      },
    ],
    ['rolled back under its own name', (made) => writeFileSync(current(made), readFileSync(oldFile(made)))],
    ['replaced by the older one beside it', (made) => (rmSync(current(made)), putBack(made, ['policies']))],
    ['readable by others', (made) => chmodSync(current(made), 0o644)],
    [
      'in a folder that is a link',
      (made) => {
        renameSync(made.paths.policyDirectory, `${made.paths.policyDirectory}.moved`);
        symlinkSync(`${made.paths.policyDirectory}.moved`, made.paths.policyDirectory);
      },
    ],
    [
      'that is a link',
      (made) => {
        renameSync(current(made), join(made.paths.state, 'moved.json'));
        symlinkSync(join(made.paths.state, 'moved.json'), current(made));
      },
    ],
  ];

  it.each(attacks)('%s: everything is asked, and the reason is shown', SLOW, async (_, tamper) => {
    const made = await site();
    await tampered(made, tamper);
    expect(await permitted(made)).toEqual(STRICTEST);
    const problem = { code: 'policy_void', fix: 'airlock policy renew', message: expect.any(String) };
    expect(await show(made)).toMatchObject({ version: 0, signedBy: null, problem });
    const { problems, workspaces } = await made.client.status();
    expect(problems).toContainEqual({
      ...problem,
      message: expect.stringContaining(made.workspace),
      file: current(made),
    });
    expect(workspaces.find(({ path }) => path === made.workspace)).toMatchObject({ auto: false, policyVersion: 0 });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow', outcome: 'approved' });
    expect(newestArtifact(made)).toMatchObject({ policyVersion: 0 });
    const { workspaceId } = documentEntry(made);
    const found = logged(made, 'policy.void').filter((entry) => entry.workspaceId === workspaceId);
    expect(found).toMatchObject([{ code: 'policy_void', reason: (await show(made)).problem?.message }]);
  });

  it('while the daemon runs changes nothing until it starts again', SLOW, async () => {
    const made = await running();
    rmSync(made.paths.policyDirectory, { recursive: true });
    expect(await permitted(made)).toEqual(RIGHT);
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect(await permitted(made)).toEqual(STRICTEST);
  });

  it('is put aside by a repair, which loosens nothing', SLOW, async () => {
    const made = await site();
    const file = current(made);
    flip(file);
    const { setAside, remaining, stopped } = await repairStorage(made.paths);
    expect({ setAside, remaining, stopped }).toEqual({
      setAside: [expect.stringContaining(`${file}.damaged-`)],
      remaining: [],
      stopped: false,
    });
    made.daemon = await launch(made.paths);
    expect(await permitted(made)).toEqual(STRICTEST);
    await signed(made, { kind: 'renew' });
    expect(await permitted(made)).toEqual(STRICTEST);
    expect((await show(made)).problem).toBeUndefined();
  });
});

describe(rules('LOC-085', 'INV-38', 'INV-26')`the list of restrictions tampered with`, () => {
  const dropped = (wanted: (entry: Record<string, unknown>) => boolean) => (made: Site) => {
    const kept = lines(made.paths)
      .map((line) => JSON.parse(line))
      .filter((entry) => !wanted(entry));
    writeFileSync(made.paths.restrictionsFile, rechained(kept));
  };
  const attacks: ReadonlyArray<readonly [string, (made: Site) => void]> = [
    ['edited', (made) => flip(made.paths.restrictionsFile)],
    ['deleted', (made) => rmSync(made.paths.restrictionsFile)],
    [
      'deleted with its anchor',
      (made) => {
        for (const file of [made.paths.restrictionsFile, `${made.paths.restrictionsFile}.anchor`]) rmSync(file);
      },
    ],
    ['without its anchor', (made) => rmSync(`${made.paths.restrictionsFile}.anchor`)],
    ['emptied', (made) => truncateSync(made.paths.restrictionsFile, 0)],
    [
      'shortened by its last entry',
      (made) => writeFileSync(made.paths.restrictionsFile, `${lines(made.paths).slice(0, -1).join('\n')}\n`),
    ],
    [
      'shortened by its last byte',
      (made) => truncateSync(made.paths.restrictionsFile, readFileSync(made.paths.restrictionsFile).length - 1),
    ],
    ['reordered', (made) => writeFileSync(made.paths.restrictionsFile, `${lines(made.paths).reverse().join('\n')}\n`)],
    ['without what was taken away, chained anew', dropped(({ kind }) => kind === 'restrict')],
    ['without the newest document, chained anew', dropped(({ sha256 }) => sha256 !== undefined)],
    ['rolled back', (made) => putBack(made, ['restrictions.jsonl'])],
    ['rolled back with its document', (made) => putBack(made, ['restrictions.jsonl', 'policies'])],
    [
      'rolled back with its document and its anchor',
      (made) => putBack(made, ['restrictions.jsonl', 'restrictions.jsonl.anchor', 'policies']),
    ],
    [
      'rolled back with the whole state',
      (made) => (
        rmSync(made.paths.state, { recursive: true }),
        cpSync(join(made.before, 'state'), made.paths.state, { recursive: true })
      ),
    ],
    [
      'rolled back, and unknown to the secret store',
      (made) => {
        putBack(made, ['restrictions.jsonl', 'restrictions.jsonl.anchor', 'policies']);
        rmSync(join(made.paths.secretsDirectory, 'restrictions'));
      },
    ],
  ];

  it.each(attacks)('%s: everything is denied until a repair, which loosens nothing', SLOW, async (_, tamper) => {
    const made = await site();
    const sent = made.relay.artifacts.size;
    await tampered(made, tamper);
    const { problems } = await made.client.status();
    expect(problems[0]).toMatchObject({ code: 'state_corrupt', fix: 'airlock doctor --repair' });
    expect(await permitted(made)).toEqual(NOTHING);
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'state_corrupt' });
    expect(await asked(made, { kind: 'auto-on', until: inHours(1) })).toMatchObject([
      { event: 'error', code: 'state_corrupt' },
    ]);
    await expect(take(made, { kind: 'auto-off' })).rejects.toMatchObject({ code: 'state_unavailable' });
    expect(made.relay.artifacts.size).toBe(sent);
    await made.daemon.close();
    expect(await repairStorage(made.paths)).toMatchObject({ remaining: [], stopped: true });
    made.daemon = await launch(made.paths);
    expect(await permitted(made)).toMatchObject({ autoUntil: null, gatesOff: [], patterns: [], unmanaged: [] });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ outcome: 'approved' });
  });

  it('and repaired keeps what can still be read of what only tightens', SLOW, async () => {
    const made = await running();
    await take(made, { kind: 'grant-ended', policyId: 'dnd-7' });
    await made.daemon.close();
    appendFileSync(made.paths.restrictionsFile, 'garbage\n');
    await repairStorage(made.paths);
    const kept = lines(made.paths).map((line) => JSON.parse(line));
    expect(kept.map(({ kind }) => kind)).toEqual(['stop', 'grant-ended', 'restrict']);
    made.daemon = await launch(made.paths);
    expect(await permitted(made)).toEqual(STRICTEST);
    expect(await take(made, { kind: 'grant-ended', policyId: 'dnd-7' })).toBe(false);
  });

  it('damaged under a running daemon is noticed at once by whoever records something', SLOW, async () => {
    const made = await running();
    truncateSync(made.paths.restrictionsFile, 0);
    await expect(take(made, { kind: 'gate-on', gate: 'git' })).rejects.toMatchObject({ code: 'state_corrupt' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'state_corrupt' });
  });

  it('removed under a running daemon is noticed within seconds', SLOW, async () => {
    const made = await running();
    rmSync(made.paths.restrictionsFile);
    for (let n = 0; n < 60 && (await made.client.status()).problems.length === 0; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'state_corrupt' });
  });
});

describe(rules('LOC-080', 'PAIR-260', 'INV-38')`the approver’s key in the state replaced`, () => {
  const mine = () => base64UrlEncode(ed25519PublicKey(new Uint8Array(randomBytes(32))));

  it('without our seal denies everything', SLOW, async () => {
    const made = await site();
    const own = base64UrlEncode(made.human.publicKey);
    await tampered(made, ({ paths }) => {
      const text = readFileSync(paths.stateFile, 'utf8');
      expect(text).toContain(own);
      writeFileSync(paths.stateFile, text.replaceAll(own, mine()));
    });
    await expect(show(made)).rejects.toMatchObject({ code: 'state_corrupt' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'state_corrupt' });
  });

  /** Somebody who runs as this user can read the key of the seals where there is no keychain. */
  async function resealed(made: Site, change: (state: any) => void): Promise<void> {
    const { integrity } = await openKeys({ paths: made.paths });
    const sealing = { integrity, fs: nodeFs, label: 'state' };
    const state = readSealed(made.paths.stateFile, sealing);
    change(state);
    writeSealed(made.paths.stateFile, state, sealing);
  }

  it('with our seal makes the signed document void', SLOW, async () => {
    const made = await site();
    await tampered(made, () =>
      resealed(made, (state) => {
        for (const { standing } of state.workspaces) standing.active.publicKey = mine();
      }),
    );
    expect(await permitted(made)).toEqual(STRICTEST);
    expect((await show(made)).problem?.message).toContain('another approver');
  });

  it('with our seal and the pin denies everything', SLOW, async () => {
    const made = await site();
    await tampered(made, () =>
      resealed(made, (state) => {
        for (const { standing } of state.workspaces) {
          standing.active.publicKey = mine();
          standing.pin.publicKey = standing.active.publicKey;
        }
      }),
    );
    await expect(show(made)).rejects.toMatchObject({ code: 'state_corrupt' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'state_corrupt' });
  });

  it(
    'a document of one’s own, sealed and listed with the stolen key of the seals, is void without the approver’s signature',
    SLOW,
    async () => {
      const made = await site();
      const { workspaceId = '' } = documentEntry(made);
      const stored = JSON.parse(JSON.parse(readFileSync(made.paths.stateFile, 'utf8')).json);
      const { enforcerId } = stored.workspaces.find((one: any) => one.workspaceId === workspaceId);
      const forged = `{"auto":{"until":"${formatTime(inHours(1))}"},"version":4000000000}`;
      const attacker = { seed: new Uint8Array(randomBytes(32)), signerKeyId: made.human.signerKeyId };
      await tampered(made, async ({ paths }) => {
        const { integrity } = await openKeys({ paths });
        const sha256 = sha256Hex(utf8Encode(forged));
        const name = join(paths.policyDirectory, `${workspaceId}.${sha256}.json`);
        const sealing = { integrity, fs: nodeFs, label: `policy/${workspaceId}/${sha256}` };
        writeSealed(name, record(attacker, forged, { workspaceId, enforcerId }), sealing);
        const chain = parseChain(readFileSync(paths.restrictionsFile), GENESIS).lines;
        const entry = {
          kind: 'policy',
          at: formatTime(Date.now()),
          workspaceId,
          version: 4_000_000_000,
          sha256,
          signerKeyId: made.human.signerKeyId,
          requires: '',
        };
        const line = encodeLine(entry, chain.at(-1)?.hash ?? GENESIS);
        appendFileSync(paths.restrictionsFile, line.bytes);
        const anchor = readAnchor(paths.restrictionsFile, integrity, nodeFs);
        const reached = { count: chain.length + 1, hash: line.hash };
        writeAnchor(paths.restrictionsFile, { base: anchor!.base, reached }, { integrity, fs: nodeFs });
      });
      expect(await permitted(made)).toMatchObject({ autoUntil: null, gatesOff: [], patterns: [], unmanaged: [] });
      expect((await show(made)).problem).toMatchObject({ code: 'policy_void' });
    },
  );
});

describe(rules(
  'LOC-085',
  'APPR-155',
)`everything of this user replaced, secrets included (documented limit of one uid)`, () => {
  it(
    'brings the older policy back, and the approver refuses to approve anything under it until it is renewed',
    SLOW,
    async () => {
      const made = await running();
      const newest = await show(made);
      await made.daemon.close();
      const home = made.paths.home ?? '';
      rmSync(home, { recursive: true });
      cpSync(made.before, home, { recursive: true });
      made.daemon = await launch(made.paths);
      const older = await show(made);
      expect(older.version).toBeLessThan(newest.version);
      expect(older.autoUntil).not.toBeNull();
      await take(made, { kind: 'auto-off' });
      made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
      await ask(made);
      const artifact = [...made.relay.artifacts.values()].at(-1)!;
      expect(made.human.read(artifact).policyVersion).toBe(older.version);
      expect(judgedByApprover(made.human, artifact, newest)).toMatchObject({
        canApprove: false,
        obstacles: ['policy-rolled-back'],
        warnings: ['policy-rolled-back'],
      });
      expect(judgedByApprover(made.human, artifact, older)).toMatchObject({ canApprove: true, obstacles: [] });
      await signed(made, { kind: 'renew' });
      const renewal = [...made.relay.artifacts.values()].at(-1)!;
      expect(judgedByApprover(made.human, renewal, newest)).toMatchObject({
        canApprove: true,
        obstacles: [],
        warnings: ['policy-rolled-back'],
      });
      expect((await show(made)).version).toBeGreaterThan(newest.version);
    },
  );
});

describe(rules('LOC-080', 'INV-38')`a crash after the approver signed and before the document was stored`, () => {
  it('leaves the old policy, and a renewal that the approver may sign', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'gate-off', gate: 'git' });
    const before = await permitted(made);
    let lost = { version: 0, sha256: 'a'.repeat(64) };
    const events = await asked(made, { kind: 'auto-on', until: inHours(1) }, (artifact) => {
      const { policy } = made.human.read(artifact);
      lost = { version: JSON.parse(policy).version, sha256: 'b'.repeat(64) };
      chmodSync(made.paths.policyDirectory, 0o755);
      made.human.decide(artifact, 'approve');
    });
    expect(events.at(-1)).toMatchObject({ event: 'refused', outcome: 'failed', code: 'directory_insecure' });
    expect(logged(made, 'policy.changed')).toHaveLength(1);
    chmodSync(made.paths.policyDirectory, 0o700);
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect(await permitted(made)).toEqual(before);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    await ask(made);
    const refused = [...made.relay.artifacts.values()].at(-1)!;
    expect(judgedByApprover(made.human, refused, lost).obstacles).toEqual(['policy-rolled-back']);
    while (Date.now() / 1000 < lost.version + 1) await new Promise((resolve) => setTimeout(resolve, 100));
    await signed(made, { kind: 'renew' });
    const renewal = [...made.relay.artifacts.values()].at(-1)!;
    expect(judgedByApprover(made.human, renewal, lost)).toMatchObject({ canApprove: true, obstacles: [] });
    expect(await permitted(made)).toEqual(before);
  });
});

it('a successor of the approver cannot use what the old one signed', SLOW, async () => {
  const made = await paired();
  await signed(made, { kind: 'auto-on', until: inHours(1) });
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
  await pairUp(made, new Human(made.relay));
  expect(await permitted(made)).toEqual(NOTHING);
  expect(existsSync(made.paths.policyDirectory)).toBe(true);
});
