import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ARGUMENTS = ['--conditions=@airlock/source', '--import', import.meta.resolve('tsx')];

/** Starts a TypeScript file of `test/` as its own process. */
export function startChild(file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  const script = fileURLToPath(new URL(`../${file}`, import.meta.url));
  return spawn(process.execPath, [...ARGUMENTS, script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
export async function outputOf(child: ReturnType<typeof startChild>, wanted: RegExp): Promise<RegExpExecArray> {
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
