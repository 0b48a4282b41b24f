import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

type Child = ChildProcessByStdio<null, Readable, Readable>;

const running: Child[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ARGUMENTS = ['--conditions=@airlock/source', '--import', import.meta.resolve('tsx')];

/** Starts a TypeScript file of `test/` as its own process; the channel tells it when the one of the tests is gone. */
export function startChild(file: string, args: readonly string[]): Child {
  const script = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const child = spawn(process.execPath, [...ARGUMENTS, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  }) as unknown as Child;
  running.push(child);
  return child;
}

export async function runChild(file: string, args: readonly string[]): Promise<ChildEnd> {
  const child = startChild(file, args);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return await new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Resolves with the first output that matches. */
export async function outputOf(child: Child, wanted: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = wanted.exec(text);
      if (match !== null) resolve(match);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('close', () => reject(new Error(`ended without ${String(wanted)}: ${text}`)));
  });
}
