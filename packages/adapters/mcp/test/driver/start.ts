import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Arguments of Node that start the proxy with a scripted human. */
export function proxyCommand(verdict: 'approve' | 'reject' | 'wait', server: readonly string[]): readonly string[] {
  return ['--conditions=@airlock/source', '--import', TSX, MAIN, verdict, ...server];
}

export function scratch(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-mcp-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server as a script; lines of its input arrive at `on(message, text)`. */
export function scriptedServer(body: string, folder = scratch()): readonly string[] {
  const file = join(folder, 'server.cjs');
  writeFileSync(
    file,
    `const say = (value) => process.stdout.write((typeof value === 'string' ? value : JSON.stringify(value)) + '\\n');
const answer = (message, result = { content: [] }) => say({ jsonrpc: '2.0', id: message.id, result });
let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) on(JSON.parse(line), line);
});
${body}`,
  );
  return [process.execPath, file];
}

/** A started proxy, its client the test. */
export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stderr: () => string;
  send(...texts: readonly string[]): void;
  /** The next line for the client. */
  line(): Promise<string>;
  /** Ends the client's output and waits for the end of the proxy. */
  leave(): Promise<{ readonly code: number | null; readonly rest: readonly string[] }>;
  /** What the daemon was told, from the last line on standard error. */
  told(): any;
}

export function start(verdict: 'approve' | 'reject' | 'wait', server: readonly string[], cwd?: string): Started {
  const child = spawn(process.execPath, proxyCommand(verdict, server), { cwd });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let parts: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const [first = '', ...others] = chunk.split('\n');
    parts.push(first);
    for (const other of others) {
      const line = parts.join('');
      parts = [other];
      const next = waiting.shift();
      if (next === undefined) lines.push(line);
      else next(line);
    }
  });
  return {
    child,
    stderr: () => stderr,
    send: (...texts) => void child.stdin.write(texts.map((text) => `${text}\n`).join('')),
    line: async () => lines.shift() ?? (await new Promise((resolve) => waiting.push(resolve))),
    leave: async () => {
      child.stdin.end();
      return { code: await ended, rest: lines };
    },
    told: () => JSON.parse((stderr.trim().split('\n').at(-1) ?? '').replace('airlock: ', '')),
  };
}
