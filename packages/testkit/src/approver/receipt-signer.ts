import { artifactHash, contentSha256 } from '@airlock/crypto';
import { canonicalize, formatTime, type Receipt, utf8Encode } from '@airlock/protocol';
import { type SeededRng, seededRng } from '../simulation/rng.js';
import { scriptedApprover } from './scripted-approver.js';

/** Milliseconds that an action may wait. */
const LIFETIME = 600_000;

/** What is signed. */
export interface ReceiptSpec {
  /** Content of a git action, as `@airlock/actions` makes it. */
  readonly content: object;
  /** A new one unless given. */
  readonly requestId?: string;
  readonly decision?: 'approve' | 'reject';
}

/** A human with a real key who decides what a test says. It checks nothing: that is its user's job. */
export interface ReceiptSigner {
  /** Raw Ed25519 key, `b64u`. */
  readonly publicKey: string;
  readonly signerKeyId: string;
  /** The receipt of a decision, byte for byte as a daemon and an approver make it. */
  sign(spec: ReceiptSpec): Receipt;
}

/**
 * @param seed another seed is another human
 * @param at epoch milliseconds of every decision
 */
export function receiptSigner(seed: number, at: number): ReceiptSigner {
  const rng = seededRng(seed);
  const approver = scriptedApprover(rng);
  const { publicKey } = approver;
  const signerKeyId = approver.signerKeyId();
  return {
    publicKey,
    signerKeyId,
    sign({ content, requestId = `req-${rng.uuid()}`, decision = 'approve' }) {
      const action = { ...surroundings(rng, at), requestId, ...content };
      const artifact = canonicalize({ ...action, contentSha256: contentSha256(action) });
      const hash = artifactHash(utf8Encode(artifact));
      const signed = approver.decide({ requestId, artifactHash: hash, decision, repoRef: action.repoRef, at });
      return { type: 'airlock.receipt', v: 1, artifact, decision: signed, signer: { keyId: signerKeyId, publicKey } };
    },
  };
}

/** What the daemon puts around the content of an action. */
function surroundings(rng: SeededRng, at: number) {
  return {
    type: 'airlock.action',
    v: 1,
    artifactType: 'commit.review',
    createdAt: formatTime(at),
    expiresAt: formatTime(at + LIFETIME),
    salt: rng.base64Url(16),
    enforcerId: `enf-${rng.uuid()}`,
    workspaceId: `ws-${rng.uuid()}`,
    workspace: 'widgets',
    repoName: 'widgets',
    repoRef: 'repo:ada/widgets',
    source: 'git',
    policyVersion: 0,
    policySha256: '0'.repeat(64),
  };
}
