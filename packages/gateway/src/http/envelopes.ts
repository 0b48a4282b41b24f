import { type JsonObject, type JsonValue, type MessageType, WIRE_ERRORS, formatTime } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { newMsgId } from '../ids.js';
import type { Ports } from '../ports.js';

/** What every emitted message needs. */
export interface EnvelopeDeps {
  readonly ports: Ports;
  readonly gatewayId: string;
}

interface EnvelopeParts {
  readonly msgType: MessageType;
  readonly requestId: string;
  readonly body: JsonObject | readonly JsonValue[];
  /** Given when the message is stored and may be sent again (ID-130); fresh unless told. */
  readonly msgId?: string;
  /** Epoch milliseconds; now unless told. */
  readonly createdAt?: number;
  readonly expiresAt?: number;
  readonly recipient?: { readonly enforcerId: string } | { readonly approverId: string };
}

/** An envelope from this gateway (GW-250). */
export function envelope(deps: EnvelopeDeps, parts: EnvelopeParts): JsonObject {
  return {
    msgId: parts.msgId ?? newMsgId(deps.ports),
    msgType: parts.msgType,
    requestId: parts.requestId,
    createdAt: formatTime(parts.createdAt ?? deps.ports.now()),
    ...(parts.expiresAt === undefined ? {} : { expiresAt: formatTime(parts.expiresAt) }),
    sender: { gatewayId: deps.gatewayId },
    ...(parts.recipient === undefined ? {} : { recipient: parts.recipient }),
    body: parts.body,
  };
}

/** The hybrid error object (ERR-010), over HTTP and as a frame. */
export function errorEnvelope(deps: EnvelopeDeps, error: GatewayError): JsonObject {
  const { code, message } = error;
  const { requestId, details } = error.more;
  return {
    msgId: newMsgId(deps.ports),
    msgType: 'error',
    requestId: requestId ?? `err-${deps.ports.uuid()}`,
    createdAt: formatTime(deps.ports.now()),
    sender: { gatewayId: deps.gatewayId },
    error: code,
    code,
    message,
    retryable: WIRE_ERRORS[code].retryable,
    body: {
      code,
      message,
      ...(requestId === undefined ? {} : { requestId }),
      ...(details === undefined ? {} : { details }),
    },
  };
}

/** Any failure as an error of table 5.1; what is not one of ours is our fault. */
export function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('internal_error', 'Internal error', { cause: error });
}

/** Runs `work`; its refusals name the exchange they concern (ERR-010). */
export async function concerning<T>(requestId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = asGatewayError(error);
    throw new GatewayError(known.code, known.message, {
      ...known.more,
      requestId,
      cause: known.cause ?? known,
    });
  }
}
