import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../src/ports/ports.js';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, bodyFor, lastOf, launch, scene, signIn } from '../support/daemon.js';
import {
  auditOf,
  commandFacts,
  commandFor,
  denial,
  policyScene,
  type PolicyScene,
  until,
  untilVerdict,
  openSession,
} from '../support/policy-scene.js';
import { inHours, pattern, signed, take } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

/** A line of bash that the pattern of the scene covers, with the facts that go with it. */
function echo(made: PolicyScene, words = ['hello']): Partial<RequestBody> {
  const argv = ['echo', ...words];
  const action = commandFor(made.workspace, ['/usr/bin/bash', '-c', argv.join(' ')], {
    shell: '/usr/bin/bash',
    commandText: argv.join(' '),
  });
  const commands = [{ argv, program: null, interpreters: [], configuration: [] }];
  return { action, facts: commandFacts({ commands }), sessionId: 's1' };
}

async function submissions(made: PolicyScene): Promise<string[]> {
  return [...made.relay.artifacts.keys()].filter((requestId) => requestId.startsWith('req-'));
}

describe(rules('LOC-045')`a verdict without a human`, () => {
  it('allow: a signed pattern; nothing waits for the gateway (DND-125)', SLOW, async () => {
    const made = await policyScene();
    await signed(made, { kind: 'add-pattern', pattern: pattern(made) });
    await made.relay.close();
    const decided = lastOf(await ask(made, echo(made)));
    expect(decided).toMatchObject({
      verdict: 'allow',
      outcome: 'policy',
      basis: { kind: 'pattern', patternIds: [expect.stringMatching(/^pat-[0-9a-f]{16}$/)] },
    });
    expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    const [entry] = auditOf(made, 'policy.allowed');
    expect(entry).toMatchObject({ requestId: decided.requestId, basis: 'pattern' });
    expect(String(entry?.['patternIds'])).toMatch(/^pat-[0-9a-f]{16}$/);
    expect(JSON.stringify(auditOf(made, 'policy.allowed'))).not.toContain('hello');
  });

  it('pass: auto mode on', SLOW, async () => {
    const made = await policyScene();
    const end = inHours(1);
    await signed(made, { kind: 'auto-on', until: end });
    const before = await submissions(made);
    const decided = lastOf(await ask(made));
    expect(decided).toMatchObject({ verdict: 'pass', outcome: 'passed', basis: { kind: 'auto', until: end } });
    expect(decided.signerKeyId).toBeUndefined();
    expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    expect(await submissions(made)).toEqual(before);
    expect(auditOf(made, 'policy.passed')).toMatchObject([{ requestId: decided.requestId, basis: 'auto' }]);
  });

  it('pass: a gate that is switched off, for its own requests only', SLOW, async () => {
    const made = await policyScene();
    await signed(made, { kind: 'gate-off', gate: 'run' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'pass', basis: { kind: 'gate-off', gate: 'run' } });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    expect(lastOf(await ask(made, { source: 'hook' }))).toMatchObject({ verdict: 'deny', outcome: 'rejected' });
  });

  it.each<[string, string, (body: Partial<RequestBody>) => Partial<RequestBody>, string[]?]>([
    ['no facts', 'no_facts', ({ action, sessionId }) => ({ action, sessionId }) as Partial<RequestBody>],
    ['other words', 'no_match', (body) => body, ['goodbye']],
    [
      'a pin that changed',
      'pin_changed',
      (body) => ({ ...body, facts: { ...body.facts!, environmentSha256: 'd'.repeat(64) as never } }),
    ],
  ])('ask: %s, and the log says why: %s', SLOW, async (_, reason, vary, words = ['hello']) => {
    const made = await policyScene();
    await signed(made, { kind: 'add-pattern', pattern: pattern(made) });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    expect(lastOf(await ask(made, vary(echo(made, words))))).toMatchObject({ verdict: 'deny', outcome: 'rejected' });
    const [entry] = auditOf(made, 'policy.asked').slice(-1);
    expect(entry).toMatchObject({ code: reason });
    expect(JSON.stringify(entry)).not.toContain(words[0]);
  });
});

describe(rules('LOC-130')`a folder that a signed policy leaves alone`, () => {
  async function withUnmanaged() {
    const made = await policyScene();
    const folder = join(made.workspace, '..', 'left-alone');
    mkdirSync(join(folder, 'src'), { recursive: true });
    await signed(made, { kind: 'unmanage', path: folder });
    const inside = (path = folder, over: Partial<RequestBody> = {}) => ask(made, { ...bodyFor(path), ...over });
    return { made, folder, inside };
  }

  it('passes there and below, claimed once, and denies beside it', SLOW, async () => {
    const { made, folder, inside } = await withUnmanaged();
    for (const path of [folder, join(folder, 'src')]) {
      const decided = lastOf(await inside(path));
      expect(decided).toMatchObject({ verdict: 'pass', basis: { kind: 'unmanaged', path: folder } });
      expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
      expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false });
    }
    expect(lastOf(await inside(join(folder, '..')))).toMatchObject({ verdict: 'deny', code: 'not_paired' });
  });

  it.each<[string, (made: PolicyScene, folder: string) => Promise<unknown>]>([
    ['it is managed again', (made, path) => take(made, { kind: 'path-managed', path })],
    ['the workspace whose policy says so is unpaired', (made) => made.client.unpair(made.workspace)],
    ['the user signs out', (made) => made.client.signOut()],
  ])('denies when %s, also at the claim', SLOW, async (_, end) => {
    const { made, folder, inside } = await withUnmanaged();
    const { requestId } = lastOf(await inside());
    await end(made, folder);
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
    expect(lastOf(await inside())).toMatchObject({ verdict: 'deny' });
  });

  it('never passes what touches the gate, nor what is no action', SLOW, async () => {
    const { inside, folder } = await withUnmanaged();
    const action = commandFor(folder, ['/bin/rm', `${folder}/.claude/settings.json`]);
    expect(lastOf(await inside(folder, { action }))).toMatchObject({ verdict: 'deny', code: 'not_paired' });
    expect(await inside(folder, { action: { kind: 'anything' } })).toMatchObject([
      { event: 'error', code: 'bad_request' },
    ]);
  });
});

describe(rules('LOC-090')`what touches the gate`, () => {
  it.each<[string, (made: PolicyScene) => Promise<unknown>]>([
    ['auto mode', (made) => signed(made, { kind: 'auto-on', until: inHours(1) })],
    ['a gate that is off', (made) => signed(made, { kind: 'gate-off', gate: 'run' })],
    ['an unmanaged path', (made) => signed(made, { kind: 'unmanage', path: made.workspace })],
    [
      'a grant of everything',
      async (made) => {
        const { enforcerId, workspaceId } = made;
        const everything = made.human.standing({ enforcerId, workspaceId, objectType: 'airlock.dnd.workspace' });
        made.relay.policies = () => [everything];
        await openSession(made);
        await untilVerdict(made, 'allow');
      },
    ],
  ])('is asked and marked whatever %s says', SLOW, async (_, prepare) => {
    const made = await policyScene();
    await prepare(made);
    const seen: Record<string, unknown>[] = [];
    made.relay.onArtifact = (artifact) => {
      if (!artifact.requestId.startsWith('req-')) return;
      seen.push(made.human.read(artifact));
      made.human.decide(artifact, 'approve');
    };
    const action = commandFor(made.workspace, ['/bin/rm', join(made.workspace, '.claude/settings.json')]);
    for (let n = 0; n < 3; n += 1) {
      expect(lastOf(await ask(made, { action }))).toMatchObject({ verdict: 'allow', outcome: 'approved' });
    }
    expect(seen).toHaveLength(3);
    for (const plaintext of seen) expect(plaintext['notices']).toContain('touches-gate');
  });
});

describe(rules('LOC-045')`a claim of such a verdict`, () => {
  async function allowed(made: PolicyScene): Promise<string> {
    const decided = lastOf(await ask(made, echo(made)));
    expect(decided.verdict).toBe('allow');
    return decided.requestId;
  }

  async function withPattern(over = {}) {
    const made = await policyScene(over);
    await signed(made, { kind: 'add-pattern', pattern: pattern(made) });
    return made;
  }

  it('is refused when the pattern was taken away meanwhile', SLOW, async () => {
    const made = await withPattern();
    const requestId = await allowed(made);
    const [one] = (await made.client.showPolicy(made.workspace)).patterns;
    await take(made, { kind: 'pattern-removed', patternId: one!.id });
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'policy_changed' });
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
    expect(auditOf(made, 'execution.granted').filter((entry) => entry.requestId === requestId)).toEqual([]);
  });

  it('is refused when a denial came meanwhile', SLOW, async () => {
    const made = await withPattern();
    const requestId = await allowed(made);
    made.relay.policies = () => [denial(made)];
    await untilVerdict(made, 'deny', echo(made));
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'policy_denied' });
  });

  it('is refused when the session was tainted meanwhile', SLOW, async () => {
    const made = await withPattern();
    const requestId = await allowed(made);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const poison = lastOf(await ask(made, poisoning(made)));
    expect(await made.client.claim(poison.requestId)).toEqual({ granted: true });
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'policy_changed' });
  });

  it('is refused after unpair and after sign-out', SLOW, async () => {
    const made = await withPattern();
    const [one, other] = [await allowed(made), await allowed(made)];
    await made.client.unpair(made.workspace);
    expect(await made.client.claim(one)).toMatchObject({ granted: false, code: 'not_paired' });
    await made.client.signOut();
    expect(await made.client.claim(other)).toMatchObject({ granted: false, code: 'not_signed_in' });
  });

  it('is refused sixty seconds later, whatever the wall clock says', SLOW, async () => {
    let offset = 0;
    const ports = {
      ...nodePorts,
      mono: () => nodePorts.mono() * 10 + offset,
      timer: (ms: number, fire: () => void) => nodePorts.timer(ms / 10, fire),
    };
    const made = await withPattern({ ports });
    const early = await allowed(made);
    const late = await allowed(made);
    offset += 50_000;
    expect(await made.client.claim(early)).toEqual({ granted: true });
    offset += 11_000;
    expect(await made.client.claim(late)).toMatchObject({ granted: false, code: 'approval_expired' });
  });

  it('is refused after a restart, and what was granted before it ended unknown', SLOW, async () => {
    const made = await withPattern();
    const [granted, open] = [await allowed(made), await allowed(made)];
    expect(await made.client.claim(granted)).toEqual({ granted: true });
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect(await made.client.claim(open)).toMatchObject({ granted: false, code: 'unknown_request' });
    expect(await made.client.claim(granted)).toMatchObject({ granted: false });
    expect(auditOf(made, 'execution.outcome').at(-1)).toMatchObject({ requestId: granted, outcome: 'unknown' });
  });

  it('is granted once, however many ask at once', SLOW, async () => {
    const made = await withPattern();
    const requestId = await allowed(made);
    const answers = await Promise.all(Array.from({ length: 20 }, () => made.client.claim(requestId)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
  });

  it('is forgotten by a withdrawal', SLOW, async () => {
    const made = await withPattern();
    const requestId = await allowed(made);
    expect(await made.client.withdraw(requestId)).toEqual({ withdrawn: true });
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
  });
});

/** Defines a function in the shell of its session. */
function poisoning(made: PolicyScene, over: Partial<RequestBody> = {}): Partial<RequestBody> {
  const line = 'echo() { false; }';
  const action = commandFor(made.workspace, ['/usr/bin/bash', '-c', line], {
    shell: '/usr/bin/bash',
    commandText: line,
  });
  return { action, facts: commandFacts({ persistentShell: true }), sessionId: 's1', ...over };
}

describe('the shell of a session', () => {
  it(
    'is tainted by the claim of a command that changes it: no pattern, grant or mode counts there any more, also after a restart',
    SLOW,
    async () => {
      const made = await policyScene();
      await signed(made, { kind: 'add-pattern', pattern: pattern(made) });
      await signed(made, { kind: 'auto-on', until: inHours(1) });
      const passed = lastOf(await ask(made, poisoning(made)));
      expect(passed.verdict).toBe('pass');
      await untilVerdict(made, 'allow', echo(made));
      expect(await made.client.claim(passed.requestId)).toEqual({ granted: true });
      const answers = async (over: Partial<RequestBody>) => {
        const { workspace, action, source, facts, sessionId } = { ...bodyFor(made.workspace), ...over };
        return await made.client.explainPolicy({ workspace, action, source, facts, sessionId } as never);
      };
      expect(await answers(echo(made))).toMatchObject({ verdict: 'ask', reason: 'tainted_session' });
      expect(await answers({ ...echo(made), sessionId: 's2' })).toMatchObject({ verdict: 'allow' });
      await made.daemon.close();
      made.daemon = await launch(made.paths);
      await until(async () => (await made.client.status()).signedIn);
      expect(await answers(echo(made))).toMatchObject({ verdict: 'ask', reason: 'tainted_session' });
    },
  );

  it('without a name is one for all who name none', SLOW, async () => {
    const made = await policyScene();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const poison = lastOf(await ask(made, { ...poisoning(made), sessionId: undefined } as never));
    expect(await made.client.claim(poison.requestId)).toEqual({ granted: true });
    const { workspace, action, source } = bodyFor(made.workspace);
    const explained = await made.client.explainPolicy({ workspace, action, source });
    expect(explained).toMatchObject({ verdict: 'ask', reason: 'tainted_session' });
  });

  it('that is not claimed taints nothing', SLOW, async () => {
    const made = await policyScene();
    await signed(made, { kind: 'add-pattern', pattern: pattern(made) });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    lastOf(await ask(made, poisoning(made)));
    await untilVerdict(made, 'allow', echo(made));
  });
});

describe('policy explain', () => {
  it('says the same as a request and leaves no trace', SLOW, async () => {
    const made = await policyScene();
    made.relay.policies = () => [denial(made)];
    const before = made.relay.seen.length;
    const { workspace, action, source } = bodyFor(made.workspace);
    expect(await made.client.explainPolicy({ workspace, action, source })).toEqual({
      verdict: 'ask',
      reason: 'no_rule',
      touchesGate: [],
    });
    const asked = made.relay.seen.slice(before).filter((line) => line.includes('/dnd/') || line.includes('artifacts'));
    expect(asked).toEqual([]);
    for (const kind of ['policy.asked', 'policy.denied', 'policy.allowed', 'policy.passed'])
      expect(auditOf(made, kind)).toEqual([]);
    await openSession(made);
    await untilVerdict(made, 'deny');
  });

  it('refuses where everything is denied, with the reason', SLOW, async () => {
    const made = await scene();
    const { workspace, action, source } = bodyFor(made.workspace);
    await expect(made.client.explainPolicy({ workspace, action, source })).rejects.toMatchObject({
      code: 'not_signed_in',
    });
    await signIn(made);
    await expect(made.client.explainPolicy({ workspace, action, source })).rejects.toMatchObject({
      code: 'not_paired',
    });
  });

  it('names what of the gate an action touches', SLOW, async () => {
    const made = await policyScene();
    const action = commandFor(made.workspace, ['/bin/rm', `${made.paths.state}/restrictions.jsonl`]);
    const explained = await made.client.explainPolicy({ workspace: made.workspace, action, source: 'run' });
    expect(explained).toMatchObject({ verdict: 'ask', reason: 'protected_target' });
    expect(explained.touchesGate.length).toBeGreaterThan(0);
  });
});
