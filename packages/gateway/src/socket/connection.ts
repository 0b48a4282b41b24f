import { type JsonObject, LIMITS } from '@airlock/protocol';
import type { RawData, WebSocket } from 'ws';
import { GatewayError } from '../errors.js';
import { type IdentityChecks, stillAuthorised } from '../http/authorise.js';
import { asGatewayError, errorEnvelope } from '../http/envelopes.js';
import { addressOf } from '../live/channels.js';
import type { Cancel } from '../ports.js';
import { answerFrame, BadFrame, type FrameDeps, type FrameSource, parseFrame } from './frames.js';
import type { Admitted } from './party.js';

export interface ConnectionDeps extends FrameDeps {
  readonly identity: IdentityChecks;
}

/** Close codes (GW-410, GW-420; 1012 is "service restart", 1013 "try again later": an outage is no 4401, ERR-050). */
export const CLOSE = {
  unauthorised: 4401,
  badFrames: 1008,
  restart: 1012,
  unavailable: 1013,
  idle: 1001,
} as const;

const PING_TEXT = JSON.stringify({ msgType: 'ping' });
/** A reader that falls this far behind, bytes, is cut off: what it misses is in the inbox (GW-490). */
const BACKLOG_BYTES = 16 * 1024 * 1024;

function textOf(data: RawData): string {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(new Uint8Array(data));
  return bytes.toString('utf8');
}

function byteLength(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.byteLength, 0) : data.byteLength;
}

/** One open socket: frames in, answers and notices out, pings, idle and credential checks. */
class SocketConnection {
  readonly #deps: ConnectionDeps;
  readonly #socket: WebSocket;
  readonly #admitted: Admitted;
  readonly #source: FrameSource;
  readonly #leave: () => void;
  #badFrames = 0;
  #seenAt: number;
  #timer: Cancel;

  constructor(deps: ConnectionDeps, socket: WebSocket, admitted: Admitted) {
    const { party } = admitted;
    const now = deps.ports.now();
    this.#deps = deps;
    this.#socket = socket;
    this.#admitted = admitted;
    this.#seenAt = now;
    const presence =
      'enforcerId' in party
        ? deps.presence.connected(addressOf(party.principal, party.enforcerId), 'websocket', now)
        : undefined;
    this.#source = { party, presence };
    this.#leave = deps.channels.add(party, {
      transport: 'websocket',
      send: (_message, text) => this.#send(text),
      shutDown: () => socket.close(CLOSE.restart, 'restarting'),
    });
    this.#timer = this.#nextBeat();
    socket.on('message', (data, isBinary) => this.#onFrame(data, isBinary));
    socket.on('pong', () => this.#seen());
    socket.on('close', () => this.#onClose());
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > BACKLOG_BYTES) this.#socket.terminate();
    else this.#socket.send(text);
  }

  #reply(message: JsonObject): void {
    this.#send(JSON.stringify(message));
  }

  #seen(): void {
    this.#seenAt = this.#deps.ports.now();
    this.#source.presence?.seen(this.#seenAt);
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    this.#seen();
    this.#handle(data, isBinary).catch((error: unknown) => {
      const refusal = error instanceof BadFrame ? error.refusal : asGatewayError(error);
      if (refusal.code === 'internal_error') {
        this.#deps.log.error({ err: refusal.cause }, 'frame failed');
      }
      this.#reply(errorEnvelope(this.#deps, refusal));
      if (error instanceof BadFrame) this.#countBadFrame();
    });
  }

  async #handle(data: RawData, isBinary: boolean): Promise<void> {
    if (isBinary) {
      throw new BadFrame(new GatewayError('unsupported_media_type', 'Send JSON text frames'));
    }
    if (byteLength(data) > LIMITS.frameBytes) {
      throw new BadFrame(new GatewayError('payload_too_large', 'The frame is larger than 3 MiB'));
    }
    const answer = await answerFrame(this.#deps, this.#source, parseFrame(textOf(data)));
    if (answer !== undefined) this.#reply(answer);
  }

  #countBadFrame(): void {
    this.#badFrames += 1;
    const { userId } = this.#admitted.party.principal;
    this.#deps.audit({ kind: 'transport.violation', userId, details: { what: 'bad_frame' } });
    if (this.#badFrames >= LIMITS.socketBadFrames) {
      this.#socket.close(CLOSE.badFrames, 'too many bad frames');
    }
  }

  #nextBeat(): Cancel {
    return this.#deps.ports.after(LIMITS.socketPingMs, () => {
      this.#beat().catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'socket check failed');
        this.#timer = this.#nextBeat();
      });
    });
  }

  async #beat(): Promise<void> {
    const now = this.#deps.ports.now();
    if (now - this.#seenAt >= LIMITS.socketIdleMs) {
      this.#socket.close(CLOSE.idle, 'silent');
      return;
    }
    const { party, credentials } = this.#admitted;
    const opened = { credentials, principal: party.principal };
    if (!(await stillAuthorised(this.#deps.identity, opened, now))) {
      this.#socket.close(CLOSE.unauthorised, 'unauthorized');
      return;
    }
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#send(PING_TEXT);
    this.#socket.ping();
    this.#timer = this.#nextBeat();
  }

  #onClose(): void {
    this.#timer();
    this.#leave();
    this.#source.presence?.closed(this.#deps.ports.now());
  }
}

/** Serves an admitted socket until it closes. */
export function serveSocket(deps: ConnectionDeps, socket: WebSocket, admitted: Admitted): void {
  new SocketConnection(deps, socket, admitted);
}
