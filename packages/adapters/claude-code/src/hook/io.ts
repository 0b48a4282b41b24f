import { writeSync } from 'node:fs';
import type { Pipes } from '@airlock/runtime/client';
import type { HookOutput } from './answer-form.js';
import { encodedEnvironment, keptEnvironment, standardInput } from './input.js';

/** What the hook has of its process. */
export interface HookIo {
  /** The host's input, whole. */
  readonly hostInput: (pipes: Pipes) => Promise<Uint8Array>;
  /** Environment of the hook's caller as base64; null when it cannot be told. */
  readonly environment: () => string | null;
  /** Calls back when the hook has to answer by itself: before the deadline of the host (LOC-110). */
  readonly onLate: (call: () => void) => void;
  /** Calls back with its name when a signal wants to end the process. */
  readonly onEnd: (call: (signal: string) => void) => void;
  /** Writes the output; false when standard output did not take it. */
  readonly give: (output: HookOutput) => boolean;
  /** Does what `give` does, without an effect. */
  readonly giveNothing: () => void;
}

/** How long the daemon is waited for, milliseconds, as `hook.pl` has it. */
export const HOOK_DEADLINE_MS = 315_000;

/** How often, and how many milliseconds each time, an output that is full is waited for: 2 s. */
const FULL_AT_MOST = 200;
const FULL_PAUSE_MS = 10;

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'] as const;

/** The real one. Below `hook.sh` a signal may end the process: the script makes a denial of every such end. */
export function processIo({ isClean = false }: { readonly isClean?: boolean }): HookIo {
  return {
    hostInput: standardInput,
    environment: () => (isClean ? keptEnvironment() : encodedEnvironment(process.env)),
    onLate: (call) => void setTimeout(call, HOOK_DEADLINE_MS),
    onEnd: (call) => {
      for (const signal of isClean ? [] : SIGNALS) process.on(signal, call);
    },
    give: ({ stdout, stderr }) => {
      if (stderr !== '') write(2, `${stderr}\n`);
      return stdout === '' || write(1, stdout);
    },
    giveNothing: () => {
      // On a pipe of Windows no bytes are something: its reader may take them for the end.
      if (process.platform !== 'win32') write(1, '');
    },
  };
}

/** Writes all of it; false when that is not possible. */
function write(fd: 1 | 2, text: string): boolean {
  const bytes = Buffer.from(text);
  try {
    let at = 0;
    do at += writeWhenFree(fd, bytes.subarray(at));
    while (at < bytes.length);
    return true;
  } catch (cause) {
    if (cause instanceof Error) return false;
    throw cause;
  }
}

/** A pipe that does not block may be full for a moment. */
function writeWhenFree(fd: 1 | 2, bytes: Uint8Array): number {
  for (let left = FULL_AT_MOST; ; left -= 1) {
    try {
      return writeSync(fd, bytes);
    } catch (cause) {
      if (left === 0 || !(cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN')) throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PAUSE_MS);
    }
  }
}
