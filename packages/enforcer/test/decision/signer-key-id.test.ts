import { rules } from '@airlock/conformance';
import { nobleVerifier } from '@airlock/crypto';
import { parseTime } from '@airlock/protocol';
import { expect, it } from 'vitest';
import { verifyDecision } from '../../src/index.js';
import { vectorFile } from '../support/vectors.js';

const { context, pipe } = vectorFile('decision-signature');
const [genuine] = pipe.valid;
const { signerKeyId } = context.signer;

/** Names that a lenient reader would take for the paired one. */
const lookAlikes: readonly (readonly [string, string])[] = [
  ['another case', signerKeyId.toUpperCase()],
  ['a key- prefix', `key-${signerKeyId}`],
  ['its own prefix missing', signerKeyId.replace(/^al1\./, '')],
  ['the plain form of the same key', `key-${signerKeyId.split('.')[1]}`],
  ['white space around it', ` ${signerKeyId} `],
  ['a longer name that begins alike', `${signerKeyId}x`],
];

it.each(lookAlikes)(rules('ID-120', 'INV-6')`%s does not name the paired signer`, (_title, name) => {
  expect(name).not.toBe(signerKeyId);
  const at = parseTime(context.now);
  const envelope = { ...genuine.envelope, body: { ...genuine.envelope.body, signerKeyId: name } };
  const result = verifyDecision(
    {
      ...context,
      state: 'AWAITING_DECISION',
      expiresAt: parseTime(context.artifactExpiresAt),
      expiresMono: 1,
      at,
      mono: 0,
      pairingActive: true,
      requireHarpDecision: false,
      locallyDenied: false,
    },
    JSON.stringify(envelope),
    nobleVerifier,
  );
  expect(result).toMatchObject({ ok: false, step: 8, reason: 'unknown_key' });
});
