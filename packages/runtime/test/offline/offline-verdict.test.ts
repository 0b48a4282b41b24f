import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '../../src/audit/read-audit.js';
import { stopDaemon } from '../../src/daemon/stop.js';
import type { HostAction } from '../../src/host/host-desk.js';
import { type OfflineCall, offlineVerdict } from '../../src/offline/offline-verdict.js';
import { nodePorts } from '../../src/ports/ports.js';
import { daemonClient } from '../../src/socket/connect.js';
import type { DaemonClient } from '../../src/socket/daemon-client.js';
import { launch, paired, type Scene } from '../support/daemon.js';
import { commandFacts, commandFor } from '../support/policy-scene.js';
import { inHours, signed } from '../support/signing.js';

const SLOW = { timeout: 60_000 };
const HOUR = 3_600_000;
const INPUT = '{"command":"echo hi"}';

const folder = mkdtempSync(join(tmpdir(), 'al-'));
const copies = { closed: join(folder, 'closed'), open: join(folder, 'open') };
let site: Pick<Scene, 'paths' | 'workspace'> | null = null;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Signed in and paired; then with fail mode open signed for eight hours. Copies of the files at both moments. */
async function prepare() {
  const made = await paired({}, folder);
  const { paths, workspace, daemon } = made;
  const home = paths.home ?? '';
  await daemon.close();
  cpSync(home, copies.closed, { recursive: true });
  await launch(paths).then(async (again) => {
    await signed(made, { kind: 'fail-open', until: inHours(8) });
    await again.close();
  });
  cpSync(home, copies.open, { recursive: true });
  return { paths, workspace };
}

beforeEach(async () => {
  site ??= await prepare();
  restore('open');
}, 60_000);

function here() {
  if (site === null) throw new Error('not prepared');
  return site;
}

/** Puts the files back as they were at a moment. */
function restore(name: keyof typeof copies): void {
  const home = here().paths.home ?? '';
  rmSync(home, { recursive: true, force: true });
  cpSync(copies[name], home, { recursive: true });
}

/** Lets a daemon do something, and ends it. */
async function withDaemon(work: (client: DaemonClient) => Promise<unknown>): Promise<void> {
  const { paths } = here();
  const daemon = await launch(paths);
  await work(daemonClient(paths));
  await daemon.close();
}

function call(over: Partial<HostAction> = {}, members: Partial<OfflineCall> = {}): OfflineCall {
  const { workspace } = here();
  return {
    host: 'claude-code',
    sessionId: 's-1',
    tool: 'Bash',
    inputJson: INPUT,
    describe: async () => ({
      workspace,
      action: { ...commandFor(workspace, ['/bin/echo', 'hi']), tool: 'Bash', inputJson: INPUT },
      facts: commandFacts(),
      recheck: async () => null,
      ...over,
    }),
    ...members,
  };
}

const judge = (made = call()) => offlineVerdict(here().paths, made);

function alter(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

const policyFile = () => join(here().paths.policyDirectory, readdirSync(here().paths.policyDirectory)[0] ?? '');
const secretFile = (prefix: string) =>
  join(
    here().paths.secretsDirectory,
    readdirSync(here().paths.secretsDirectory).find((name) => name.startsWith(prefix)) ?? 'none',
  );

describe(rules('LOC-105', 'ENF-155')`a signed fail mode that is open, and no daemon`, () => {
  it('passes a call, puts that on record, and does so again', SLOW, async () => {
    const first = await judge();
    expect(first).toEqual({ permission: 'pass', until: expect.any(Number) });
    expect(await judge()).toEqual(first);
    const passed = listAudit(here().paths).filter(({ entry }) => entry.kind === 'policy.passed');
    expect(passed.map(({ entry }) => entry['basis'])).toEqual(['fail-open', 'fail-open']);
  });

  it('passes calls that are judged at the same time', SLOW, async () => {
    const verdicts = await Promise.all([1, 2, 3, 4].map(async () => await judge()));
    expect(verdicts.map(({ permission }) => permission)).toEqual(['pass', 'pass', 'pass', 'pass']);
  });

  it('leaves the locks to the daemon that starts next', SLOW, async () => {
    await judge();
    await withDaemon(async (client) => expect((await client.status()).problems).toEqual([]));
  });

  it('remembers that a command changed the shell of its session', SLOW, async () => {
    const { workspace } = here();
    const action = {
      ...commandFor(workspace, ['/bin/bash', '-c', 'cd /'], { shell: '/bin/bash', commandText: 'cd /' }),
      tool: 'Bash',
    };
    const described = { action: { ...action, inputJson: INPUT }, facts: commandFacts({ persistentShell: true }) };
    expect(await judge(call(described))).toMatchObject({ permission: 'pass' });
    expect(readFileSync(here().paths.restrictionsFile, 'utf8')).toContain('"taint"');
  });
});

describe(rules('LOC-105', 'ENF-155', 'INV-22')`no signed fail mode that is open`, () => {
  it.each<[string, string, () => Promise<void> | void]>([
    ['never signed', 'daemon_not_running', () => restore('closed')],
    [
      'taken back',
      'daemon_not_running',
      async () =>
        await withDaemon(async (client) =>
          client.restrictPolicy({ workspace: here().workspace, restriction: { kind: 'fail-closed' } }),
        ),
    ],
    ['signed out', 'not_signed_in', async () => await withDaemon(async (client) => client.signOut())],
    ['unpaired', 'not_paired', async () => await withDaemon(async (client) => client.unpair(here().workspace))],
    ['stopped by the user', 'daemon_stopped', async () => void (await stopDaemon(here().paths))],
  ])('%s: %s', SLOW, async (_name, code, change) => {
    await change();
    expect(await judge()).toMatchObject({ permission: 'deny', code });
  });

  it('expired', SLOW, async () => {
    const at = (hours: number) => ({ ...nodePorts, now: () => Date.now() + hours * HOUR });
    expect(await offlineVerdict(here().paths, call(), at(7))).toMatchObject({ permission: 'pass' });
    expect(await offlineVerdict(here().paths, call(), at(9))).toMatchObject({
      permission: 'deny',
      code: 'daemon_not_running',
    });
  });
});

describe(rules('LOC-090', 'LOC-105', 'ENF-155')`calls that it does not apply to`, () => {
  it('a protected target', SLOW, async () => {
    const { workspace, paths } = here();
    for (const target of [paths.stateFile, join(workspace, '.claude', 'settings.json'), paths.socket]) {
      const action = { ...commandFor(workspace, ['/bin/rm', target]), tool: 'Bash', inputJson: INPUT };
      expect(await judge(call({ action })), target).toMatchObject({ permission: 'deny', code: 'daemon_not_running' });
    }
  });

  it('another folder', SLOW, async () => {
    const workspace = mkdtempSync(join(folder, 'other-'));
    expect(await judge(call({ workspace }))).toMatchObject({ permission: 'deny', code: 'not_paired' });
  });

  it('a folder inside the workspace belongs to it', SLOW, async () => {
    const workspace = join(here().workspace, 'inner');
    mkdirSync(workspace, { recursive: true });
    expect(await judge(call({ workspace }))).toMatchObject({ permission: 'pass' });
  });

  it('a call that was described as another one', SLOW, async () => {
    expect(await judge(call({}, { inputJson: '{"command":"rm -rf /"}' }))).toMatchObject({ code: 'not_the_call' });
    expect(await judge(call({}, { tool: 'Write' }))).toMatchObject({ code: 'not_the_call' });
  });

  it('a call that cannot be described', SLOW, async () => {
    const describe = async () => await Promise.reject(new Error('unreadable'));
    expect(await judge(call({}, { describe }))).toMatchObject({ permission: 'deny', code: 'internal_error' });
  });

  it('a call while a daemon runs, however badly', SLOW, async () => {
    await withDaemon(async () => expect(await judge()).toMatchObject({ permission: 'deny', code: 'lock_held' }));
  });
});

describe(rules('LOC-080', 'LOC-085', 'LOC-105', 'ENF-180', 'INV-22', 'INV-24')`files that are not as they were`, () => {
  type Damage = (paths: ReturnType<typeof here>['paths']) => void;
  const remove = (file: string) => rmSync(file, { recursive: true });

  it.each<[string, Damage, string?]>([
    ['no state', ({ stateFile }) => remove(stateFile), 'state_corrupt'],
    ['altered state', ({ stateFile }) => alter(stateFile), 'state_corrupt'],
    ['a state that others can read', ({ stateFile }) => chmodSync(stateFile, 0o644), 'file_insecure'],
    ['a directory that others can read', ({ state }) => chmodSync(state, 0o755), 'directory_insecure'],
    ['no restrictions', ({ restrictionsFile }) => remove(restrictionsFile), 'state_corrupt'],
    [
      'no restrictions and no anchor',
      ({ restrictionsFile }) => (remove(restrictionsFile), remove(`${restrictionsFile}.anchor`)),
      'state_corrupt',
    ],
    ['altered restrictions', ({ restrictionsFile }) => alter(restrictionsFile), 'state_corrupt'],
    ['no policy', () => remove(policyFile()), 'policy_void'],
    ['an altered policy', () => alter(policyFile()), 'policy_void'],
    ['a policy that others can read', () => chmodSync(policyFile(), 0o644), 'policy_void'],
    ['no policies', ({ policyDirectory }) => remove(policyDirectory), 'policy_void'],
    ['no secrets at all', ({ secretsDirectory }) => remove(secretsDirectory)],
    ['no key of the files', () => remove(secretFile('integrity-key'))],
    ['another key of the files', () => alter(secretFile('integrity-key'))],
    ['no sign-in', () => remove(secretFile('auth.')), 'state_corrupt'],
    ['no pairing', () => remove(secretFile('pairing.')), 'state_corrupt'],
    ['no pins', () => remove(secretFile('trust')), 'secret_store_unavailable'],
    ['no witness of the list', () => remove(secretFile('restrictions')), 'state_corrupt'],
    ['an altered journal', ({ journalFile }) => writeFileSync(journalFile, '{"x":1}\n', { mode: 0o600 })],
    ['an altered log', ({ auditFile }) => alter(auditFile), 'audit_unavailable'],
    ['nothing at all', ({ home }) => remove(home ?? ''), 'not_signed_in'],
  ])('%s', SLOW, async (_name, damage, code) => {
    damage(here().paths);
    const verdict = await judge();
    expect(verdict).toMatchObject({ permission: 'deny', ...(code === undefined ? {} : { code }) });
  });

  it('an older list, from before the fail mode was taken back', SLOW, async () => {
    const { paths, workspace } = here();
    const { restrictionsFile } = paths;
    const kept = ['', '.anchor'].map((end) => [restrictionsFile + end, readFileSync(restrictionsFile + end)] as const);
    await withDaemon(async (client) => client.restrictPolicy({ workspace, restriction: { kind: 'fail-closed' } }));
    for (const [file, bytes] of kept) writeFileSync(file, bytes);
    expect(await judge()).toMatchObject({ permission: 'deny', code: 'state_corrupt' });
  });

  it('an older state, from before the sign-out', SLOW, async () => {
    const { stateFile } = here().paths;
    const kept = readFileSync(stateFile);
    await withDaemon(async (client) => client.signOut());
    writeFileSync(stateFile, kept);
    expect(await judge()).toMatchObject({ permission: 'deny', code: 'state_corrupt' });
  });
});
