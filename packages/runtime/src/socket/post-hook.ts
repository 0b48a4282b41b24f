import { connect } from 'node:net';
import { RuntimeError } from '../errors.js';
import type { RuntimePaths } from '../paths/paths.js';
import { connectError } from './connect-error.js';
import { LARGEST_BODY } from './http.js';
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

const SEGMENT = /^[A-Za-z0-9._-]{1,64}$/;

const BASE64 = /^[A-Za-z0-9+/=]+$/;

/**
 * Posts an event of a host to the running daemon, after the checks of LOC-020. Rejects with `daemon_not_running` when none
 * listens, with `bad_answer` when the answer is too long or no whole one, and with `bad_request` for what cannot be posted.
 * It speaks HTTP by itself and reads into one buffer: a hook starts for every call, Node's client takes a sixth of that time
 * and a stream of what comes a twentieth.
 */
export async function postHook(paths: RuntimePaths, post: HookPost): Promise<RawHookAnswer> {
  const head = headOf(post);
  checkBeforeConnect(paths);
  return readRawAnswer(await exchange(paths, Buffer.concat([head, post.input])));
}

function headOf({ host, event, input, environment }: HookPost): Buffer {
  if (input.length > LARGEST_BODY) throw new RuntimeError('body_too_large', 'the input of the host is over 4 MiB');
  if (!SEGMENT.test(host) || !SEGMENT.test(event) || (environment !== null && !BASE64.test(environment))) {
    throw new RuntimeError('bad_request', 'the hook was started for no event of a host');
  }
  const lines = [
    `POST /v1/hooks/${host}/${event} HTTP/1.1`,
    'host: airlock',
    'connection: close',
    'content-type: application/json',
    `content-length: ${input.length}`,
    ...(environment === null ? [] : [`airlock-environment: ${environment}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Everything that comes until the daemon closes the connection. */
async function exchange(paths: RuntimePaths, request: Buffer): Promise<Buffer> {
  const answer = Buffer.allocUnsafe(LARGEST_HOOK_ANSWER + 1);
  let size = 0;
  return await new Promise<Buffer>((resolve, reject) => {
    const take = (bytes: number) => {
      size += bytes;
      const isWithin = size <= LARGEST_HOOK_ANSWER;
      if (!isWithin) socket.destroy(new RuntimeError('bad_answer', 'the daemon sent too much'));
      return isWithin;
    };
    const socket = connect({ path: paths.socket, onread: { buffer: () => answer.subarray(size), callback: take } });
    socket.on('error', (cause) => reject(connectError(paths, cause)));
    for (const over of ['end', 'close']) socket.on(over, () => resolve(answer.subarray(0, size)));
    socket.write(request);
  });
}
