import { z } from 'zod';
import { artifactHashSchema, characters, enforcerIdSchema, rfc3339Schema, textOf } from '../ids.js';
import { isJsonObject } from '../json/value.js';
import { LIMITS } from '../limits.js';
import { wireCiphertextSchema } from './ciphertext.js';
import { emittedEnvelope, submittedEnvelope } from './envelope.js';
import { message } from './shape.js';

/** Routing, display and audit strings (ART-040); null entries are dropped like null members. */
export const metadataSchema = z.preprocess(
  (value) => {
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null));
  },
  z.record(z.string(), z.string()).refine(isWithinMetadataLimits, { error: 'is too large' }),
);
/** Metadata of an artifact. */
export type Metadata = z.infer<typeof metadataSchema>;

function isWithinMetadataLimits(metadata: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(metadata);
  const isSmall = ([key, value]: readonly [string, string]): boolean =>
    characters(key) <= LIMITS.metadataKeyCharacters && characters(value) <= LIMITS.metadataValueCharacters;
  return entries.length <= LIMITS.metadataEntries && entries.every(isSmall);
}

/** Body of `artifact.submit` (section 11). */
export const artifactSubmitBodySchema = message({
  artifactType: textOf(1, 128),
  artifactHash: artifactHashSchema,
  ciphertext: wireCiphertextSchema,
  expiresAt: rfc3339Schema.optional(),
  metadata: metadataSchema.optional(),
});
/** Body of `artifact.submit`. */
export type ArtifactSubmitBody = z.infer<typeof artifactSubmitBodySchema>;

/** `POST /v1/artifacts` (ART-010). */
export const artifactSubmitSchema = submittedEnvelope('artifact.submit', {
  sender: message({ enforcerId: enforcerIdSchema }),
  body: artifactSubmitBodySchema,
});
/** Submission of an artifact. */
export type ArtifactSubmit = z.infer<typeof artifactSubmitSchema>;

/** States of an exchange (EXCH-010). */
export const EXCHANGE_STATES = [
  'PendingApproval',
  'Decided',
  'Delivered',
  'Expired',
  'Withdrawn',
  'Cancelled',
] as const;
/** State of an exchange. */
export const exchangeStateSchema = z.enum(EXCHANGE_STATES);
/** One of {@link EXCHANGE_STATES}. */
export type ExchangeState = z.infer<typeof exchangeStateSchema>;

/** Answer 202 to a submission (ART-020, ART-110). */
export const artifactAcceptedSchema = emittedEnvelope(
  'artifact.accepted',
  message({ state: exchangeStateSchema, expiresAt: rfc3339Schema, duplicate: z.boolean() }),
);
/** Answer to a submission. */
export type ArtifactAccepted = z.infer<typeof artifactAcceptedSchema>;
