import { createHash } from 'node:crypto';
import {
  type ArtifactSubmitBody,
  CiphertextError,
  type JsonObject,
  LIMITS,
  artifactSubmitSchema,
  decodeCiphertext,
  formatTime,
  parseTime,
} from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { concerning, envelope } from '../http/envelopes.js';
import { parseRequest } from '../http/parse.js';
import { newMsgId } from '../ids.js';
import { type EnforcerPrincipal, appKey } from '../principal.js';
import type { InboxItem } from '../store/commands/exchange-read.js';
import type { SubmitArgs, Submitted } from '../store/commands/exchange-submit.js';
import { approvalRequest } from './approval-request.js';
import type { ServiceDeps } from './deps.js';

const DISPLAY_KEYS = ['workspaceName', 'repoName', 'requestLabel'] as const;

/** Lower-case hex SHA-256 of a secret: what the store keeps of it (ID-090). */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function checkCiphertext(ciphertext: ArtifactSubmitBody['ciphertext']): void {
  try {
    const { data } = decodeCiphertext(ciphertext);
    if (data.byteLength > LIMITS.artifactCiphertextBytes) {
      throw new GatewayError('payload_too_large', 'The ciphertext is larger than 2 MiB');
    }
  } catch (error) {
    if (!(error instanceof CiphertextError)) throw error;
    throw new GatewayError(error.code, error.message, { cause: error });
  }
}

/** ART-060; epoch milliseconds. */
function effectiveExpiry(given: string | undefined, createdAt: number, now: number): number {
  const expiresAt = given === undefined ? Number.NEGATIVE_INFINITY : parseTime(given);
  return expiresAt <= createdAt + LIMITS.artifactExpiryRepairMs
    ? now + LIMITS.artifactLifetimeDefaultMs
    : Math.min(expiresAt, now + LIMITS.artifactLifetimeMaxMs);
}

function displayOf(metadata: Readonly<Record<string, string>>): string | undefined {
  const shown = DISPLAY_KEYS.flatMap((key) => {
    const value = metadata[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return shown.length === 0 ? undefined : JSON.stringify(Object.fromEntries(shown));
}

/** What the metadata say, by kind; everything else in them is dropped (ART-100). */
function metadataArgs(
  metadata: Readonly<Record<string, string>>,
): Pick<SubmitArgs, 'routingTokenHash' | 'approverId' | 'display' | 'audit'> {
  const { routingToken, approverId, dndAudit, dndDecision, dndPolicyId } = metadata;
  const display = displayOf(metadata);
  return {
    ...(routingToken === undefined ? {} : { routingTokenHash: secretHash(routingToken) }),
    ...(approverId === undefined ? {} : { approverId }),
    ...(display === undefined ? {} : { display }),
    ...(dndAudit === 'true'
      ? {
          audit: {
            ...(dndDecision === undefined ? {} : { decision: dndDecision }),
            ...(dndPolicyId === undefined ? {} : { policyId: dndPolicyId }),
          },
        }
      : {}),
  };
}

function announce(deps: ServiceDeps, args: SubmitArgs, submitted: Submitted): void {
  const { routed } = submitted;
  if (routed === undefined) return;
  const item: InboxItem = {
    seq: 0,
    requestId: args.requestId,
    msgId: args.msgId,
    acceptedAt: args.now,
    expiresAt: submitted.expiresAt,
    approverId: routed.approverId,
    artifactType: args.artifactType,
    artifactHash: args.artifactHash,
    ciphertext: args.ciphertext,
    ...(args.display === undefined ? {} : { display: args.display }),
    pairingId: routed.pairingId,
    enforcerId: args.enforcerId,
    enforcerLabel: routed.enforcerLabel,
    appId: args.appId,
  };
  deps.channels.toApprover(args.userId, routed.approverId, () => approvalRequest(deps, item));
}

/** `artifact.submit`, over HTTP or as a frame; answers `artifact.accepted` (section 11). */
export async function submitArtifact(
  deps: ServiceDeps,
  principal: EnforcerPrincipal,
  message: JsonObject,
): Promise<JsonObject> {
  const parsed = parseRequest(artifactSubmitSchema, message);
  return await concerning(parsed.requestId, async () => {
    const { body } = parsed;
    checkCiphertext(body.ciphertext);
    const now = deps.ports.now();
    const createdAt = parseTime(parsed.createdAt);
    const { alg, data, nonce, tag, aad } = body.ciphertext;
    const args: SubmitArgs = {
      userId: principal.userId,
      appId: appKey(principal),
      enforcerId: parsed.sender.enforcerId,
      requestId: parsed.requestId,
      artifactType: body.artifactType,
      artifactHash: body.artifactHash,
      createdAt,
      expiresAt: effectiveExpiry(body.expiresAt, createdAt, now),
      now,
      ...metadataArgs(body.metadata ?? {}),
      msgId: newMsgId(deps.ports),
      ciphertext: JSON.stringify({ alg, data, nonce, tag, ...(aad === undefined ? {} : { aad }) }),
    };
    const submitted = await deps.store.run('submitArtifact', args);
    announce(deps, args, submitted);
    return envelope(deps, {
      msgType: 'artifact.accepted',
      requestId: args.requestId,
      body: {
        state: submitted.state,
        expiresAt: formatTime(submitted.expiresAt),
        duplicate: submitted.duplicate,
      },
    });
  });
}
