import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeFile } from '@airlock/adapter-claude-code';
import { afterEach, expect } from 'vitest';

const HOOKS = fileURLToPath(new URL('../../plugin/hooks', import.meta.url));

/** The parts of the quick way. */
const SCRIPTS = ['hook.sh', 'hook.pl'] as const;

/** What Claude Code sends for a shell command. */
export const EVENT = JSON.stringify({
  session_id: 'cfb39afb-0000-4000-8000-000000000000',
  transcript_path: '/home/dev/.claude/projects/p/s.jsonl',
  cwd: '/home/dev/p',
  permission_mode: 'bypassPermissions',
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'touch /home/dev/p/ran', description: 'd' },
  tool_use_id: 'toolu_01',
});

/** How a hook ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly took: number;
}

/** A hook that was started as the host starts it. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface StartOptions {
  readonly event?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; `'closed'` for none at all. */
  readonly input?: string | Buffer | 'closed';
  /** A shell that stands for `/bin/sh`, with its words before the script. */
  readonly shell?: readonly string[];
}

/** Where the stand-in of the slow path writes down what it was given. */
const SLOW_PATH = `
const { readFileSync, writeFileSync } = require('node:fs');
const bytes = readFileSync(0);
writeFileSync(__dirname + '/../slow-path.json', JSON.stringify({ argv: process.argv.slice(2), input: bytes.toString('base64'), env: process.env, told: readFileSync(4).toString('base64') }));
process.stdout.write(JSON.stringify({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: 'slow path' } }));
process.stderr.write('slow path\\n');
process.exit(212);
`;

const stages: Stage[] = [];

afterEach(() => {
  for (const stage of stages.splice(0)) stage.remove();
});

/** An installed copy of the hook and the places it looks at, in a folder of its own. */
export class Stage {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'al-')));
  readonly plugin = join(this.root, 'plugin');
  readonly hook = join(this.plugin, 'hooks', 'hook.sh');
  readonly place = join(this.plugin, 'hooks', 'place.txt');
  readonly home = join(this.root, 'h');
  readonly runtime = join(this.home, 'run');
  readonly socket = join(this.runtime, 'daemon.sock');
  readonly project = join(this.root, 'project');
  readonly #children = new Set<ChildProcess>();

  constructor() {
    stages.push(this);
    for (const folder of [join(this.plugin, 'hooks'), join(this.plugin, 'lib'), this.project])
      mkdirSync(folder, { recursive: true });
    mkdirSync(this.home, { mode: 0o700 });
    mkdirSync(this.runtime, { mode: 0o700 });
    for (const name of SCRIPTS) cpSync(join(HOOKS, name), join(this.plugin, 'hooks', name));
    chmodSync(this.hook, 0o755);
    const place = {
      platform: process.platform,
      node: process.execPath,
      fixedHome: this.home,
      command: null,
      kind: 'installed',
    } as const;
    writeFileSync(this.place, placeFile(place));
    this.slowPath(SLOW_PATH);
  }

  /** Replaces the Node hook. */
  slowPath(source: string): void {
    writeFileSync(join(this.plugin, 'lib', 'hook.cjs'), source);
  }

  /** What the stand-in of the Node hook was given; null when it never ran. */
  get slowPathCall(): { argv: string[]; input: string; env: Record<string, string>; told: string } | null {
    try {
      return JSON.parse(readFileSync(join(this.plugin, 'slow-path.json'), 'utf8'));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
  }

  /** Changes a text of the installed scripts, which must be in one of them. */
  alter(from: string, to: string): void {
    const files = SCRIPTS.map((name) => join(this.plugin, 'hooks', name));
    const file = files.find((each) => readFileSync(each, 'utf8').includes(from));
    if (file === undefined) throw new Error(`no script has ${from}`);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));
  }

  /** Environment that the host gives its hooks. */
  environment(over: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: this.root,
      SHELL: '/bin/bash',
      CLAUDE_PLUGIN_ROOT: this.plugin,
      CLAUDE_PROJECT_DIR: this.project,
      CLAUDECODE: '1',
      ...over,
    };
  }

  /** Starts the hook as the host does: exec form, event on standard input, the project as folder. */
  start(options: StartOptions = {}): Started {
    const [shell = '/bin/sh', ...words] = options.shell ?? ['/bin/sh', '-p'];
    const began = performance.now();
    const child = spawn(shell, [...words, this.hook, options.event ?? 'PreToolUse'], {
      cwd: this.project,
      env: this.environment(options.env),
      stdio: [options.input === 'closed' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    // A hook that ends without reading breaks the pipe.
    child.stdin?.on('error', () => undefined).end(options.input ?? EVENT);
    const ended = once(child, 'close').then(([code, signal]: any[]) => {
      this.#children.delete(child);
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString('utf8'));
      return { code, signal, stdout: stdout!, stderr: stderr!, took: performance.now() - began };
    });
    return { child, ended };
  }

  run(options: StartOptions = {}): Promise<Ended> {
    return this.start(options).ended;
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 25 });
  }
}

/**
 * The host stops the call: exit 2, and on standard output nothing or exactly a denial. An object that is no answer there lets
 * some hosts go on in spite of exit 2.
 */
export function expectBlocked(ended: Ended): void {
  expectExitBlocks(ended);
  if (ended.stdout === '') return;
  expect(JSON.parse(ended.stdout)).toEqual({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: expect.any(String),
    },
  });
}

/** The host stops the call though a program of ours has printed something: half an answer, or a whole one (rows of the failure table). */
export function expectExitBlocks({ code, signal, stderr }: Ended): void {
  expect({ code, signal, stderr: stderr === '' ? 'nothing on standard error' : 'said' }).toEqual({
    code: 2,
    signal: null,
    stderr: 'said',
  });
}
