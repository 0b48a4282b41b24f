import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf, launch } from '../support/daemon.js';
import {
  auditOf,
  commandFor,
  denial,
  openSession,
  policyScene,
  standing,
  until,
  untilVerdict,
} from '../support/policy-scene.js';

const SLOW = { timeout: 30_000 };

describe(rules('DND-060', 'DND-125', 'LOC-045')`a grant of the approver`, () => {
  it('allows without a human, names itself, and is claimed once', SLOW, async () => {
    const made = await policyScene();
    const grant = standing(made);
    made.relay.policies = () => [grant];
    await openSession(made);
    await untilVerdict(made, 'allow');
    const before = made.relay.seen.filter((line) => line === 'POST /v1/artifacts').length;
    const decided = lastOf(await ask(made));
    expect(decided).toMatchObject({
      verdict: 'allow',
      outcome: 'policy',
      basis: { kind: 'grant', policyId: grant['requestId'] },
      signerKeyId: made.human.signerKeyId,
    });
    expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false, code: 'already_executed' });
    await made.client.outcome(decided.requestId, { result: 'exited', exitCode: 0 });
    await made.client.outcome(decided.requestId, { result: 'exited', exitCode: 1 });
    const own = (kind: string) => auditOf(made, kind).filter((entry) => entry.requestId === decided.requestId);
    expect(own('policy.allowed')).toMatchObject([{ basis: 'grant', policyId: grant['requestId'] }]);
    expect(own('execution.granted')).toMatchObject([{ policyId: grant['requestId'] }]);
    expect(own('execution.outcome')).toMatchObject([{ outcome: 'succeeded', reason: 'exit 0' }]);
    const artifacts = [...made.relay.artifacts.values()].slice(before);
    expect(artifacts.every(({ requestId }) => requestId.startsWith('audit-'))).toBe(true);
  });

  it.each<[string, Parameters<typeof policyScene>[1]]>([
    ['of an approver that does not say that it signs policies', { capabilities: [] }],
    ['of a gateway-trusted approver', { by: 'nothing' }],
  ])('%s is not honoured', SLOW, async (_, pairing) => {
    const made = await policyScene({}, pairing);
    made.relay.policies = () => [standing(made)];
    const asked = () => made.relay.seen.filter((line) => line === 'GET /v1/policy/dnd/effective').length;
    await openSession(made);
    await until(() => asked() >= 2);
    await untilVerdict(made, 'ask');
    await openSession(made);
  });

  it('of another session is not honoured, one of this session is', SLOW, async () => {
    const made = await policyScene();
    made.relay.policies = () => [standing(made, { sessionId: 's1' })];
    await openSession(made, { sessionId: 's1' });
    await openSession(made, { sessionId: 's2' });
    await untilVerdict(made, 'allow', { sessionId: 's1' });
    await untilVerdict(made, 'ask', { sessionId: 's2' });
  });

  it('is known to a new session of the workspace before the gateway was asked for it', SLOW, async () => {
    const made = await policyScene();
    made.relay.policies = () => [standing(made)];
    await openSession(made, { sessionId: 's1' });
    await untilVerdict(made, 'allow', { sessionId: 's1' });
    expect(lastOf(await ask(made, { sessionId: 's2' }))).toMatchObject({ verdict: 'allow' });
  });
});

describe(rules('DND-120')`a grant that was missing once`, () => {
  it('is never honoured again, not after a restart either', SLOW, async () => {
    const made = await policyScene();
    const grant = standing(made);
    made.relay.policies = () => [grant];
    await openSession(made);
    await untilVerdict(made, 'allow');
    made.relay.policies = () => [];
    await untilVerdict(made, 'ask');
    made.relay.policies = () => [grant];
    const asked = () => made.relay.seen.filter((line) => line === 'GET /v1/policy/dnd/effective').length;
    const before = asked();
    await until(() => asked() >= before + 2);
    await untilVerdict(made, 'ask');
    made.relay.policies = () => [standing(made)];
    await untilVerdict(made, 'allow');
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    made.relay.policies = () => [grant];
    await openSession(made);
    const since = asked();
    await until(() => asked() >= since + 2);
    await untilVerdict(made, 'ask');
  });
});

describe(rules('DND-110')`a gateway that stops answering`, () => {
  it('ends every grant at once and keeps every denial', SLOW, async () => {
    const made = await policyScene();
    const other = denial(made, { objectType: 'airlock.dnd.action', actionSelector: { commandFamily: 'rm' } });
    made.relay.policies = () => [standing(made), other];
    await openSession(made);
    await untilVerdict(made, 'allow');
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/policy/dnd/effective') return false;
      response.destroy();
      return true;
    };
    await untilVerdict(made, 'ask');
    made.relay.policies = () => [];
    const rm = commandFor(made.workspace, ['/bin/rm', 'x']);
    expect(lastOf(await ask(made, { action: rm }))).toMatchObject({ verdict: 'deny', code: 'policy_denied' });
  });
});

describe(rules('DND-070', 'DND-080')`a denial`, () => {
  it('needs no signature, denies at once, and nothing is asked', SLOW, async () => {
    const made = await policyScene();
    const deny = denial(made);
    made.relay.policies = () => [standing(made), deny];
    await openSession(made);
    await untilVerdict(made, 'deny');
    const before = made.relay.artifacts.size;
    const decided = lastOf(await ask(made));
    expect(decided).toMatchObject({
      verdict: 'deny',
      outcome: 'policy',
      code: 'policy_denied',
      basis: { kind: 'denial', policyId: deny['requestId'] },
      reason: expect.stringContaining('standing policy'),
    });
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false });
    const added = [...made.relay.artifacts.values()].slice(before);
    expect(added.every(({ requestId }) => requestId.startsWith('audit-'))).toBe(true);
    expect(auditOf(made, 'policy.denied').at(-1)).toMatchObject({ requestId: decided.requestId, basis: 'denial' });
  });

  it.each(['while the human is asked', 'between approval and claim'])('%s ends the request', SLOW, async (when) => {
    const made = await policyScene();
    const isApproved = when !== 'while the human is asked';
    made.relay.onArtifact = (artifact) => {
      if (isApproved && artifact.requestId.startsWith('req-')) made.human.decide(artifact, 'approve');
      else made.relay.policies = () => [denial(made)];
    };
    const decided = lastOf(await ask(made));
    const { requestId } = decided;
    if (isApproved) {
      expect(decided.verdict).toBe('allow');
      made.relay.policies = () => [denial(made)];
      await until(() => auditOf(made, 'policy.denied').length === 1);
    } else {
      expect(decided).toMatchObject({ verdict: 'deny', outcome: 'policy', basis: { kind: 'denial' } });
      await until(() => made.relay.withdrawn.includes(requestId));
    }
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'HARP_ERR_POLICY_DENY' });
    expect(auditOf(made, 'execution.granted')).toEqual([]);
  });

  it('of another workspace or session denies nothing here', SLOW, async () => {
    const made = await policyScene();
    made.relay.policies = () => [
      denial(made, { workspaceId: 'ws-other' }),
      denial(made, { enforcerId: 'enf-other' }),
      denial(made, { sessionId: 'other' }),
    ];
    await openSession(made);
    await until(() => made.relay.seen.filter((line) => line === 'GET /v1/policy/dnd/effective').length >= 2);
    await untilVerdict(made, 'ask');
  });
});
