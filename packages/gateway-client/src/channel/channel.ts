import { HARP_VERSION, isJsonObject, type JsonObject, LIMITS, parseJson } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import type { Caller } from '../http/caller.js';
import { queryString } from '../http/request.js';
import type { PresenceArea } from '../areas/presence.js';
import { ManualSignal } from './manual-signal.js';
import type { SocketLike, SocketPort } from '../ports.js';
import { type RetryPolicy, retryDelay } from '../retry.js';
import { openSession, type SessionEnd } from './session.js';

/** What happens on a channel. Channels are hints: everything is reachable without them (GW-490). */
export type ChannelEvent =
  /** Connected, first or again: re-read inbox, wait, status or listing now; frames may have been missed. */
  | { readonly type: 'open' }
  /** One envelope of the gateway, unparsed but well-formed JSON. `msgType` is what it says it is. */
  | { readonly type: 'message'; readonly msgType: string; readonly text: string }
  | { readonly type: 'closed'; readonly code: number; readonly retryInMs: number }
  /** The end: no further event follows. */
  | { readonly type: 'stopped'; readonly reason: 'closed' | 'unauthorized' | 'unsupported' };

/** How a channel is opened. */
export interface ChannelOptions {
  readonly role: 'enforcer' | 'approver';
  /** Own `enforcerId` or `approverId`. */
  readonly id: string;
  /** First frame (GW-430); values of `capabilities` are for people only. */
  readonly hello?: {
    readonly capabilities?: JsonObject;
    readonly workspaceName?: string;
    readonly enforcerLabel?: string;
  };
  readonly onEvent: (event: ChannelEvent) => void;
  /** Delays between connections; `attempts` is ignored: a channel tries until it is closed. */
  readonly reconnect?: RetryPolicy;
}

/** An open channel that reconnects by itself. */
export interface Channel {
  /** Sends one frame; false when there is no connection now (use the HTTP route instead). */
  send(frame: object): boolean;
  close(): void;
}

/** 1 s to 60 s, without end. */
export const DEFAULT_RECONNECT: RetryPolicy = {
  attempts: Number.POSITIVE_INFINITY,
  baseDelayMs: 1_000,
  maxDelayMs: 60_000,
  jitter: 0.5,
};

/** Close code of a refused credential (GW-410). */
const UNAUTHORIZED = 4401;
/** Refusals in a row after which trying again is pointless. */
const MAX_REFUSALS = 2;

/** Opens a channel. Never throws and never rejects: what goes wrong is an event. */
export function openChannel(caller: Caller, presence: PresenceArea, options: ChannelOptions): Channel {
  const channel = new ReconnectingChannel(caller, presence, options);
  channel.start();
  return channel;
}

class ReconnectingChannel implements Channel {
  /** The connection, once it is open. */
  private live: SocketLike | undefined;
  /** The connection from its creation on. */
  private current: SocketLike | undefined;
  private readonly closing = new ManualSignal();
  private failures = 0;
  private refusals = 0;

  constructor(
    private readonly caller: Caller,
    private readonly presence: PresenceArea,
    private readonly options: ChannelOptions,
  ) {}

  start(): void {
    const { openSocket } = this.caller.transport;
    const stop = (reason: Extract<ChannelEvent, { type: 'stopped' }>['reason']) =>
      this.options.onEvent({ type: 'stopped', reason });
    if (openSocket === undefined) stop('unsupported');
    else this.run(openSocket).then(stop, () => stop('closed'));
  }

  send(frame: object): boolean {
    if (this.live === undefined) return false;
    this.live.send(JSON.stringify(frame));
    return true;
  }

  close(): void {
    this.closing.abort();
    this.current?.close(1000, '');
  }

  private async run(openSocket: SocketPort): Promise<'closed' | 'unauthorized'> {
    while (!this.closing.aborted) {
      const end = await this.connect(openSocket);
      if (this.closing.aborted) break;
      this.refusals = end.wasRefused ? this.refusals + 1 : 0;
      if (this.refusals >= MAX_REFUSALS) return 'unauthorized';
      this.failures = end.wasLive ? 1 : this.failures + 1;
      const retryInMs = this.delay();
      this.options.onEvent({ type: 'closed', code: end.code, retryInMs });
      await this.caller.transport.sleep(retryInMs, this.closing);
    }
    return 'closed';
  }

  private async connect(openSocket: SocketPort): Promise<SessionEnd> {
    try {
      const { url, headers } = await this.target();
      if (this.closing.aborted) return { code: 1000, wasLive: false, wasRefused: false };
      const socket = openSocket(url, headers);
      this.current = socket;
      const end = await openSession(
        { caller: this.caller, socket, hello: helloFrame(this.options) },
        {
          onOpen: () => {
            this.live = socket;
            this.options.onEvent({ type: 'open' });
          },
          onText: (text) => this.receive(text),
          onClose: () => {
            this.live = undefined;
            this.current = undefined;
          },
        },
      );
      if (end.code === UNAUTHORIZED) await this.caller.authenticator.headersAfterRefusal(headers);
      return { ...end, wasRefused: end.code === UNAUTHORIZED };
    } catch (error) {
      const isRefusal = error instanceof GatewayError && ['unauthorized', 'forbidden'].includes(error.kind);
      return { code: 1006, wasLive: false, wasRefused: isRefusal };
    }
  }

  /** A bearer token goes into the header where one can be set; everything else takes a ticket (GW-400). */
  private async target(): Promise<{ readonly url: string; readonly headers: Record<string, string> }> {
    const { baseUrl, transport, authenticator } = this.caller;
    const { role, id } = this.options;
    const url = `${baseUrl.replace(/^http/, 'ws')}/v1/ws`;
    const headers = transport.socketHeaders ? await authenticator.headers() : {};
    if (headers['Authorization'] !== undefined) {
      return { url: url + queryString({ role, id }), headers: { ...headers, 'X-HARP-Version': HARP_VERSION } };
    }
    const { ticket } = await this.presence.ticket({ signal: this.closing });
    return { url: url + queryString({ role, id, token: ticket }), headers: {} };
  }

  private receive(text: string): void {
    const msgType = messageType(text);
    if (msgType === 'ping') this.send({ msgType: 'pong' });
    else if (msgType !== undefined && msgType !== 'pong') this.options.onEvent({ type: 'message', msgType, text });
  }

  private delay(): number {
    const policy = { ...(this.options.reconnect ?? DEFAULT_RECONNECT), attempts: Number.POSITIVE_INFINITY };
    const random = this.caller.transport.random();
    return retryDelay(policy, { failures: this.failures, random }) ?? policy.maxDelayMs;
  }
}

function helloFrame({ hello }: ChannelOptions): object {
  return {
    msgType: 'hello',
    capabilities: hello?.capabilities ?? {},
    ...(hello?.workspaceName === undefined ? {} : { workspaceName: hello.workspaceName }),
    ...(hello?.enforcerLabel === undefined ? {} : { enforcerLabel: hello.enforcerLabel }),
  };
}

/** Frames that are not of the contract are dropped: whatever they hint at is re-read elsewhere. */
function messageType(text: string): string | undefined {
  try {
    const frame = parseJson(text, { maxBytes: LIMITS.frameBytes });
    const msgType = isJsonObject(frame) ? frame['msgType'] : undefined;
    return typeof msgType === 'string' ? msgType : undefined;
  } catch {
    return undefined;
  }
}
