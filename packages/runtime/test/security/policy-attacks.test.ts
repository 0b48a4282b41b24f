import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, bodyFor, collect, lastOf, paired } from '../support/daemon.js';
import { Human } from '../support/human.js';
import {
  auditOf,
  commandFacts,
  commandFor,
  denial,
  openSession,
  policyScene,
  type PolicyScene,
  standing,
  until,
  untilVerdict,
} from '../support/policy-scene.js';
import { pattern, signed } from '../support/signing.js';

const SLOW = { timeout: 60_000 };

async function explain(made: PolicyScene, over: Partial<RequestBody>) {
  const { timeoutSeconds: _, ...body } = bodyFor(made.workspace, over);
  return await made.client.explainPolicy(body);
}

const asksOfGrants = ({ relay }: PolicyScene) =>
  relay.seen.filter((line) => line === 'GET /v1/policy/dnd/effective').length;

/** Lets the daemon hear what the gateway says, twice. */
async function heard(made: PolicyScene): Promise<void> {
  await openSession(made);
  const before = asksOfGrants(made);
  await until(() => asksOfGrants(made) >= before + 2);
}

describe(rules('INV-25', 'INV-26', 'DND-060')`a hostile gateway invents a grant`, () => {
  it.each<[string, (made: PolicyScene) => unknown]>([
    ['unsigned', (made) => ({ ...denial(made), policyMode: 'approve_all' })],
    [
      'signed by somebody else under the right name',
      (made) => {
        const other = new Human({} as never);
        other.signerKeyId = made.human.signerKeyId;
        const { enforcerId, workspaceId } = made;
        return other.standing({ enforcerId, workspaceId, objectType: 'airlock.dnd.workspace' });
      },
    ],
    ['signed for another workspace', (made) => standing(made, { workspaceId: 'ws-other' })],
    [
      'signed for another command and changed',
      (made) => ({
        ...standing(made, { actionSelector: { argv: ['/bin/true'] } }),
        actionSelector: { argv: ['/bin/echo', 'hi'] },
      }),
    ],
    ['made longer', (made) => ({ ...standing(made), expiresAt: new Date(Date.now() + 7_200_000).toISOString() })],
    [
      'turned from a denial',
      (made) => ({
        ...standing(made, { policyMode: 'deny_all', actionSelector: { argv: ['/bin/other'] } }),
        policyMode: 'approve_all',
      }),
    ],
  ])('%s: the human is asked', SLOW, async (_, invent) => {
    const made = await policyScene();
    made.relay.policies = () => [invent(made)];
    await heard(made);
    expect(await explain(made, {})).toMatchObject({ verdict: 'ask' });
  });
});

describe(rules('DND-110', 'INV-25')`a hostile gateway answers nonsense to hide a denial`, () => {
  it.each<[string, string]>([
    ['no JSON', 'hello'],
    ['no array', '{"body":{}}'],
    ['nothing', ''],
  ])('%s: it is kept', SLOW, async (_, text) => {
    const made = await policyScene();
    const deny = denial(made);
    made.relay.policies = () => [deny];
    await openSession(made);
    await untilVerdict(made, 'deny');
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/policy/dnd/effective') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(text);
      return true;
    };
    const before = asksOfGrants(made);
    lastOf(await ask(made));
    await until(() => asksOfGrants(made) >= before + 2);
    expect(await explain(made, {})).toMatchObject({ verdict: 'deny' });
  });
});

describe(rules('INV-23')`what the caller says, sends and keeps in its workspace`, () => {
  it(
    'never allows or passes anything by itself: without a signature the human is asked, whatever it says',
    SLOW,
    async () => {
      const made = await policyScene();
      writeFileSync(join(made.workspace, '.airlock'), '{"auto":true,"failMode":"open"}');
      writeFileSync(join(made.workspace, 'airlock.json'), '{"patterns":["*"]}');
      const word = fc.oneof(
        fc.constantFrom('airlock', 'auto', 'approve', '/bin/true', 'true', '--yes'),
        fc.string({ maxLength: 20 }),
      );
      const words = fc.array(word, { minLength: 1, maxLength: 4 });
      const facts = fc.record({
        unknownInput: fc.array(word, { maxLength: 2 }),
        persistentShell: fc.boolean(),
        targets: fc.array(fc.record({ name: word, paths: fc.array(word, { maxLength: 2 }) }), { maxLength: 2 }),
      });
      const call = fc.record({
        argv: words,
        facts: fc.option(facts),
        sessionId: fc.option(word),
        source: word,
        environment: fc.dictionary(fc.constantFrom('AIRLOCK_AUTO', 'PATH', 'LD_PRELOAD'), word),
      });
      await fc.assert(
        fc.asyncProperty(call, async ({ argv, facts: said, sessionId, source, environment }) => {
          const commandText = argv.join(' ');
          const action = {
            ...commandFor(made.workspace, ['/bin/sh', '-c', commandText]),
            argv,
            commandText,
            environment,
          };
          const over = {
            action,
            source: source === '' ? 'run' : source,
            ...(said === null ? {} : { facts: commandFacts(said) }),
            ...(sessionId === null || sessionId === '' ? {} : { sessionId }),
          };
          const answer = await explain(made, over).catch((cause: { code: string }) => ({ verdict: cause.code }));
          expect(['ask', 'bad_request']).toContain(answer.verdict);
        }),
        { numRuns: 150 },
      );
    },
  );

  it('facts that are not those of the signature lead to a question, never to a pass', SLOW, async () => {
    const made = await policyScene();
    await signed(made, { kind: 'add-pattern', pattern: pattern(made) });
    const action = commandFor(made.workspace, ['/usr/bin/bash', '-c', 'echo hello'], {
      shell: '/usr/bin/bash',
      commandText: 'echo hello',
    });
    const commands = [{ argv: ['echo', 'hello'], program: null, interpreters: [], configuration: [] }];
    const honest = commandFacts({ commands });
    expect(await explain(made, { action, facts: honest })).toMatchObject({ verdict: 'allow' });
    const program = { path: '/tmp/echo', device: '1', inode: '2', sha256: 'a'.repeat(64) as never };
    for (const facts of [
      undefined,
      { ...honest, commands: [] },
      { ...honest, commands: [...commands, ...commands] },
      { ...honest, commands: [{ ...commands[0]!, argv: ['echo', 'bye'] }] },
      { ...honest, commands: [{ ...commands[0]!, program }] },
      { ...honest, commands: [{ ...commands[0]!, interpreters: [program] }] },
      { ...honest, commands: [{ ...commands[0]!, configuration: [{ name: 'x', sha256: 'a'.repeat(64) as never }] }] },
      { ...honest, environmentSha256: 'a'.repeat(64) as never },
      { ...honest, unknownInput: ['dangerouslyDisableSandbox'] },
      { ...honest, targets: [{ name: 'hello', paths: [join(made.paths.state, 'state.json')] }] },
    ]) {
      expect((await explain(made, { action, ...(facts === undefined ? {} : { facts }) })).verdict).toBe('ask');
    }
  });
});

describe(rules('LOC-060', 'INV-38')`an agent talks to the socket itself`, () => {
  it('cannot ask for a change of policy as an action, nor claim one that the human signed', SLOW, async () => {
    const made = await policyScene();
    const action = {
      kind: 'policy.change',
      actionType: 'policy_change',
      commandText: 'x',
      description: 'x',
      policy: '{"version":9}',
    };
    expect(await ask(made, { action })).toMatchObject([{ event: 'error', code: 'bad_request' }]);
    await expect(explain(made, { action })).resolves.toMatchObject({ verdict: 'ask', reason: 'policy_change' });
  });

  it('cannot claim what was denied, asked or never existed', SLOW, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    const rejected = lastOf(await ask(made)).requestId;
    for (const requestId of [rejected, 'req-00000000-0000-4000-8000-000000000000', 'explain']) {
      expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
    }
    expect(auditOf(made, 'execution.granted')).toEqual([]);
  });

  it('cannot use an approval twice by claiming while the shell is being tainted', SLOW, async () => {
    const made = await policyScene();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const line = 'alias echo=false';
    const action = commandFor(made.workspace, ['/usr/bin/bash', '-c', line], {
      shell: '/usr/bin/bash',
      commandText: line,
    });
    const facts = commandFacts({ persistentShell: true });
    const { requestId } = lastOf(await ask(made, { action, facts, sessionId: 's1' }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => made.client.claim(requestId)));
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1);
    expect(await explain(made, { sessionId: 's1' })).toMatchObject({ verdict: 'ask', reason: 'tainted_session' });
  });

  it('cannot have a session forgotten by opening many others', SLOW, async () => {
    const made = await policyScene();
    const deny = denial(made, { sessionId: 's1' });
    made.relay.policies = (query) => (query.get('sessionId') === 's1' ? [deny] : []);
    await openSession(made, { sessionId: 's1' });
    await untilVerdict(made, 'deny', { sessionId: 's1' });
    const gone = new AbortController();
    const many = Array.from({ length: 30 }, (_, n) =>
      collect(made.client.request(bodyFor(made.workspace, { sessionId: `x${n}` }), { signal: gone.signal })).catch(
        () => [],
      ),
    );
    await until(async () => (await made.client.requests()).requests.length === 30);
    gone.abort();
    await Promise.all(many);
    expect(await explain(made, { sessionId: 's1' })).toMatchObject({ verdict: 'deny' });
  });
});
