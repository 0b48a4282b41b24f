import { rules } from '@airlock/conformance';
import { base64UrlEncode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { listAudit, verifyAudit } from '../../src/audit/read-audit.js';
import { ask, lastOf, paired, pairUp, scene, signIn } from '../support/daemon.js';

describe(rules('ENF-080', 'ENF-090', 'LOC-040')`from sign-in to one execution`, () => {
  it('an approval is claimed once', { timeout: 20_000 }, async () => {
    const made = await paired();
    const { relay, human, client, paths } = made;
    relay.onArtifact = (artifact) => {
      expect(human.read(artifact)).toMatchObject({
        kind: 'command',
        argv: ['/bin/echo', 'hi'],
        requestId: artifact.requestId,
      });
      human.decide(artifact, 'approve');
    };
    const events = await ask(made);
    expect(events.map((event) => event.event)).toEqual(['submitted', 'decided']);
    const decided = lastOf(events);
    expect(decided).toMatchObject({
      verdict: 'allow',
      outcome: 'approved',
      assurance: 'verified',
      signerKeyId: human.signerKeyId,
    });
    expect(await client.claim(decided.requestId)).toEqual({ granted: true });
    expect(await client.claim(decided.requestId)).toMatchObject({ granted: false, code: 'already_executed' });
    await client.outcome(decided.requestId, { result: 'exited', exitCode: 0 });
    const kinds = listAudit(paths)
      .filter((item) => item.entry.requestId === decided.requestId)
      .map((item) => item.entry.kind);
    expect(kinds).toContain('execution.granted');
    expect(kinds).toContain('execution.outcome');
    expect((await verifyAudit(paths)).ok).toBe(true);
  });

  it('a rejection carries the reason of the human', { timeout: 20_000 }, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject', { reason: 'not today' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', outcome: 'rejected', reason: 'not today' });
  });
});

describe(rules('ENF-150')`what is not there denies`, () => {
  it('not signed in, not paired', { timeout: 20_000 }, async () => {
    const made = await scene();
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'not_signed_in' });
    await signIn(made);
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'not_paired', fix: 'airlock pair' });
    const { human } = await pairUp(made);
    const status = await made.client.status();
    expect(status).toMatchObject({
      signedIn: true,
      gatewayUrl: made.relay.url,
      method: 'pat',
      secrets: 'file',
      problems: [],
    });
    expect(status.workspaces).toMatchObject([
      {
        path: made.workspace,
        paired: true,
        assurance: 'verified',
        signerKeyId: human.signerKeyId,
        signerPublicKey: base64UrlEncode(human.publicKey),
        failMode: 'closed',
      },
    ]);
    await made.client.unpair(made.workspace);
    expect((await made.client.status()).workspaces).toMatchObject([
      { paired: false, signerKeyId: null, signerPublicKey: null },
    ]);
  });
});
