import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { listAudit } from '../../src/audit/read-audit.js';
import { openLock } from '../../src/lock/lock.js';
import { repairStorage } from '../../src/state/repair.js';
import type { RuntimePaths } from '../../src/paths/paths.js';
import { ask, lastOf, launch, paired, pairUp, signIn, type Scene } from '../support/daemon.js';

const SLOW = { timeout: 30_000 };

async function restart(made: Scene, between: (paths: RuntimePaths) => void): Promise<void> {
  await made.daemon.close();
  between(made.paths);
  made.daemon = await launch(made.paths);
}

const contentOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null);

describe(rules('ENF-120', 'ENF-180', 'INV-22')`damaged files`, () => {
  const flip = (file: string) => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(file, bytes);
  };
  const damage: ReadonlyArray<readonly [string, string, (paths: RuntimePaths) => string]> = [
    ['a flipped byte of the state', 'state_corrupt', (paths) => (flip(paths.stateFile), paths.stateFile)],
    ['a missing state', 'state_corrupt', (paths) => (rmSync(paths.stateFile), paths.stateFile)],
    ['a state that others can read', 'file_insecure', (paths) => (chmodSync(paths.stateFile, 0o644), paths.stateFile)],
    ['a flipped byte of the journal', 'journal_corrupt', (paths) => (flip(paths.journalFile), paths.journalFile)],
    ['a missing journal', 'journal_corrupt', (paths) => (rmSync(paths.journalFile), paths.journalFile)],
    ['a flipped byte of the audit log', 'audit_unavailable', (paths) => (flip(paths.auditFile), paths.auditFile)],
    [
      'garbage in the restrictions',
      'state_corrupt',
      (paths) => (appendFileSync(paths.restrictionsFile, 'x\n'), paths.restrictionsFile),
    ],
    [
      'a lost integrity key',
      'journal_corrupt',
      (paths) => (rmSync(join(paths.secretsDirectory, 'integrity-key')), `${paths.journalFile}.anchor`),
    ],
    [
      'secrets that others can read',
      'directory_insecure',
      (paths) => (chmodSync(paths.secretsDirectory, 0o755), paths.secretsDirectory),
    ],
  ];

  it.each(damage)(
    '%s: everything is denied with %s, the file is named and left alone, the daemon lives',
    SLOW,
    async (_, code, spoil) => {
      const made = await paired();
      made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
      expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
      let file = '';
      let before: string | null = null;
      await restart(made, (paths) => {
        file = spoil(paths);
        before = file === paths.secretsDirectory ? null : contentOf(file);
      });
      const sent = made.relay.artifacts.size;
      const status = await made.client.status();
      const problem = status.problems.find((one) => one.code === code);
      expect(problem).toMatchObject({ file, fix: expect.any(String), message: expect.stringContaining(file) });
      const decided = lastOf(await ask(made));
      expect(decided).toMatchObject({ verdict: 'deny', outcome: 'failed', code: status.problems[0]?.code });
      expect(decided.reason).toContain(status.problems[0]?.file);
      expect(decided.fix).toBeTypeOf('string');
      expect(made.relay.artifacts.size).toBe(sent);
      await expect(signIn(made)).rejects.toThrow(status.problems[0]?.code);
      if (file !== made.paths.secretsDirectory) expect(contentOf(file)).toBe(before);
      expect((await made.client.status()).daemon.running).toBe(true);
    },
  );

  it('a journal that cannot be locked denies this request, not the next one', SLOW, async () => {
    const made = await paired();
    const other = openLock(join(made.paths.state, 'journal.lock'));
    made.relay.onArtifact = (artifact) => {
      other.acquire();
      made.human.decide(artifact, 'approve');
    };
    const decided = lastOf(await ask(made));
    expect(decided).toMatchObject({ verdict: 'deny', code: 'HARP_ERR_REPLAY' });
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false });
    other.close();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });

  it('a damaged list of open requests only costs withdrawals', SLOW, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
    await restart(made, (paths) => writeFileSync(paths.openRequestsFile, 'garbage'));
    expect((await made.client.status()).problems).toEqual([]);
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });
});

describe(rules('ENF-180', 'PAIR-260')`what survives a restart`, () => {
  it('sign-in, pairing, pin and ids; no secret is in the state file', SLOW, async () => {
    const made = await paired();
    const before = (await made.client.status()).workspaces;
    await restart(made, (paths) => {
      const state = readFileSync(paths.stateFile, 'utf8');
      for (const secret of ['airpat_', `rt-${'r'.repeat(43)}`]) expect(state).not.toContain(secret);
    });
    expect((await made.client.status()).workspaces).toEqual(before);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
    await made.client.unpair(made.workspace);
    await restart(made, () => undefined);
    const { events } = await pairUp(made);
    expect(events.at(-1)?.event).toBe('refused');
  });

  it('no old secret stays behind', SLOW, async () => {
    const made = await paired();
    await made.client.unpair(made.workspace);
    await made.client.signOut();
    await made.daemon.close();
    const state = JSON.parse(readFileSync(made.paths.stateFile, 'utf8'));
    expect(JSON.parse(state.json)).toMatchObject({ auth: null, workspaces: [{ standing: { active: null } }] });
  });
});

describe(rules('ENF-120', 'PAIR-260', 'INV-38')`a repair at the user’s command`, () => {
  it.each<[string, (paths: RuntimePaths) => string]>([
    ['the state', (paths) => paths.stateFile],
    ['the journal', (paths) => paths.journalFile],
    ['the audit log', (paths) => paths.auditFile],
    ['the restrictions', (paths) => paths.restrictionsFile],
  ])('puts %s aside, begins it anew and keeps the pin', SLOW, async (_, fileOf) => {
    const made = await paired();
    await made.daemon.close();
    const file = fileOf(made.paths);
    appendFileSync(file, 'damage\n');
    const damaged = readFileSync(file, 'utf8');
    const { setAside, remaining } = await repairStorage(made.paths);
    expect(remaining).toEqual([]);
    expect(readFileSync(setAside[0] ?? '', 'utf8')).toBe(damaged);
    expect(setAside[0]).toMatch(new RegExp(`^${file}\\.damaged-\\d+$`));
    made.daemon = await launch(made.paths);
    const status = await made.client.status();
    expect(status.problems).toEqual([]);
    expect(status.workspaces.map((one) => one.path)).toEqual([made.workspace]);
    expect(listAudit(made.paths).map((item) => item.entry.kind)).toContain('storage.repaired');
    if (file === made.paths.stateFile) {
      expect(status).toMatchObject({ signedIn: false, workspaces: [{ paired: false }] });
      await signIn(made);
    }
    await made.client.unpair(made.workspace);
    expect((await pairUp(made)).events.at(-1)?.event).toBe('refused');
    expect((await pairUp(made, made.human)).events.at(-1)?.event).toBe('paired');
  });

  it('changes nothing where nothing is damaged, and cannot mend a wrong mode', SLOW, async () => {
    const made = await paired();
    await made.daemon.close();
    const before = readFileSync(made.paths.stateFile, 'utf8');
    expect(await repairStorage(made.paths)).toEqual({ setAside: [], remaining: [], stopped: false });
    chmodSync(made.paths.stateFile, 0o644);
    const { setAside, remaining } = await repairStorage(made.paths);
    expect(setAside).toEqual([]);
    expect(remaining).toMatchObject([{ code: 'file_insecure', file: made.paths.stateFile }]);
    expect(readFileSync(made.paths.stateFile, 'utf8')).toBe(before);
  });

  it('is refused while a daemon runs that cannot be stopped by its pid file', SLOW, async () => {
    const made = await paired();
    rmSync(made.paths.pidFile);
    await expect(repairStorage(made.paths)).rejects.toThrow(expect.objectContaining({ code: 'lock_held' }));
  });
});
