import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf } from '../support/daemon.js';
import {
  auditOf,
  denial,
  openSession,
  policyScene,
  type PolicyScene,
  standing,
  until,
  untilVerdict,
} from '../support/policy-scene.js';
import type { Submitted } from '../support/relay.js';

const SLOW = { timeout: 30_000 };

function reportsOf({ relay }: PolicyScene): Submitted[] {
  return [...relay.artifacts.values()].filter(({ requestId }) => requestId.startsWith('audit-'));
}

async function granted(): Promise<PolicyScene> {
  const made = await policyScene();
  const grant = standing(made);
  made.relay.policies = () => [grant];
  await openSession(made);
  await untilVerdict(made, 'allow');
  return made;
}

describe(rules('DND-130')`what a standing policy decided`, () => {
  it('is reported as an artifact of sixty seconds under the key of the pairing', SLOW, async () => {
    const made = await granted();
    const decided = lastOf(await ask(made));
    await until(() => reportsOf(made).length === 1);
    const [report] = reportsOf(made);
    const { metadata, expiresAt, artifactHash } = report!.envelope['body'];
    const { basis } = decided;
    expect(metadata).toEqual({
      routingToken: expect.any(String),
      dndAudit: 'true',
      dndDecision: 'approve',
      dndPolicyId: basis?.kind === 'grant' ? basis.policyId : 'none',
    });
    const plaintext = made.human.read(report!);
    expect(plaintext).toMatchObject({ requestId: report!.requestId, argv: ['/bin/echo', 'hi'], expiresAt });
    expect(Date.parse(plaintext['expiresAt']) - Date.parse(plaintext['createdAt'])).toBe(60_000);
    expect(artifactHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is not sent before the call has its answer', SLOW, async () => {
    const made = await granted();
    let isAnswered = false;
    const seen: boolean[] = [];
    made.relay.onArtifact = () => seen.push(isAnswered);
    lastOf(await ask(made));
    isAnswered = true;
    await until(() => reportsOf(made).length === 1);
    expect(seen).toEqual([true]);
  });

  it('a denial too, and nothing about it changes when the report cannot be sent', SLOW, async () => {
    const made = await granted();
    const deny = denial(made);
    made.relay.policies = () => [deny];
    await untilVerdict(made, 'deny');
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/artifacts') return false;
      response.destroy();
      return true;
    };
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'policy_denied' });
    const before = made.relay.seen.filter((line) => line === 'POST /v1/artifacts').length;
    await until(() => made.relay.seen.filter((line) => line === 'POST /v1/artifacts').length > before + 2);
    expect(reportsOf(made)).toEqual([]);
    made.relay.intercept = null;
    await until(() => reportsOf(made).length === 1);
    const [report] = reportsOf(made);
    expect(report!.envelope['body'].metadata).toMatchObject({ dndDecision: 'reject', dndPolicyId: deny.requestId });
    expect(report!.envelope['body'].artifactHash).toBe(report!.artifactHash);
  });

  it('is sent again with times, salt and hash of its own; an id that is known already is done', SLOW, async () => {
    const made = await granted();
    const hashes: string[] = [];
    let answers = 0;
    made.relay.onArtifact = (artifact) => hashes.push(artifact.artifactHash);
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/artifacts') return false;
      answers += 1;
      const code = answers < 3 ? 503 : 409;
      const name = answers < 3 ? 'unavailable' : 'AlreadyExistsConflict';
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ code: name, error: name, message: name, retryable: code === 503 }));
      return true;
    };
    lastOf(await ask(made));
    await until(() => answers === 3);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(answers).toBe(3);
    expect(auditOf(made, 'policy.report-dropped')).toEqual([]);
  });

  it(
    'is dropped, on record, when the gateway refuses it for good and when it would go to another approver',
    SLOW,
    async () => {
      const made = await granted();
      made.relay.intercept = (path, response) => {
        if (path !== '/v1/artifacts') return false;
        response.writeHead(422, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ code: 'no_approver', error: 'no_approver', message: 'x', retryable: false }));
        return true;
      };
      lastOf(await ask(made));
      await until(() => auditOf(made, 'policy.report-dropped').length === 1);
      expect(auditOf(made, 'policy.report-dropped')).toMatchObject([{ code: 'no_approver' }]);
      made.relay.intercept = (path, response) => {
        if (path !== '/v1/artifacts') return false;
        response.destroy();
        return true;
      };
      lastOf(await ask(made));
      await made.client.unpair(made.workspace);
      made.relay.intercept = null;
      await until(() => auditOf(made, 'policy.report-dropped').length === 2);
      expect(auditOf(made, 'policy.report-dropped').at(-1)).toMatchObject({ code: 'pairing_changed' });
      expect(reportsOf(made)).toEqual([]);
    },
  );

  it('that the gateway calls revoked revokes the pairing (ENF-160)', SLOW, async () => {
    const made = await granted();
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/artifacts') return false;
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ code: 'pairing_revoked', error: 'pairing_revoked', message: 'x', retryable: false }),
      );
      return true;
    };
    expect(lastOf(await ask(made)).verdict).toBe('allow');
    await until(async () => (await made.client.status()).workspaces[0]?.state === 'revoked');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'pairing_revoked' });
  });

  it('waits in a bounded queue, the oldest give way, and what waits at the end is on record', SLOW, async () => {
    const made = await granted();
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/artifacts') return false;
      response.destroy();
      return true;
    };
    for (let n = 0; n < 210; n += 1) lastOf(await ask(made));
    expect(auditOf(made, 'policy.report-dropped').filter(({ code }) => code === 'too_many')).toHaveLength(10);
    await made.daemon.close();
    expect(auditOf(made, 'policy.report-dropped').filter(({ code }) => code === 'shutting_down')).toHaveLength(200);
  });
});
