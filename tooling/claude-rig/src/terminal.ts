import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IPty, spawn } from '@lydell/node-pty';
import { type ClaudeVersion, installedClaude } from './installed-claude.js';
import type { ModelServer } from './model/model-server.js';
import { claudeEnvironment } from './run-claude.js';
import type { Mode } from './selection.js';
import type { ClaudeSite, Project } from './site.js';

/** One session of Claude Code in a terminal. */
export interface TerminalRun {
  readonly version: ClaudeVersion;
  readonly mode?: Mode;
  readonly model: ModelServer;
  readonly project?: Project;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const KEYS = { enter: '\r', escape: '\u001b', interrupt: '\u0003' } as const;

// oxlint-disable-next-line no-control-regex -- terminal sequences are what is looked for
const FORWARD = /\u001b\[[0-9]*C/g;
// oxlint-disable-next-line no-control-regex -- titles, links, colours, cursor movements: what is taken away
const SEQUENCE = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-9;?<>=]*[A-Za-z]|\r/g;

/** Claude Code in a terminal, as a person would have it. */
export class ClaudeTerminal {
  readonly #pty: IPty;
  #output = '';
  #isOver = false;
  readonly #ended: Promise<number>;

  constructor(site: ClaudeSite, run: TerminalRun) {
    const { project = site.project, mode = 'default', args = [] } = run;
    seedHome(site.home, project.folder);
    const program = installedClaude(run.version);
    const skip = mode === 'bypass' ? ['--dangerously-skip-permissions'] : [];
    this.#pty = spawn(program, [...site.pluginArgs, ...skip, ...args], {
      cwd: project.folder,
      cols: 160,
      rows: 50,
      name: 'xterm-256color',
      env: { ...claudeEnvironment(site, program, run.model.url), TERM: 'xterm-256color', ...run.env },
    });
    this.#pty.onData((data) => {
      this.#output += data;
    });
    this.#ended = new Promise((resolve) =>
      this.#pty.onExit(({ exitCode }) => {
        this.#isOver = true;
        resolve(exitCode);
      }),
    );
  }

  /** Everything drawn so far, without colours and cursor movements. */
  get shown(): string {
    return this.#output.replace(FORWARD, ' ').replace(SEQUENCE, '');
  }

  /** Types text and, a moment later, presses enter: at once it would count as pasted. */
  async enter(text: string): Promise<void> {
    this.#pty.write(text);
    await new Promise((resolve) => setTimeout(resolve, 300));
    this.#pty.write(KEYS.enter);
  }

  press(key: keyof typeof KEYS): void {
    this.#pty.write(KEYS[key]);
  }

  /** Waits until this text is shown, at most 90 s. Spaces do not count: some versions move the cursor instead. */
  async sees(text: string): Promise<void> {
    const wanted = text.replaceAll(/\s/g, '');
    for (const until = performance.now() + 90_000; performance.now() < until; ) {
      if (this.shown.replaceAll(/\s/g, '').includes(wanted)) return;
      if (this.#isOver) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never saw ${text}${this.#isOver ? ' before it ended' : ''}\n${this.shown}`);
  }

  /** Waits for the prompt of a new session. */
  async ready(): Promise<void> {
    await this.sees('❯');
  }

  async close(): Promise<void> {
    if (!this.#isOver) this.#pty.kill('SIGKILL');
    await this.#ended;
  }
}

/** What a first start would ask about: theme, key, trust in the folder, the risk of skipping permissions. */
function seedHome(home: string, folder: string): void {
  mkdirSync(join(home, '.claude'), { recursive: true });
  const trusted = { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true, allowedTools: [] };
  writeFileSync(
    join(home, '.claude.json'),
    JSON.stringify({
      hasCompletedOnboarding: true,
      bypassPermissionsModeAccepted: true,
      theme: 'dark',
      customApiKeyResponses: { approved: ['sk-ant-test'], rejected: [] },
      projects: { [folder]: trusted },
    }),
  );
}
