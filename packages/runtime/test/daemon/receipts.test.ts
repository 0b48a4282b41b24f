import { rules } from '@airlock/conformance';
import { artifactHash, checkReceipt } from '@airlock/crypto';
import { base64UrlEncode, LIMITS, type Receipt, utf8Encode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { nodeVerifier } from '../../src/engine/node-verifier.js';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, lastOf, launch, paired } from '../support/daemon.js';
import { gitAction } from '../support/git-actions.js';
import { inHours, type Paired, signed } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

/** Asks, and lets the human approve. */
async function approved(made: Paired, over: Partial<RequestBody> = { action: gitAction() }): Promise<string> {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
  const decided = lastOf(await ask(made, over));
  expect(decided).toMatchObject({ verdict: 'allow', outcome: 'approved' });
  return decided.requestId;
}

const trusting = (...keys: Uint8Array[]) => ({
  trusted: new Set(keys.map((key) => base64UrlEncode(key))),
  verifier: nodeVerifier(),
});

const receiptOf = async (made: Paired, requestId: string): Promise<Receipt> =>
  (await made.client.receipt(requestId)).receipt;

const none = async (made: Paired, requestId: string) =>
  await expect(made.client.receipt(requestId)).rejects.toMatchObject({ code: 'no_receipt' });

describe(rules('INV-1', 'ART-150')`the receipt of an approved git action`, () => {
  it.each(['git-commit', 'git-push'] as const)(
    'proves a %s to everybody who trusts the key, before and after the claim',
    SLOW,
    async (kind) => {
      const made = await paired();
      const requestId = await approved(made, { action: gitAction(kind) });
      const before = await receiptOf(made, requestId);
      expect(await made.client.claim(requestId)).toEqual({ granted: true });
      expect(await receiptOf(made, requestId)).toEqual(before);
      const submitted = made.relay.artifacts.get(requestId)!;
      expect(checkReceipt(before, trusting(made.human.publicKey))).toMatchObject({
        ok: true,
        artifactHash: submitted.artifactHash,
        action: { kind, requestId, ...gitAction(kind) },
      });
      expect(before.signer).toEqual({
        keyId: made.human.signerKeyId,
        publicKey: base64UrlEncode(made.human.publicKey),
      });
      expect(artifactHash(utf8Encode(before.artifact))).toBe(submitted.artifactHash);
      expect(before.decision).toBe(made.relay.decisions.get(requestId));
    },
  );

  it('proves nothing under another key, and nothing of another artifact', SLOW, async () => {
    const made = await paired();
    const receipt = await receiptOf(made, await approved(made));
    expect(checkReceipt(receipt, trusting(new Uint8Array(32)))).toEqual({ ok: false, reason: 'untrusted_key' });
    const altered = { ...receipt, artifact: receipt.artifact.replace('Add a', 'Add b') };
    expect(checkReceipt(altered, trusting(made.human.publicKey))).toEqual({ ok: false, reason: 'hash_mismatch' });
  });

  it('is gone once the outcome is told', SLOW, async () => {
    const made = await paired();
    const requestId = await approved(made);
    await made.client.claim(requestId);
    await made.client.outcome(requestId, { result: 'exited', exitCode: 0 });
    await none(made, requestId);
  });

  it('is gone once the approval is given back', SLOW, async () => {
    const made = await paired();
    const requestId = await approved(made);
    await made.client.withdraw(requestId);
    await none(made, requestId);
  });

  it('is not there before the decision, nor after a rejection', SLOW, async () => {
    const made = await paired();
    let early: Promise<unknown> = Promise.resolve();
    made.relay.onArtifact = (artifact) => {
      early = none(made, artifact.requestId).then(() => made.human.decide(artifact, 'reject'));
    };
    const decided = lastOf(await ask(made, { action: gitAction() }));
    await early;
    expect(decided).toMatchObject({ outcome: 'rejected' });
    await none(made, decided.requestId);
  });

  it('is not there for a command, for an id that nobody knows, and after a restart', SLOW, async () => {
    const made = await paired();
    await none(made, await approved(made, {}));
    await none(made, 'req-00000000-0000-4000-8000-000000000000');
    await none(made, '__proto__');
    const requestId = await approved(made);
    await made.daemon.close();
    await launch(made.paths);
    await none(made, requestId);
  });

  it('is not there for what nobody was asked about', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    const decided = lastOf(await ask(made, { action: gitAction() }));
    if (decided.verdict === 'pass') await none(made, decided.requestId);
    expect(decided).toMatchObject({ verdict: 'pass' });
  });

  it('of executions whose end nobody tells stays for the newest sixteen', SLOW, async () => {
    const made = await paired();
    const ids: string[] = [];
    for (let n = 0; n < 17; n += 1) {
      const requestId = await approved(made);
      await made.client.claim(requestId);
      ids.push(requestId);
    }
    const [first = '', second = ''] = ids;
    await none(made, first);
    expect((await receiptOf(made, second)).artifact).toContain(second);
  });
});

describe(rules('ART-130', 'LOC-050')`a change of two megabytes`, () => {
  it('goes to the daemon whole and comes back as a receipt', { timeout: 60_000 }, async () => {
    const made = await paired();
    const room = LIMITS.artifactCiphertextBytes - 4096;
    const line = '+"quoted\\\\ line of text"\t\n';
    const escaped = JSON.stringify(line).length - 2;
    const diff = line.repeat(Math.floor(room / escaped));
    const requestId = await approved(made, { action: gitAction('git-commit', diff) });
    const receipt = await receiptOf(made, requestId);
    expect(receipt.artifact.length).toBeGreaterThan(room - escaped);
    expect(checkReceipt(receipt, trusting(made.human.publicKey))).toMatchObject({
      ok: true,
      action: { commits: [{ diff }] },
    });
    await made.client.claim(requestId);
    expect(await receiptOf(made, requestId)).toEqual(receipt);
  });

  it('that is larger is refused, not cut', SLOW, async () => {
    const made = await paired();
    const events = ask(made, { action: gitAction('git-commit', '+'.repeat(LIMITS.artifactCiphertextBytes)) });
    expect((await events).at(-1)).toMatchObject({ event: 'error', code: 'bad_request' });
    expect(made.relay.artifacts.size).toBe(0);
  });
});
