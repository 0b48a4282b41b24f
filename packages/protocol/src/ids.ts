import { z } from 'zod';
import { MessageError } from './errors/local-errors.js';
import { isTime } from './time.js';

/** Number of Unicode characters (code points) of a text. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Schema of a text of `min` to `max` Unicode characters. */
export function textOf(min: number, max: number) {
  return z.string().refine(
    (text) => {
      const count = characters(text);
      return count >= min && count <= max;
    },
    { error: `must have ${min} to ${max} characters` },
  );
}

const pattern = (form: RegExp) => z.string().regex(form);

/** 1 to 200 characters of U+0021..U+007E, neither `.` nor `..` (ID-020). */
export const requestIdSchema = pattern(/^(?!\.{1,2}$)[!-~]{1,200}$/).brand<'RequestId'>();
/** 1 to 128 characters (ID-110). */
export const enforcerIdSchema = textOf(1, 128).brand<'EnforcerId'>();
/** Up to 512 characters, compared exactly (ID-150). */
export const workspaceIdSchema = textOf(0, 512).brand<'WorkspaceId'>();
/** Key id as a pairing introduced it: without the separator of signed texts (ID-120, PAIR-190). */
export const signerKeyIdSchema = pattern(/^[^|]{1,512}$/).brand<'SignerKeyId'>();
/** Opaque id of an approver device. */
export const approverIdSchema = textOf(1, 128).brand<'ApproverId'>();
/** Opaque id of a pairing. */
export const pairingIdSchema = textOf(1, 128).brand<'PairingId'>();
/** Opaque secret that routes artifacts of one pairing (ID-090). */
export const routingTokenSchema = pattern(/^[!-~]{1,512}$/).brand<'RoutingToken'>();
/** 22 to 86 characters of `[A-Za-z0-9_-]` (ID-080). */
export const pairingNonceSchema = pattern(/^[A-Za-z0-9_-]{22,86}$/).brand<'PairingNonce'>();
/** 6 characters of Crockford base-32 as emitted (ID-050). */
export const pairingCodeSchema = pattern(/^[0-9A-HJKMNP-TV-Z]{6}$/).brand<'PairingCode'>();
/** Id of one message (ID-130). */
export const msgIdSchema = textOf(1, 200).brand<'MsgId'>();
/** Nonce of a decision as our side and the gateway accept it: 22 to 128 characters (section 15.1). */
export const decisionNonceSchema = pattern(/^[A-Za-z0-9_-]{22,128}$/).brand<'DecisionNonce'>();
/** Hash as the wire carries it: 1 to 128 characters of U+0021..U+007E without `|` (ART-050). */
export const artifactHashSchema = pattern(/^[!-{}~]{1,128}$/).brand<'ArtifactHash'>();
/** base64url without padding (`b64u`); the length of the value is checked where it is decoded. */
export const base64UrlSchema = pattern(/^[A-Za-z0-9_-]*$/).brand<'Base64Url'>();
/** 64 lower-case hex digits (`hex64`). */
export const hexSha256Schema = pattern(/^[0-9a-f]{64}$/).brand<'HexSha256'>();
/** A timestamp in any RFC 3339 form (GW-120), kept as received. */
export const rfc3339Schema = z.string().refine(isTime, { error: 'must be an RFC 3339 time' }).brand<'Rfc3339'>();

export type RequestId = z.infer<typeof requestIdSchema>;
export type EnforcerId = z.infer<typeof enforcerIdSchema>;
export type WorkspaceId = z.infer<typeof workspaceIdSchema>;
export type SignerKeyId = z.infer<typeof signerKeyIdSchema>;
export type ApproverId = z.infer<typeof approverIdSchema>;
export type PairingId = z.infer<typeof pairingIdSchema>;
export type RoutingToken = z.infer<typeof routingTokenSchema>;
export type PairingNonce = z.infer<typeof pairingNonceSchema>;
export type PairingCode = z.infer<typeof pairingCodeSchema>;
export type MsgId = z.infer<typeof msgIdSchema>;
export type DecisionNonce = z.infer<typeof decisionNonceSchema>;
export type ArtifactHash = z.infer<typeof artifactHashSchema>;
export type Base64Url = z.infer<typeof base64UrlSchema>;
export type HexSha256 = z.infer<typeof hexSha256Schema>;
export type Rfc3339 = z.infer<typeof rfc3339Schema>;

function parserOf<Schema extends z.ZodType>(schema: Schema, name: string): (text: string) => z.output<Schema> {
  return (text) => {
    const result = schema.safeParse(text);
    if (!result.success) throw new MessageError(name, `Not a valid ${name}`, { cause: result.error });
    return result.data;
  };
}

function guardOf<Schema extends z.ZodType>(schema: Schema): (text: unknown) => text is z.output<Schema> {
  return (text): text is z.output<Schema> => schema.safeParse(text).success;
}

/** Branded id of a text; each throws MessageError for a text outside its form. */
export const parseRequestId = parserOf(requestIdSchema, 'requestId');
export const parseEnforcerId = parserOf(enforcerIdSchema, 'enforcerId');
export const parseWorkspaceId = parserOf(workspaceIdSchema, 'workspaceId');
export const parseSignerKeyId = parserOf(signerKeyIdSchema, 'signerKeyId');
export const parseApproverId = parserOf(approverIdSchema, 'approverId');
export const parsePairingId = parserOf(pairingIdSchema, 'pairingId');
export const parseRoutingToken = parserOf(routingTokenSchema, 'routingToken');
export const parsePairingNonce = parserOf(pairingNonceSchema, 'pairingNonce');
export const parsePairingCode = parserOf(pairingCodeSchema, 'pairingCode');
export const parseMsgId = parserOf(msgIdSchema, 'msgId');
export const parseDecisionNonce = parserOf(decisionNonceSchema, 'nonce');
export const parseArtifactHash = parserOf(artifactHashSchema, 'artifactHash');
export const parseBase64Url = parserOf(base64UrlSchema, 'base64url text');
export const parseHexSha256 = parserOf(hexSha256Schema, 'SHA-256');

export const isRequestId = guardOf(requestIdSchema);
export const isEnforcerId = guardOf(enforcerIdSchema);
export const isPairingNonce = guardOf(pairingNonceSchema);
export const isPairingCode = guardOf(pairingCodeSchema);
export const isDecisionNonce = guardOf(decisionNonceSchema);
export const isArtifactHash = guardOf(artifactHashSchema);
export const isBase64Url = guardOf(base64UrlSchema);
export const isHexSha256 = guardOf(hexSha256Schema);

/** Tells whether a key id is one that our approver may use (ID-120). */
export function isOwnSignerKeyId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(text);
}
