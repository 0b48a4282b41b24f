import { rules } from '@airlock/conformance';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask, bodyFor, collect, lastOf, paired, signIn } from '../support/daemon.js';
import {
  auditOf,
  commandFor,
  denial,
  openSession,
  policyScene,
  type PolicyScene,
  until,
} from '../support/policy-scene.js';
import { Relay } from '../support/relay.js';
import { inHours, signed, take } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

/** Paired, with fail mode open signed for some hours. */
async function failingOpen(): Promise<PolicyScene> {
  const made = await policyScene();
  await signed(made, { kind: 'fail-open', until: inHours(8) });
  made.relay.onArtifact = () => undefined;
  return made;
}

/** Ends the gateway; connections to it are refused from then on. */
async function goAway({ relay }: PolicyScene): Promise<void> {
  await relay.close();
}

function answering(made: PolicyScene, answer: (response: ServerResponse) => void): void {
  made.relay.intercept = (path, response) => {
    if (path !== '/v1/artifacts') return false;
    answer(response);
    return true;
  };
}

function status(code: number, name: string) {
  return (response: ServerResponse) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    const fields = {
      error: name,
      code: name,
      message: name,
      retryable: code >= 500,
      body: { code: name, message: name },
    };
    response.end(JSON.stringify({ msgId: 'm', msgType: 'error', requestId: 'none', ...fields }));
  };
}

describe(rules('ENF-155', 'INV-22')`fail mode open while the gateway is out of reach`, () => {
  it('passes a call once, names itself, and nothing of it is ever submitted', SLOW, async () => {
    const made = await failingOpen();
    const { port } = made.relay;
    const submitted = made.relay.artifacts.size;
    await goAway(made);
    const events = await ask(made);
    expect(events).toHaveLength(1);
    const decided = lastOf(events);
    expect(decided).toMatchObject({ verdict: 'pass', outcome: 'passed', basis: { kind: 'fail-open' } });
    expect(decided.signerKeyId).toBeUndefined();
    expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false });
    expect(auditOf(made, 'policy.passed')).toMatchObject([{ requestId: decided.requestId, basis: 'fail-open' }]);
    const back = await Relay.start(port);
    // Long enough for every pause between two attempts of the engine.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(made.relay.artifacts.size).toBe(submitted);
    expect([...back.artifacts.keys()]).not.toContain(decided.requestId);
  });

  it.each<[string, (made: PolicyScene) => Promise<void> | void, Partial<Parameters<typeof ask>[1]>]>([
    ['what touches the gate', goAway, { action: commandFor('/', ['/bin/rm', '/x/.claude/settings.json']) }],
    ['503', (made) => answering(made, status(503, 'unavailable')), {}],
    ['500', (made) => answering(made, status(500, 'internal_error')), {}],
    ['429', (made) => answering(made, status(429, 'rate_limited')), {}],
    ['403', (made) => answering(made, status(403, 'forbidden')), {}],
    ['404', (made) => answering(made, status(404, 'NotFound')), {}],
    ['401', (made) => answering(made, status(401, 'unauthorized')), {}],
    [
      'an answer that breaks off',
      (made) =>
        answering(made, (response) => {
          response.writeHead(202, { 'content-type': 'application/json', 'content-length': 100 });
          response.write('{');
          setTimeout(() => response.destroy(), 20);
        }),
      {},
    ],
    ['a connection that is lost', (made) => answering(made, (response) => response.destroy()), {}],
    ['an answer that is none', (made) => answering(made, (response) => response.end('hello')), {}],
    [
      'fail mode closed again here',
      async (made) => {
        await take(made, { kind: 'fail-closed' });
        await goAway(made);
      },
      {},
    ],
    [
      'sign-out',
      async (made) => {
        await goAway(made);
        await made.client.signOut();
      },
      {},
    ],
    [
      'unpair',
      async (made) => {
        await made.client.unpair(made.workspace);
        await goAway(made);
      },
      {},
    ],
    ['a human who does not answer', () => undefined, {}],
    [
      'a human who rejects',
      (made) => {
        made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
      },
      {},
    ],
    [
      'a wrong signature',
      (made) => {
        made.relay.onArtifact = ({ requestId }) =>
          made.relay.deliver(requestId, made.human.sign('f'.repeat(64), 'approve'));
      },
      {},
    ],
    [
      'a gateway that goes away after the submission',
      (made) => {
        made.relay.onArtifact = () => void made.relay.close();
      },
      {},
    ],
  ])('never after or for %s', SLOW, async (_, prepare, over) => {
    const made = await failingOpen();
    await prepare(made);
    const decided = lastOf(await ask(made, { timeoutSeconds: 8, ...over }));
    expect(decided.verdict).toBe('deny');
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false });
  });

  it('never without a signed policy, and never past its end', SLOW, async () => {
    const without = await paired();
    await without.relay.close();
    expect(lastOf(await ask(without, { timeoutSeconds: 5 }))).toMatchObject({ verdict: 'deny' });
    const made = await policyScene();
    const end = Date.now() + 2500;
    await signed(made, { kind: 'fail-open', until: end });
    await goAway(made);
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'pass' });
    await new Promise((resolve) => setTimeout(resolve, Math.max(end - Date.now(), 0) + 50));
    expect(lastOf(await ask(made, { timeoutSeconds: 5 }))).toMatchObject({ verdict: 'deny' });
  });

  it('never against a denial that is known', SLOW, async () => {
    const made = await failingOpen();
    made.relay.policies = () => [denial(made)];
    await openSession(made);
    await until(async () => lastOf(await ask(made)).code === 'policy_denied');
    await goAway(made);
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'policy_denied' });
  });

  it('never for a change of policy', SLOW, async () => {
    const made = await failingOpen();
    await goAway(made);
    const body = {
      workspace: made.workspace,
      change: { kind: 'auto-on' as const, until: inHours(8) },
      timeoutSeconds: 5,
    };
    const events = await collect(made.client.changePolicy(body));
    expect(events.at(-1)).toMatchObject({ event: 'refused' });
  });

  it('never for a damaged or stopping daemon', SLOW, async () => {
    const made = await failingOpen();
    made.relay.intercept = (path) => path === '/v1/artifacts';
    const open = collect(made.client.request(bodyFor(made.workspace)));
    await until(async () => (await made.client.requests()).requests.length === 1);
    await made.daemon.close();
    expect(lastOf(await open)).toMatchObject({ verdict: 'deny' });
  });

  it('is used up when it is tightened between verdict and claim', SLOW, async () => {
    const made = await failingOpen();
    await goAway(made);
    const { requestId, verdict } = lastOf(await ask(made));
    expect(verdict).toBe('pass');
    await take(made, { kind: 'fail-closed' });
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'policy_changed' });
    expect(auditOf(made, 'execution.granted').filter((entry) => entry.requestId === requestId)).toEqual([]);
  });

  it('cannot be claimed after sign-out', SLOW, async () => {
    const made = await failingOpen();
    await goAway(made);
    const { requestId } = lastOf(await ask(made));
    await made.client.signOut();
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'not_signed_in' });
    await expect(signIn(made)).rejects.toThrow();
  });
});
