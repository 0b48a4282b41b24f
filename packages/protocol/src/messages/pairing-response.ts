import { z } from 'zod';
import { isJsonObject } from '../json/value.js';

/** Capability names that mean something to us (table 9.2). */
export const KNOWN_CAPABILITIES = ['harp-decision/1', 'signed-dnd/1', 'unprotected-key', 'same-host'] as const;
/** One of {@link KNOWN_CAPABILITIES}; others are ignored but counted in the MAC (CRYP-210). */
export type KnownCapability = (typeof KNOWN_CAPABILITIES)[number];

/** A capability name: the alphabet has no comma, so that a joined list stays unambiguous. */
export const capabilityNameSchema = z.string().regex(/^[a-z0-9/.-]{1,64}$/);

/** A signed member: a text without the separator of the signed text (PAIR-190). */
const signedMember = z.string().regex(/^[^|]+$/);
/** The id that is looked up, recorded and shown ever after: as long as an id may be. */
const signerKeyIdMember = z.string().regex(/^[^|]{1,512}$/);

/**
 * Members of `responseJson` (table 9.2). Unknown members are ignored; a null among the signed ones is `malformed`.
 * Names of capabilities and the MAC are judged later, under their own reason (PAIR-190).
 */
export const pairingResponseSchema = z.preprocess(
  (value) => {
    if (!isJsonObject(value)) return value;
    const optional = ['deviceId', 'capabilities', 'capabilitiesMac'];
    return Object.fromEntries(
      Object.entries(value).filter(([key, member]) => member !== null || !optional.includes(key)),
    );
  },
  z.object({
    signerKeyId: signerKeyIdMember,
    publicKey: signedMember,
    pairingNonce: signedMember,
    timestamp: signedMember,
    x25519PublicKey: signedMember,
    signature: signedMember,
    deviceId: z.string().optional(),
    capabilities: z.array(z.string()).optional(),
    capabilitiesMac: z.unknown().optional(),
  }),
);
/** The approver's answer to a pairing, unverified. */
export type PairingResponse = z.infer<typeof pairingResponseSchema>;

/** Reasons to refuse a pairing response, in the order of the checks (PAIR-190). */
export const PAIRING_REFUSALS = [
  'malformed',
  'nonce',
  'timestamp',
  'key',
  'signature',
  'confirm',
  'capabilities',
  'unverified',
] as const;
/** One of {@link PAIRING_REFUSALS}. */
export type PairingRefusal = (typeof PAIRING_REFUSALS)[number];

/** How much a pairing proves about the approver's key (PAIR-210). */
export type Assurance = 'verified' | 'gateway-trusted';
