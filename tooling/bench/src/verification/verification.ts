import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { type DecisionContext, type DecisionResult, verifyDecision } from '@airlock/enforcer';
import {
  decisionPipeText,
  ed25519PublicKey,
  ed25519Sign,
  harpDecisionSignable,
  nobleVerifier,
  strictVerifier,
  type Verifier,
} from '@airlock/crypto';
import { base64UrlEncode, utf8Encode } from '@airlock/protocol';
import { alternate, quantile, type Row } from '../measure.js';

const NOW = Date.parse('2026-03-02T14:00:31.000Z');
const seed = randomBytes(32);
const publicKey = ed25519PublicKey(seed);
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: base64UrlEncode(publicKey) }, format: 'jwk' });

/** Same platform verifier on both sides; ours adds the strictness checks. */
const platform: Verifier = strictVerifier((signature, message) => verify(null, message, key, signature));

interface Delivered {
  readonly text: string;
  readonly context: DecisionContext;
  readonly signed: ReadonlyArray<{ readonly message: Uint8Array; readonly signature: Uint8Array }>;
}

/** A delivered approval with both signature forms, as our approver makes it. */
function delivered(): Delivered {
  const artifactHash = randomBytes(32).toString('hex');
  const pipe = { artifactHash, decision: 'approve', nonce: base64UrlEncode(randomBytes(16)) };
  const pipeMessage = utf8Encode(decisionPipeText(pipe));
  const unsigned = {
    ...pipe,
    requestId: 'req-1',
    artifactHashAlg: 'SHA-256',
    repoRef: '-',
    scope: 'once',
    expiresAt: '2026-03-02T14:05:00.000Z',
    sigAlg: 'Ed25519',
    signerKeyId: 'al1.k',
  };
  const harpMessage = harpDecisionSignable(unsigned);
  const signed = [pipeMessage, harpMessage].map((message) => ({ message, signature: ed25519Sign(seed, message) }));
  const [pipeSignature, harpSignature] = signed.map(({ signature }) => base64UrlEncode(signature));
  const body = {
    ...pipe,
    signerKeyId: 'al1.k',
    signature: pipeSignature,
    harpDecision: { ...unsigned, signature: harpSignature },
  };
  const context: DecisionContext = {
    requestId: 'req-1',
    artifactHash,
    repoRef: '-',
    state: 'AWAITING_DECISION',
    expiresAt: NOW + 60_000,
    expiresMono: 60_000,
    at: NOW,
    mono: 0,
    signer: { signerKeyId: 'al1.k', publicKey: base64UrlEncode(publicKey) },
    pairingActive: true,
    requireHarpDecision: true,
    locallyDenied: false,
  };
  const envelope = { msgId: 'msg-1', msgType: 'decision.deliver', requestId: 'req-1', body };
  return { text: JSON.stringify(envelope), context, signed };
}

function assertVerified(result: DecisionResult): void {
  if (!result.ok) throw new Error(`refused at step ${result.step}`);
}

async function measure(name: string, verifier: Verifier, rounds: number): Promise<Row> {
  const all = Array.from({ length: 64 }, delivered);
  const { ours, floor } = await alternate(
    rounds,
    () => {
      for (const { text, context } of all) assertVerified(verifyDecision(context, text, verifier));
    },
    () => {
      for (const { signed } of all)
        for (const { message, signature } of signed)
          if (!verifier.verify(signature, message, publicKey)) throw new Error('floor: bad signature');
    },
  );
  const [a, b] = [quantile(ours, 0.5) / all.length, quantile(floor, 0.5) / all.length];
  return {
    what: `verification pipeline, ${name}, p50`,
    ours: `${(a * 1000).toFixed(0)} µs`,
    floor: `${(b * 1000).toFixed(0)} µs (2 bare Ed25519)`,
    ratio: a / b,
    goal: '<= 1.3',
  };
}

export async function verification(): Promise<Row[]> {
  return [await measure('node:crypto', platform, 60), await measure('noble', nobleVerifier, 12)];
}
