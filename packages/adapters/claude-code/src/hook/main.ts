import { setTimeout as delay } from 'node:timers/promises';
import { postHook, type RawHookAnswer, resolvePaths, RuntimeError, type RuntimePaths } from '@airlock/runtime/client';
import { type HookOutput, wellFormed } from './answer-form.js';
import { type HookIo, processIo } from './io.js';
import { readInput } from './input.js';
import type { SeldomNeeded } from './seldom.js';

/** What the plugin's Node hook is started with. */
export interface HookMain {
  /** Event name, for example `PreToolUse`. */
  readonly event: string;
  /** Home that the installation fixed; null for the default places (LOC-030). */
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Folder of the plugin that this hook is a part of. */
  readonly plugin: string;
  /** Loads the rest of the hook. */
  readonly seldom: () => Promise<SeldomNeeded>;
  /** Started by `hook.sh` in an empty environment; it left the environment of its caller on a file descriptor. */
  readonly isClean?: boolean;
}

/** What is asked of the daemon. */
export interface HookAsk extends Pick<HookMain, 'event' | 'daemonCommand' | 'seldom'> {
  readonly paths: RuntimePaths;
  readonly input: Uint8Array;
  /** Base64, as `Airlock-Environment` has it; null for none. */
  readonly environment: string | null;
  readonly signal: AbortSignal;
}

/** Segment of the route; the adapter's `HOST`, which would load the whole adapter here. */
const HOST = 'claude-code';

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
  const over = new AbortController();
  const late = delay(io.deadlineMs, undefined, { signal: over.signal }).then(() =>
    refused(options, new RuntimeError('bad_answer', 'nobody answered in time', { fix: 'airlock doctor' })),
  );
  const ended = io.ended.then((signal) =>
    refused(options, new RuntimeError('internal_error', `${signal} ended the hook`)),
  );
  late.catch(() => undefined);
  const output = await Promise.race([answer(options, io, over.signal), late, ended]);
  over.abort();
  io.release();
  return (await io.give(output)) ? output.exit : 2;
}

async function answer(options: HookMain, io: HookIo, signal: AbortSignal): Promise<HookOutput> {
  const { event, fixedHome } = options;
  try {
    const input = await readInput(io.stdin);
    const environment = io.environment();
    if (event === 'SessionStart') {
      const { reportSession } = await options.seldom();
      return await reportSession({ ...options, input, environment });
    }
    return await askRunning({ ...options, paths: resolvePaths({ fixedHome }), input, environment, signal });
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
  const { paths, event, input, environment, signal } = ask;
  let raw: RawHookAnswer;
  for (;;) {
    raw = await postHook(paths, { host: HOST, event, input, environment, signal });
    if (raw.status !== 202 || !event.startsWith('tool.')) break;
    await delay(PAUSE, undefined, { signal });
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
