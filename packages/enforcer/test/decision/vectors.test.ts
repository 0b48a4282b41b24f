import { rules } from '@airlock/conformance';
import { nobleVerifier } from '@airlock/crypto';
import { parseTime } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import type { DecisionContext } from '../../src/index.js';
import { verifyDecision } from '../../src/index.js';
import { refusalOf } from '../../src/decision/verify.js';
import { vectorFile } from '../support/vectors.js';

const file = vectorFile('decision-signature');
const { context } = file;

interface VectorCase {
  readonly id: string;
  readonly [member: string]: any;
}

const cases: readonly VectorCase[] = ['pipe', 'harp'].flatMap((form) =>
  ['valid', 'invalid'].flatMap((kind) => file[form][kind]),
);

function contextOf(vector: VectorCase): DecisionContext {
  const at = parseTime(vector.now ?? context.now);
  const expiresAt = parseTime(context.artifactExpiresAt);
  return {
    requestId: context.requestId,
    artifactHash: context.artifactHash,
    repoRef: context.repoRef,
    state: vector.state ?? 'AWAITING_DECISION',
    expiresAt,
    expiresMono: expiresAt - parseTime(context.now),
    at,
    mono: at - parseTime(context.now),
    signer: context.signer,
    pairingActive: (vector.pairingState ?? 'active') === 'active',
    requireHarpDecision: vector.pairing.requireHarpDecision || vector.pairing.capabilities.includes('harp-decision/1'),
    locallyDenied: vector.localDeny ?? false,
  };
}

/** Steps 22 and 23 as the journal of a vector answers them. */
function journalRefusal(vector: VectorCase, nonce: string) {
  const entries: readonly any[] = vector.journal ?? [];
  const isUsed = entries.some(
    (entry) =>
      (entry.requestId === context.requestId && entry.artifactHash === context.artifactHash) ||
      (entry.nonce === nonce && entry.signerKeyId === context.signer.signerKeyId),
  );
  if (isUsed) return refusalOf(22);
  return vector.journalWritable === false ? refusalOf(23) : null;
}

function outcomeOf(vector: VectorCase) {
  const result = verifyDecision(contextOf(vector), JSON.stringify(vector.envelope), nobleVerifier);
  if (!result.ok) return { result: 'refuse', code: result.code, reason: result.reason };
  const refused = journalRefusal(vector, result.decision.nonce);
  if (refused !== null) return { result: 'refuse', code: refused.code, reason: refused.reason };
  const { decision, reason } = result.decision;
  return reason === null ? { result: 'accept', decision } : { result: 'accept', decision, reason };
}

describe(rules(
  'ENF-020',
  'ENF-030',
  'ENF-050',
  'ENF-070',
  'CRYP-170',
  'CRYP-180',
  'CRYP-190',
  'CRYP-200',
)`the published decisions, good and bad`, () => {
  it.each(cases.map((vector) => [vector.id, vector] as const))('%s', (_id, vector) => {
    expect(outcomeOf(vector)).toEqual(vector.expect);
  });

  it('covers the whole file', () => {
    expect(cases.length).toBeGreaterThan(100);
  });
});
