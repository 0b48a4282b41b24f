import { RuntimeError } from '../errors.js';
import type { SocketPlace } from '../paths/paths.js';
import { connectError } from './connect-error.js';
import { LARGEST_BODY } from './http.js';
import type { Pipes } from './pipes.js';
import { type RawHookAnswer, readRawAnswer } from './raw-answer.js';
import { checkBeforeConnect } from './socket-path.js';

/** One event of a host, as the host's hook got it (LOC-040). */
export interface HookPost {
  /** Segments of the route, of letters, digits, `.`, `_` and `-`. */
  readonly host: string;
  readonly event: string;
  /** The host's input, unchanged and whole (LOC-050). */
  readonly input: Uint8Array;
  /** Environment of the hook's caller: base64 of NAME=value entries, each ended by a NUL; null tells none. */
  readonly environment: string | null;
}

/** Longest answer that is read, bytes. */
const LARGEST_HOOK_ANSWER = 64 * 1024;

const ROUTE = /^[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._-]{1,64}$/;

/**
 * Connects to the running daemon, after the checks of LOC-020, and posts what `post` comes to: the daemon wakes up and takes
 * the connection meanwhile. Rejects with `daemon_not_running` when none listens, with `bad_answer` when the answer is too long
 * or no whole one, and with `bad_request` for what cannot be posted. Not by Node's client of HTTP: a hook starts for every
 * call, and that takes a sixth of its time.
 */
export async function postHook(
  paths: SocketPlace,
  pipes: Pipes,
  post: HookPost | Promise<HookPost>,
): Promise<RawHookAnswer> {
  checkBeforeConnect(paths);
  const connecting = pipes.connect(paths.socket);
  // Whether it fails counts when there is something to post.
  connecting.catch(() => undefined);
  const request = requestOf(await post);
  let answer: Buffer | null;
  try {
    const connection = await connecting;
    answer = await connection.ask(request, LARGEST_HOOK_ANSWER);
  } catch (cause) {
    throw cause instanceof Error ? connectError(paths, cause) : cause;
  }
  if (answer === null) throw new RuntimeError('bad_answer', 'the daemon sent too much');
  return readRawAnswer(answer);
}

function requestOf({ host, event, input, environment }: HookPost): Buffer {
  if (input.length > LARGEST_BODY) throw new RuntimeError('body_too_large', 'the input of the host is over 4 MiB');
  const route = `${host}/${event}`;
  if (!ROUTE.test(route) || environment?.includes('\n') === true) {
    throw new RuntimeError('bad_request', 'the hook was started for no event of a host');
  }
  const told = environment === null ? '' : `airlock-environment: ${environment}\r\n`;
  const head = `POST /v1/hooks/${route} HTTP/1.1\r\nhost: airlock\r\nconnection: close\r\n${told}`;
  const body = `content-type: application/json\r\ncontent-length: ${input.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head + body), input]);
}
