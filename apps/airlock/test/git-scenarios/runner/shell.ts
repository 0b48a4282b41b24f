import { spawn } from 'node:child_process';

/** Milliseconds after which a command hangs. */
const HANGS_MS = 90_000;

export interface Ended {
  /** As a shell gives it: 130 for a command that ended by Ctrl-C. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running shell with a process group of its own, so that Ctrl-C can be pressed. */
export interface Running {
  readonly ended: Promise<Ended>;
  interrupt(): void;
}

/** Runs lines of a shell; the first that fails ends them. */
export function shell(
  text: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Running {
  const child = spawn('sh', ['-ec', text], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const signal = (name: NodeJS.Signals) => {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  };
  const ended = new Promise<Ended>((resolve, reject) => {
    const hangs = setTimeout(() => {
      signal('SIGKILL');
      reject(new Error(`hangs: ${text}\n${Buffer.concat([...stdout, ...stderr]).toString()}`));
    }, HANGS_MS);
    child.on('error', reject);
    child.on('close', (code, ended) => {
      clearTimeout(hangs);
      const exit = code ?? (ended === 'SIGINT' ? 130 : 137);
      resolve({ exit, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
  return { ended, interrupt: () => signal('SIGINT') };
}

/** Runs lines that must end well. */
export async function mustRun(text: string, place: Parameters<typeof shell>[1]): Promise<string> {
  const { exit, stdout, stderr } = await shell(text, place).ended;
  if (exit !== 0) throw new Error(`exit ${exit}: ${text}\n${stdout}${stderr}`);
  return stdout;
}
