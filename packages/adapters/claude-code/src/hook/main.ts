import { postHook, type RawHookAnswer, resolvePaths, RuntimeError } from '@airlock/runtime/client';
import { HOST } from '../host.js';
import { type HookOutput, wellFormed } from './answer-form.js';
import { type HookIo, processIo } from './io.js';
import { readInput } from './input.js';
import type { HookAsk, HookMain } from './model.js';

/** Between two questions of a layer that is told to come back, milliseconds. */
const PAUSE = 100;

/** Events that tell what is over: nobody has to be started for them. */
const AFTERWARDS = ['PostToolUse', 'PostToolUseFailure', 'SessionEnd'];

const NOTHING: HookOutput = { exit: 0, stdout: '', stderr: '' };

/**
 * The slow path of the hook: reads the host's input from standard input, starts the daemon when none runs, prints one
 * well-formed answer and gives the exit code. Never rejects: whatever fails is the host's deny (LOC-100), except LOC-105.
 */
export async function hookMain(options: HookMain, io: HookIo = processIo(options)): Promise<number> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<RuntimeError>((resolve) => {
    io.onEnd((why) => resolve(new RuntimeError('internal_error', `${why} ended the hook`)));
    const late = () => resolve(new RuntimeError('bad_answer', 'nobody answered in time', { fix: 'airlock doctor' }));
    timer = setTimeout(late, io.deadlineMs);
  });
  const answered = answer(options, io, () => isOver);
  const output = await Promise.race([answered, ended.then((why) => refused(options, why))]);
  clearTimeout(timer);
  isOver = true;
  return io.give(output) ? output.exit : 2;
}

async function answer(options: HookMain, io: HookIo, isOver: () => boolean): Promise<HookOutput> {
  const { event, fixedHome } = options;
  try {
    const input = await readInput(io.stdin());
    const environment = io.environment();
    if (event === 'SessionStart') {
      const { reportSession } = await options.seldom();
      return await reportSession({ ...options, input, environment });
    }
    return await askRunning({ ...options, paths: resolvePaths({ fixedHome }), input, environment, isOver });
  } catch (cause) {
    return await refused(options, cause);
  }
}

async function askRunning(ask: HookAsk): Promise<HookOutput> {
  try {
    return await askDaemon(ask);
  } catch (cause) {
    if (!(cause instanceof RuntimeError) || cause.code !== 'daemon_not_running') throw cause;
    if (AFTERWARDS.includes(ask.event)) return NOTHING;
  }
  const { startDaemonFor } = await ask.seldom();
  return (await startDaemonFor(ask)) ?? (await askDaemon(ask));
}

/** The checked answer of the running daemon. A running daemon that answers badly is no reason for anything but a deny. */
async function askDaemon(ask: HookAsk): Promise<HookOutput> {
  const { paths, event, input, environment, isOver } = ask;
  let raw: RawHookAnswer;
  for (;;) {
    raw = await postHook(paths, { host: HOST, event, input, environment });
    if (raw.status !== 202 || !event.startsWith('tool.') || isOver()) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  const output = wellFormed(event, raw);
  if (output !== null) return output;
  throw new RuntimeError('bad_answer', 'the daemon gave an answer that is none', { fix: 'airlock doctor' });
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
