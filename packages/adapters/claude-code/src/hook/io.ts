import type { Readable, Writable } from 'node:stream';
import type { HookOutput } from './answer-form.js';
import { encodedEnvironment, keptEnvironment } from './input.js';

/** What the hook has of its process. */
export interface HookIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Environment of the hook's caller as base64; null when it cannot be told. */
  readonly environment: () => string | null;
  /** Milliseconds until the hook answers by itself: below the deadline of the host (LOC-110). */
  readonly deadlineMs: number;
  /** Calls back with its name when a signal wants to end the process. */
  readonly onEnd: (call: (signal: string) => void) => void;
  /** Lets go of everything that would keep the process alive. */
  readonly release: () => void;
  /** Writes the output; false when standard output did not take it. */
  readonly give: (output: HookOutput) => Promise<boolean>;
}

/** As `hook.pl` has it. */
export const HOOK_DEADLINE_MS = 315_000;

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT'] as const;

/** The real one. Below `hook.sh` a signal may end the process: the script makes a denial of every such end. */
export function processIo({ isClean = false }: { readonly isClean?: boolean }): HookIo {
  return {
    stdin: process.stdin,
    environment: () => (isClean ? keptEnvironment() : encodedEnvironment(process.env)),
    deadlineMs: HOOK_DEADLINE_MS,
    onEnd: (call) => {
      for (const signal of isClean ? [] : SIGNALS) process.on(signal, call);
    },
    release: () => stopReading(process.stdin),
    give: async ({ stdout, stderr }) => {
      if (stderr !== '') await write(process.stderr, `${stderr}\n`);
      return stdout === '' || (await write(process.stdout, stdout));
    },
  };
}

function stopReading(stream: Readable): void {
  stream.on('error', () => undefined);
  stream.destroy();
}

async function write(stream: Writable, text: string): Promise<boolean> {
  return await new Promise((resolve) => {
    stream.once('error', () => resolve(false));
    stream.write(text, (error) => resolve(error === null || error === undefined));
  });
}
