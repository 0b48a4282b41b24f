import { dirname } from 'node:path';
import {
  handlePipes,
  type HookPost,
  type Pipes,
  postHook,
  readRawAnswer,
  resolvePaths,
  RuntimeError,
  type SocketPlace,
} from '@airlock/runtime/client';
import { HOST } from '../host.js';
import { type HookOutput, wellFormed } from './answer-form.js';
import { exitCode } from './exit-code.js';
import { type HookIo, processIo } from './io.js';
import type { HookMain } from './model.js';

/** Between two questions of a layer that is told to come back, milliseconds. */
const PAUSE = 100;

/** Events that tell what is over: nobody has to be started for them. */
const AFTERWARDS = ['PostToolUse', 'PostToolUseFailure', 'SessionEnd'];

/** Blocks, with or without `hook.sh` around it. */
const BLOCK = 2;

const NOTHING: HookOutput = { exit: 0, stdout: '', stderr: '' };

/**
 * The slow path of the hook: reads the host's input from standard input, starts the daemon when none runs, prints one
 * well-formed answer and gives {@link exitCode}, with which the caller ends the process. Never rejects: whatever fails is the
 * host's deny (LOC-100), except LOC-105.
 */
export async function hookMain(options: HookMain, io: HookIo = processIo(options)): Promise<number> {
  return await new Promise((resolve, reject) => {
    let isOver = false;
    const end = (output: HookOutput): void => {
      if (isOver) return;
      isOver = true;
      resolve(io.give(output) ? exitCode(output.exit, options) : BLOCK);
    };
    const refuse = (cause: unknown): void => {
      refused(options, cause).then(end).catch(reject);
    };
    answer(options, io, () => isOver)
      .catch((cause: unknown) => refused(options, cause))
      .then(end)
      .catch(reject);
    // What can be had at once is read and sent by then: whatever else takes time does so while the daemon works.
    setImmediate(() => {
      if (isOver) return;
      io.onEnd((why) => refuse(new RuntimeError('internal_error', `${why} ended the hook`)));
      io.onLate(() => refuse(new RuntimeError('bad_answer', 'nobody answered in time', { fix: 'airlock doctor' })));
      rehearse(io);
    });
  });
}

async function answer(options: HookMain, io: HookIo, isOver: () => boolean): Promise<HookOutput> {
  const { event, seldom } = options;
  const pipes = handlePipes() ?? (await seldom()).streamPipes;
  if (event === 'SessionStart') {
    const { reportSession } = await seldom();
    return await reportSession({ ...options, input: await io.hostInput(pipes), environment: io.environment() });
  }
  const place = placeOf(options);
  const post = told(event, io, pipes);
  const asking = { event, place, pipes, post, isOver };
  try {
    return await askDaemon(asking);
  } catch (cause) {
    // Nothing is refused before the input is read: whoever writes it must not find its reader gone.
    const ask = { ...options, ...(await post) };
    if (!(cause instanceof RuntimeError) || cause.code !== 'daemon_not_running') throw cause;
    if (AFTERWARDS.includes(event)) return NOTHING;
    const { startDaemonFor } = await seldom();
    return (await startDaemonFor(ask)) ?? (await askDaemon(asking));
  }
}

async function told(event: string, io: HookIo, pipes: Pipes): Promise<HookPost> {
  const input = await io.hostInput(pipes);
  // The module starts this program with an environment of its own, which says nothing about the call's.
  return { host: HOST, event, input, environment: isOfModule(event) ? null : io.environment() };
}

function isOfModule(event: string): boolean {
  return event.startsWith('tool.');
}

function placeOf({ socket, fixedHome }: HookMain): SocketPlace {
  return socket === null ? resolvePaths({ fixedHome }) : { socket, runtime: dirname(socket) };
}

interface Asking {
  readonly event: string;
  readonly place: SocketPlace;
  readonly pipes: Pipes;
  readonly post: Promise<HookPost>;
  /** Whether the hook has answered meanwhile. */
  readonly isOver: () => boolean;
}

/** The checked answer of the running daemon. A running daemon that answers badly is no reason for anything but a deny. */
async function askDaemon({ event, place, pipes, post, isOver }: Asking): Promise<HookOutput> {
  let raw = await postHook(place, pipes, post);
  while (raw.status === 202 && isOfModule(event) && !isOver()) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    raw = await postHook(place, pipes, post);
  }
  const output = wellFormed(event, raw);
  if (output !== null) return output;
  throw new RuntimeError('bad_answer', 'the daemon gave an answer that is none', { fix: 'airlock doctor' });
}

/**
 * Reads an answer that nobody gave, and gives nothing: what does so is compiled while the daemon works, not when its answer is
 * there. Twice, because a regular expression is compiled when it is used again.
 */
function rehearse(io: HookIo): void {
  const body =
    '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":""}}';
  const head = `HTTP/1.1 200 OK\r\nairlock-permission: deny\r\nairlock-exit: 2\r\ncontent-length: ${body.length}`;
  for (let times = 0; times < 2; times += 1)
    wellFormed('PreToolUse', readRawAnswer(Buffer.from(`${head}\r\n\r\n${body}`)));
  io.giveNothing();
}

async function refused({ event, seldom }: HookMain, cause: unknown): Promise<HookOutput> {
  try {
    const { refusal } = await seldom();
    return refusal(event, cause);
  } catch {
    // A damaged installation: without a word on standard output every host blocks on this exit code.
    return { exit: 2, stdout: '', stderr: 'airlock: the hook is damaged; type: airlock claude install' };
  }
}
