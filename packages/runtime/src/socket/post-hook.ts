import { request as httpRequest, type IncomingMessage } from 'node:http';
import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import { connectError, readBytes } from './connect.js';
import { LARGEST_BODY } from './http.js';
import { checkBeforeConnect } from './socket-path.js';

/** One event of a host, as the host's hook got it (LOC-040). */
export interface HookPost {
  readonly host: string;
  readonly event: string;
  /** The host's input, unchanged and whole (LOC-050). */
  readonly input: Uint8Array;
  /** Environment of the hook's caller: base64 of NAME=value entries, each ended by a NUL; null tells none. */
  readonly environment: string | null;
  readonly signal?: AbortSignal;
}

/** What the daemon answered; whether that is an answer the hook may give is for the caller to check. */
export interface RawHookAnswer {
  readonly status: number;
  /** By names in small letters; those that came twice are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Longest answer that is read, bytes. */
const LARGEST_HOOK_ANSWER = 64 * 1024;

/**
 * Posts an event of a host to the running daemon, after the checks of LOC-020. Rejects with `daemon_not_running` when none
 * listens, and with `bad_answer` when the connection breaks off or the answer is too long.
 */
export async function postHook(paths: RuntimePaths, post: HookPost): Promise<RawHookAnswer> {
  checkBeforeConnect(paths);
  const response = await send(paths, post);
  try {
    const body = await readBytes(response, LARGEST_HOOK_ANSWER);
    return { status: response.statusCode ?? 0, headers: headersOf(response), body };
  } finally {
    response.destroy();
  }
}

async function send(paths: RuntimePaths, post: HookPost): Promise<IncomingMessage> {
  const { host, event, input, environment, signal } = post;
  if (input.length > LARGEST_BODY) throw new RuntimeError('body_too_large', 'the input of the host is over 4 MiB');
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(
      {
        socketPath: paths.socket,
        method: 'POST',
        path: `/v1/hooks/${encodeURIComponent(host)}/${encodeURIComponent(event)}`,
        agent: false,
        headers: {
          'content-type': 'application/json',
          'content-length': input.length,
          ...(environment === null ? {} : { 'airlock-environment': environment }),
        },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    request.on('error', (cause) => reject(connectError(paths, cause)));
    request.end(input);
  });
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])),
  );
}
