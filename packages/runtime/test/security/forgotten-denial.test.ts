import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, bodyFor } from '../support/daemon.js';
import { denial, openSession, policyScene, type PolicyScene, until, untilVerdict } from '../support/policy-scene.js';

const SLOW = { timeout: 60_000 };

const asksOfGrants = ({ relay }: PolicyScene) =>
  relay.seen.filter((line) => line === 'GET /v1/policy/dnd/effective').length;

async function verdictIn(made: PolicyScene, sessionId: string): Promise<string> {
  const { timeoutSeconds: _, ...body } = bodyFor(made.workspace, { sessionId });
  return (await made.client.explainPolicy(body)).verdict;
}

/** The denial of a whole workspace is known, and from then on the gateway gives no answer about policies. */
async function deniedThenSilent(): Promise<PolicyScene> {
  const made = await policyScene();
  const deny = denial(made);
  made.relay.policies = () => [deny];
  await openSession(made);
  await untilVerdict(made, 'deny');
  made.relay.intercept = (path, response) => {
    if (path !== '/v1/policy/dnd/effective') return false;
    response.destroy();
    return true;
  };
  return made;
}

describe(rules('DND-110', 'INV-25')`a denial is to be forgotten by way of another session`, () => {
  it(
    'a session of another name is denied too while the gateway is silent, before its first answer and after it failed',
    SLOW,
    async () => {
      const made = await deniedThenSilent();
      expect(await verdictIn(made, 'other')).toBe('deny');
      const before = asksOfGrants(made);
      await ask(made, { sessionId: 'other' });
      await until(() => asksOfGrants(made) > before);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await verdictIn(made, 'other')).toBe('deny');
    },
  );

  it('naming one session after the other does not push out the one that heard of it', SLOW, async () => {
    const made = await deniedThenSilent();
    for (let n = 0; n < 600; n += 1) await ask(made, { sessionId: `s${n}` });
    expect(await verdictIn(made, 'last')).toBe('deny');
  });
});
