/** A JSON-RPC message, as a client sees it. */
export interface Spoken {
  readonly jsonrpc: string;
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What a server said to a client: in the order in which each kind came, since kinds may overtake each other. */
export type Transcript = Readonly<Record<string, readonly unknown[]>>;

/** What both SDKs want of a transport, as far as a recorder has to know it. */
interface Carrier {
  onmessage?: ((message: never, extra?: never) => void) | undefined;
  start(): Promise<void>;
  send(message: never, options?: never): Promise<void>;
}

/** Writes down everything that passes a client's transport. */
export class Recorder {
  readonly #said: Spoken[] = [];
  readonly #asked = new Map<string | number, string>();

  /** Listens to a transport; call it before the client connects. */
  listen<T extends Carrier>(transport: T): T {
    const { start, send } = transport;
    transport.start = () => {
      const { onmessage } = transport;
      transport.onmessage = (message: never, extra?: never) => {
        this.#said.push(message);
        onmessage?.call(transport, message, extra);
      };
      return start.call(transport);
    };
    transport.send = (message: never, options?: never) => {
      const { id, method }: Spoken = message;
      if (id !== undefined && method !== undefined) this.#asked.set(id, method);
      return send.call(transport, message, options);
    };
    return transport;
  }

  /**
   * Everything so far, made the same where two runs differ by chance.
   * @param leftOut kinds of which it is chance whether they come
   */
  transcript(leftOut: readonly string[] = []): Transcript {
    const kinds = new Map<string, unknown[]>();
    for (const spoken of this.#said) {
      if (isOfProxy(spoken) || isByLot(spoken)) continue;
      const kind = this.#kindOf(spoken);
      const isCounted = spoken.method === undefined && kind !== 'answer to tasks/result';
      kinds.set(kind, [...(kinds.get(kind) ?? []), settled(isCounted ? spoken : withoutId(spoken))]);
    }
    for (const kind of leftOut) kinds.delete(kind);
    return Object.fromEntries([...kinds].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  #kindOf({ id, method }: Spoken): string {
    if (method !== undefined) return `${id === undefined ? 'notification' : 'request'} ${method}`;
    return `answer to ${(id === undefined ? undefined : this.#asked.get(id)) ?? 'nothing that was asked'}`;
  }
}

/** Progress that the proxy itself reports while the human is asked; everything else of it would be a difference. */
function isOfProxy({ method, params }: Spoken): boolean {
  const text = params?.['message'];
  return method === 'notifications/progress' && typeof text === 'string' && text.startsWith('Waiting for approval of ');
}

/** The reference server logs at levels that it draws by lot, every few seconds. */
function isByLot({ method, params }: Spoken): boolean {
  return method === 'notifications/message' && /level.message/i.test(String(params?.['data']));
}

/** A server counts its own requests, and which comes first may differ; so may the number of looks after a task. */
function withoutId({ id: _id, ...spoken }: Spoken): Spoken {
  return spoken;
}

const CHANCE: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID'],
  [/\b[0-9a-f]{32}\b/g, 'ID'],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME'],
  [/\b\d{1,2}:\d{2}:\d{2}(?: [AP]M)?/g, 'TIME'],
];

/** Without random ids and times. */
function settled(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return settledText(key === 'blob' ? readableBlob(value) : value);
  if (Array.isArray(value)) return value.map((each) => settled(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settled(inner, name)]));
}

function settledText(text: string): string {
  return CHANCE.reduce((so, [pattern, word]) => so.replaceAll(pattern, word), text);
}

/** A text in Base64 as that text, for it may hold a time. */
function readableBlob(base64: string): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  return text.includes('\ufffd') ? base64 : text;
}
