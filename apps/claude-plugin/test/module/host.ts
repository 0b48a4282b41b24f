import { cpSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HOOKS = fileURLToPath(new URL('../../plugin/hooks', import.meta.url));

/** A question to the daemon. */
export interface Posted {
  readonly url: string;
  readonly socketPath: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What stands for the daemon: an answer, or a connection that fails. */
export type DaemonAnswer = { readonly status: number; readonly headers?: Readonly<Record<string, string>> } | 'fails';

/** What stands for the hook script. */
export interface ScriptAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Hook = (dollar: unknown, event: unknown, next: unknown) => unknown;

/** The module as the host has it: its hooks by event, each with what it falls back to. */
export interface LoadedModule {
  readonly hooks: Readonly<Record<string, Hook>>;
  readonly catches: Readonly<Record<string, Hook>>;
}

const loaded = new Map<string | null, Promise<LoadedModule>>();

/** `gate.mjs` for a place whose daemon listens on `socket`; it keeps nothing between calls. */
export function loadModule(socket: string | null): Promise<LoadedModule> {
  const made = loaded.get(socket) ?? load(socket);
  loaded.set(socket, made);
  return made;
}

async function load(socket: string | null): Promise<LoadedModule> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'airlock-module-'));
  cpSync(HOOKS, folder, { recursive: true });
  writeFileSync(join(folder, 'place.mjs'), `export const socket = ${JSON.stringify(socket)};\n`);
  const { register } = await import(pathToFileURL(join(folder, 'gate.mjs')).href);
  const hooks: Record<string, Hook> = {};
  const catches: Record<string, Hook> = {};
  register((event: string, hook: Hook) => {
    hooks[event] = hook;
    return {
      catch: (fallback: Hook) => {
        catches[event] = fallback;
      },
    };
  });
  return { hooks, catches };
}

interface ScriptOptions {
  readonly stdin: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The `$` of the host with a daemon and a script that answer in turn, the last answer for good. */
export function hostWith(daemon: readonly DaemonAnswer[], script?: ScriptAnswer) {
  const posted: Posted[] = [];
  const scripts: (ScriptOptions & { readonly argv: readonly string[] })[] = [];
  const dollar = {
    session: { id: () => Promise.resolve('s-1'), cwd: () => Promise.resolve('/home/dev/p') },
    env: { get: (name: string) => Promise.resolve(name === 'HOME' ? '/home/dev' : undefined) },
    http: {
      fetch: (url: string, init: { readonly body: string; readonly socketPath: string }) => {
        posted.push({ url, socketPath: init.socketPath, body: JSON.parse(init.body) });
        const answer = daemon[Math.min(posted.length, daemon.length) - 1];
        if (answer === undefined || answer === 'fails') return Promise.reject(new Error('ECONNREFUSED'));
        return Promise.resolve({ headers: {}, text: '', ok: answer.status < 300, ...answer });
      },
    },
    process: {
      hookEnv: () => Promise.resolve({ CLAUDE_PLUGIN_ROOT: '/plugin' }),
      run: (argv: readonly string[], { stdin, env }: ScriptOptions) => {
        scripts.push({ argv, stdin, env });
        return script === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(script);
      },
    },
  };
  return { dollar, posted, scripts };
}

/** `next` of a dispatch: `next(e)` says that the call went on. */
export function nextOf({ aborted = false } = {}) {
  const next = Object.assign(() => 'went on', { called: false, signal: { aborted } });
  return next;
}
