import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpenedRequest } from '@airlock/approver';
import { type ClaudeVersion, installedClaude } from './installed-claude.js';
import { type ModelServer, modelServer, type ToolResult } from './model/model-server.js';
import type { Conversation, Step } from './model/script.js';
import { type ClaudeSite, claudePath, type Project } from './site.js';

/** What is typed in every run unless something else is given. */
export const PROMPT = 'airlock rig: go';

/** An MCP server with the tools `touch {path}` and `look {path}`. */
export const TINY_SERVER: string = fileURLToPath(new URL('../fixtures/tiny-server.mjs', import.meta.url));

/** Arguments that give Claude Code the MCP server `tiny` with the tool `mcp__tiny__touch {path}`. */
export const TINY_MCP: readonly string[] = [
  '--mcp-config',
  JSON.stringify({ mcpServers: { tiny: { command: process.execPath, args: [TINY_SERVER] } } }),
];

/** One run of `claude -p`. */
export interface ClaudeRun {
  readonly version: ClaudeVersion;
  /** `bypass`: `--dangerously-skip-permissions`. */
  readonly mode?: 'default' | 'bypass';
  /** The plugin of a site of kind `side` stays away. */
  readonly withoutPlugin?: boolean;
  readonly prompt?: string;
  /** What the model does in the main loop. */
  readonly steps: readonly Step[];
  /** What it does in the conversations of sub-agents, which are told apart by their prompt. */
  readonly agents?: readonly Conversation[];
  /** The site's own project unless given. */
  readonly project?: Project;
  /** Files, relative to the project, whose change is the effect of the tool calls. */
  readonly effects?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Words of a command line that the program and its arguments are put behind. */
  readonly launcher?: readonly string[];
  /** Killed after this many milliseconds, 240 s unless given. */
  readonly timeoutMs?: number;
}

export interface ClaudeResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What the model got back, in all conversations. */
  readonly toolResults: readonly ToolResult[];
  /** Whether each of the effect files was made or changed. */
  readonly ran: Readonly<Record<string, boolean>>;
  /** Every request that the human was shown meanwhile. */
  readonly requests: readonly OpenedRequest[];
  /** First messages of conversations that no script was for. */
  readonly unscripted: readonly string[];
  /** All that the model was shown. */
  readonly seen: readonly string[];
}

/** A run that goes on. */
export interface RunningClaude {
  readonly child: ChildProcess;
  readonly model: ModelServer;
  finished(): Promise<ClaudeResult>;
  /** Kills it and whatever it started. */
  kill(): void;
}

/** Runs Claude Code to its end. */
export async function runClaude(site: ClaudeSite, run: ClaudeRun): Promise<ClaudeResult> {
  return (await startClaude(site, run)).finished();
}

/** Starts Claude Code with nothing of this machine in its environment. */
export async function startClaude(site: ClaudeSite, run: ClaudeRun): Promise<RunningClaude> {
  const { prompt = PROMPT, project = site.project, effects = [] } = run;
  const model = await modelServer({ prompt, steps: run.steps }, ...(run.agents ?? []));
  const before = new Map(effects.map((name) => [name, contentOf(project, name)]));
  const shown = site.human.seen.length;
  const program = installedClaude(run.version);
  const words = [...(run.launcher ?? []), program, ...argumentsOf(site, run), '-p', prompt];
  const child = spawn(words[0] ?? program, words.slice(1), {
    cwd: project.folder,
    env: { ...claudeEnvironment(site, program, model.url), ...run.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const kill = () => killGroup(child);
  const timer = setTimeout(kill, run.timeoutMs ?? 240_000);
  const ended = once(child, 'close').then(async ([exitCode]: unknown[]) => {
    clearTimeout(timer);
    // What it started and left behind.
    kill();
    await model.close();
    return {
      ...output,
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      toolResults: model.results,
      ran: Object.fromEntries(effects.map((name) => [name, contentOf(project, name) !== before.get(name)])),
      requests: site.human.seen.slice(shown),
      unscripted: model.unscripted,
      seen: model.seen,
    };
  });
  return { child, model, finished: () => ended, kill };
}

/** What Claude Code is started with beside what a case adds. */
export function claudeEnvironment(site: ClaudeSite, program: string, modelUrl: string): Record<string, string> {
  return {
    PATH: claudePath(program),
    HOME: site.home,
    SHELL: '/bin/bash',
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'sk-ant-test',
    // As root it refuses to skip permissions anywhere but in a sandbox.
    IS_SANDBOX: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
}

function argumentsOf(site: ClaudeSite, run: ClaudeRun): readonly string[] {
  const { mode = 'default', withoutPlugin = false, args = [] } = run;
  return [
    ...(withoutPlugin ? [] : site.pluginArgs),
    ...(mode === 'bypass' ? ['--dangerously-skip-permissions'] : []),
    ...['--output-format', 'stream-json', '--verbose'],
    ...args,
  ];
}

function contentOf({ folder }: Project, name: string): string | undefined {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'latin1') : undefined;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
