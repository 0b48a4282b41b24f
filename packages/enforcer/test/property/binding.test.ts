import { rules } from '@airlock/conformance';
import { artifactAad, open as decrypt, sha256Hex } from '@airlock/crypto';
import { base64UrlDecode, utf8Decode, utf8Encode } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bench } from '../support/bench.js';
import { commandRequest } from '@airlock/testkit';
import { ENFORCER_ID, WORKSPACE } from '../support/bench.js';

function prepared() {
  const b = bench();
  b.ready();
  const create = () =>
    commandRequest({
      rng: b.rng,
      requestId: `req-${b.rng.uuid()}`,
      workspaceId: WORKSPACE,
      enforcerId: ENFORCER_ID,
      createdAt: b.clock.now().at,
    });
  return { b, create };
}

describe(rules('INV-15', 'ART-150')`what is encrypted`, () => {
  it('is the text whose hash the human signs, bound to its request and expiry', () => {
    const { b } = prepared();
    const open = b.request();
    const { envelope } = b.driver.of('gateway.submitArtifact')[0]!.request;
    const { ciphertext, artifactHash, expiresAt } = envelope.body;
    const key = base64UrlDecode(b.pairing()!.standing.active!.pairingKey, 32);
    const aad = artifactAad({ artifactHash, expiresAt: expiresAt!, requestId: envelope.requestId });
    const bytes = decrypt({ key, ciphertext, aad });
    expect(utf8Decode(bytes)).toBe(open.plaintext);
    expect(sha256Hex(bytes)).toBe(artifactHash);
    expect(artifactHash).toBe(open.artifactHash);
  });
});

describe(rules('INV-15', 'ART-142', 'INV-14')`a request that is not what its text says`, () => {
  const { b, create } = prepared();
  const refused = (changed: object) => {
    const open = { ...create(), ...changed };
    b.driver.send({ type: 'request.open', ...open });
    return b.decided(open.requestId);
  };

  it.each([
    ['another hash', { artifactHash: 'b'.repeat(64) }],
    ['another content hash', { contentSha256: 'b'.repeat(64) }],
    ['another request id', { requestId: 'req-other' }],
    ['a nonce of another length', { gcmNonce: 'AAAA' }],
    ['an id that is none', { ackMsgId: '' }],
    ['text that is no JSON', { plaintext: 'npm test' }],
  ])('with %s is denied before anything leaves', (_name, changed) => {
    const sent = b.driver.of('gateway.submitArtifact').length;
    expect(refused(changed)).toMatchObject({ verdict: 'deny', code: 'artifact_inconsistent', submissionBegan: false });
    expect(b.driver.of('gateway.submitArtifact')).toHaveLength(sent);
  });

  it.each([
    ['another workspace', { workspaceId: '/other' }],
    ['another enforcer', { enforcerId: 'enf-other' }],
  ])('for %s is denied although its hashes are right', (_name, changed) => {
    const spec = { rng: b.rng, requestId: `req-${b.rng.uuid()}`, createdAt: b.clock.now().at };
    const open = commandRequest({ ...spec, workspaceId: WORKSPACE, enforcerId: ENFORCER_ID, ...changed });
    b.driver.send({ type: 'request.open', ...open, workspaceId: WORKSPACE });
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', code: 'artifact_inconsistent' });
  });

  it('is denied when it claims the content hash of something else', () => {
    const open = create();
    const claimed = 'b'.repeat(64);
    const plaintext = open.plaintext.replace(open.contentSha256, claimed);
    const artifactHash = sha256Hex(utf8Encode(plaintext));
    expect(refused({ ...open, plaintext, artifactHash, contentSha256: claimed })).toMatchObject({
      verdict: 'deny',
      code: 'artifact_inconsistent',
    });
  });

  it('is denied whatever single character of the text differs', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const open = create();
        const index = at % open.plaintext.length;
        const character = String.fromCharCode(code);
        fc.pre(open.plaintext[index] !== character);
        const plaintext = open.plaintext.slice(0, index) + character + open.plaintext.slice(index + 1);
        b.driver.send({ type: 'request.open', ...open, plaintext });
        expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', code: 'artifact_inconsistent' });
      }),
    );
  });

  it('is denied when it is expired, too long-lived, from the future or too large', () => {
    const { at } = b.clock.now();
    const spec = { rng: b.rng, workspaceId: WORKSPACE, enforcerId: ENFORCER_ID };
    const variants = [
      { createdAt: at - 700_000, lifetimeMs: 600_000 },
      { createdAt: at, lifetimeMs: 86_400_001 },
      { createdAt: at + 60_001, lifetimeMs: 600_000 },
    ];
    for (const variant of variants) {
      const open = commandRequest({ ...spec, requestId: `req-${b.rng.uuid()}`, ...variant });
      b.driver.send({ type: 'request.open', ...open });
      expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', code: 'artifact_inconsistent' });
    }
    const huge = commandRequest({
      ...spec,
      requestId: 'req-huge',
      createdAt: at,
      argv: ['x'.repeat(2_100_000)],
    });
    b.driver.send({ type: 'request.open', ...huge });
    expect(b.decided('req-huge')).toMatchObject({ verdict: 'deny', code: 'artifact_too_large' });
  });

  it('two requests of one content have two hashes and one content hash', () => {
    const [one, two] = [create(), create()];
    expect(one.artifactHash).not.toBe(two.artifactHash);
    expect(one.contentSha256).toBe(two.contentSha256);
  });
});
