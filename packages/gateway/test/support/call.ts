export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed body; undefined when there is none. */
  readonly body: any;
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
}

/** One request to the gateway under test. */
export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** Reads an answer whole. */
export async function answered(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = response.headers.get('content-type') === 'application/json';
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json ? JSON.parse(text) : undefined,
  };
}

/** A call as `fetch` takes it. */
export function requestInit(method: string, { headers = {}, body, raw }: CallOptions = {}): RequestInit {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  if (content === undefined) return { method, headers };
  return { method, headers: { 'Content-Type': 'application/json', ...headers }, body: content };
}
