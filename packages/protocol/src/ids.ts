import { z } from 'zod';
import { MessageError } from './errors/local-errors.js';

export { type Rfc3339, rfc3339Schema } from './time.js';

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

/** What {@link requestIdSchema} accepts. */
export type RequestId = z.infer<typeof requestIdSchema>;
/** What {@link enforcerIdSchema} accepts. */
export type EnforcerId = z.infer<typeof enforcerIdSchema>;
/** What {@link workspaceIdSchema} accepts. */
export type WorkspaceId = z.infer<typeof workspaceIdSchema>;
/** What {@link signerKeyIdSchema} accepts. */
export type SignerKeyId = z.infer<typeof signerKeyIdSchema>;
/** What {@link approverIdSchema} accepts. */
export type ApproverId = z.infer<typeof approverIdSchema>;
/** What {@link pairingIdSchema} accepts. */
export type PairingId = z.infer<typeof pairingIdSchema>;
/** What {@link routingTokenSchema} accepts. */
export type RoutingToken = z.infer<typeof routingTokenSchema>;
/** What {@link pairingNonceSchema} accepts. */
export type PairingNonce = z.infer<typeof pairingNonceSchema>;
/** What {@link pairingCodeSchema} accepts. */
export type PairingCode = z.infer<typeof pairingCodeSchema>;
/** What {@link msgIdSchema} accepts. */
export type MsgId = z.infer<typeof msgIdSchema>;
/** What {@link decisionNonceSchema} accepts. */
export type DecisionNonce = z.infer<typeof decisionNonceSchema>;
/** What {@link artifactHashSchema} accepts. */
export type ArtifactHash = z.infer<typeof artifactHashSchema>;
/** What {@link base64UrlSchema} accepts. */
export type Base64Url = z.infer<typeof base64UrlSchema>;
/** What {@link hexSha256Schema} accepts. */
export type HexSha256 = z.infer<typeof hexSha256Schema>;

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

/** Text as {@link requestIdSchema}; throws MessageError for anything else. */
export const parseRequestId = parserOf(requestIdSchema, 'requestId');
/** Text as {@link enforcerIdSchema}; throws MessageError for anything else. */
export const parseEnforcerId = parserOf(enforcerIdSchema, 'enforcerId');
/** Text as {@link workspaceIdSchema}; throws MessageError for anything else. */
export const parseWorkspaceId = parserOf(workspaceIdSchema, 'workspaceId');
/** Text as {@link signerKeyIdSchema}; throws MessageError for anything else. */
export const parseSignerKeyId = parserOf(signerKeyIdSchema, 'signerKeyId');
/** Text as {@link approverIdSchema}; throws MessageError for anything else. */
export const parseApproverId = parserOf(approverIdSchema, 'approverId');
/** Text as {@link pairingIdSchema}; throws MessageError for anything else. */
export const parsePairingId = parserOf(pairingIdSchema, 'pairingId');
/** Text as {@link routingTokenSchema}; throws MessageError for anything else. */
export const parseRoutingToken = parserOf(routingTokenSchema, 'routingToken');
/** Text as {@link pairingNonceSchema}; throws MessageError for anything else. */
export const parsePairingNonce = parserOf(pairingNonceSchema, 'pairingNonce');
/** Text as {@link pairingCodeSchema}; throws MessageError for anything else. */
export const parsePairingCode = parserOf(pairingCodeSchema, 'pairingCode');
/** Text as {@link msgIdSchema}; throws MessageError for anything else. */
export const parseMsgId = parserOf(msgIdSchema, 'msgId');
/** Text as {@link decisionNonceSchema}; throws MessageError for anything else. */
export const parseDecisionNonce = parserOf(decisionNonceSchema, 'nonce');
/** Text as {@link artifactHashSchema}; throws MessageError for anything else. */
export const parseArtifactHash = parserOf(artifactHashSchema, 'artifactHash');
/** Text as {@link base64UrlSchema}; throws MessageError for anything else. */
export const parseBase64Url = parserOf(base64UrlSchema, 'base64url text');
/** Text as {@link hexSha256Schema}; throws MessageError for anything else. */
export const parseHexSha256 = parserOf(hexSha256Schema, 'SHA-256');

/** Tells whether a value is what {@link requestIdSchema} accepts. */
export const isRequestId = guardOf(requestIdSchema);
/** Tells whether a value is what {@link enforcerIdSchema} accepts. */
export const isEnforcerId = guardOf(enforcerIdSchema);
/** Tells whether a value is what {@link pairingNonceSchema} accepts. */
export const isPairingNonce = guardOf(pairingNonceSchema);
/** Tells whether a value is what {@link pairingCodeSchema} accepts. */
export const isPairingCode = guardOf(pairingCodeSchema);
/** Tells whether a value is what {@link decisionNonceSchema} accepts. */
export const isDecisionNonce = guardOf(decisionNonceSchema);
/** Tells whether a value is what {@link artifactHashSchema} accepts. */
export const isArtifactHash = guardOf(artifactHashSchema);
/** Tells whether a value is what {@link base64UrlSchema} accepts. */
export const isBase64Url = guardOf(base64UrlSchema);
/** Tells whether a value is what {@link hexSha256Schema} accepts. */
export const isHexSha256 = guardOf(hexSha256Schema);

/** Tells whether a key id is one that our approver may use (ID-120). */
export function isOwnSignerKeyId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(text);
}
