import { type JsonObject, helloSchema } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { parseObject } from '../http/body.js';
import { parseRequest } from '../http/parse.js';
import { rateLimited, type RateLimits } from '../http/rate-limits.js';
import { principalKey } from '../http/pipeline.js';
import type { ChannelParty } from '../live/channels.js';
import type { PresenceChannel } from '../live/presence.js';
import { submitAck } from '../services/acks.js';
import { submitArtifact } from '../services/artifacts.js';
import { submitDecision } from '../services/decisions.js';
import type { ServiceDeps } from '../services/deps.js';

export interface FrameDeps extends ServiceDeps {
  readonly limits: RateLimits;
}

/** The sending end of a channel. */
export interface FrameSource {
  readonly party: ChannelParty;
  readonly presence: PresenceChannel | undefined;
}

/** A parsed frame: an object that says what it is. */
export interface Frame extends JsonObject {
  readonly msgType: string;
}

function isFrame(value: JsonObject): value is Frame {
  return typeof value['msgType'] === 'string';
}

/** A frame that is no message: it counts towards the close with 1008 (GW-420). */
export class BadFrame extends Error {
  override readonly name = 'BadFrame';

  constructor(readonly refusal: GatewayError) {
    super(refusal.message);
  }
}

/** Parses a frame. @throws BadFrame */
export function parseFrame(text: string): Frame {
  try {
    const frame = parseObject(text);
    if (isFrame(frame)) return frame;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new BadFrame(new GatewayError('invalid_json', 'The frame is not a JSON object'));
  }
  throw new BadFrame(new GatewayError('invalid_request', 'msgType is missing or wrong'));
}

function wrongRole(): GatewayError {
  return new GatewayError('forbidden', 'This credential cannot send that message');
}

async function submission(deps: FrameDeps, { party }: FrameSource, frame: Frame): Promise<JsonObject> {
  const { principal } = party;
  const retryAfter = await deps.limits.principal.spend(principalKey(principal));
  if (retryAfter !== undefined) throw rateLimited(retryAfter);
  switch (frame.msgType) {
    case 'artifact.submit':
      if (principal.role !== 'enforcer') throw wrongRole();
      return await submitArtifact(deps, principal, frame);
    case 'decision.submit':
      if (principal.role !== 'approver') throw wrongRole();
      return await submitDecision(deps, principal, frame);
    case 'ack.submit':
      return await submitAck(deps, principal, frame);
    default:
      throw new GatewayError('invalid_request', 'This msgType cannot be sent here');
  }
}

/** What a frame leads to: an answer, or nothing for control frames (GW-430, GW-440, GW-470). */
export async function answerFrame(deps: FrameDeps, source: FrameSource, frame: Frame): Promise<JsonObject | undefined> {
  switch (frame.msgType) {
    case 'hello': {
      const { workspaceName, enforcerLabel, capabilities } = parseRequest(helloSchema, frame);
      const labels = { workspaceName, enforcerLabel, capabilities };
      source.presence?.hello(labels, deps.ports.now());
      return undefined;
    }
    case 'ping':
      return { msgType: 'pong' };
    case 'pong':
      return undefined;
    default:
      return await submission(deps, source, frame);
  }
}
