import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Answering, mentions, type Word } from '../human.js';
import { call } from '../model/script.js';
import { type ClaudeResult, type ClaudeRun, startClaude } from '../run-claude.js';
import type { Mode } from '../selection.js';
import type { ClaudeSite } from '../site.js';
import { makeGround, managedLauncher } from './ground.js';
import { type Arranged, fateOf, type Ground, type Row } from './row.js';

/** What one cell of the table came to. */
export interface CellResult {
  /** The effect is there. */
  readonly ran: boolean;
  /** What the row is about came to pass. */
  readonly happened: boolean;
  readonly results: readonly ClaudeResult[];
}

const REJECTED: Word = { reject: 'nothing may run here' };

/** What the human says about each folder; everything else is rejected. */
const words = new WeakMap<ClaudeSite, Map<string, Answering>>();

function answeringOf(site: ClaudeSite): Map<string, Answering> {
  const known = words.get(site) ?? new Map<string, Answering>();
  words.set(site, known);
  site.human.answering = (opened) => {
    const found = [...known].find(([folder]) => mentions(opened, `${folder}/`) || mentions(opened, `${folder}"`));
    return found === undefined ? REJECTED : found[1](opened);
  };
  return known;
}

/** The tools that a rule of the user allows, so that nothing but the gate can stop them. */
const ALLOWED = ['--allowedTools', 'Bash', 'Write', 'Edit', 'Read', 'Agent', 'Skill', 'mcp__tiny__touch'];

/** Which run of a row. */
export interface Cell extends Pick<Ground, 'version' | 'deployment'> {
  readonly modes: readonly Mode[];
}

/** Runs one row on ground of its own, in several modes at once. */
export async function runCell(site: ClaudeSite, row: Row, { version, deployment, modes }: Cell): Promise<CellResult> {
  const ground = makeGround(site, { version, deployment });
  const answers = answeringOf(site);
  let arranged: Arranged = {};
  try {
    arranged = (await row.arrange(ground)) ?? {};
    if (arranged.answering !== undefined) answers.set(ground.folder, arranged.answering);
    const running = await Promise.all(modes.map((mode) => startClaude(site, runOf(ground, arranged, mode))));
    // A host that does not start asks nobody.
    if (fateOf(row, version, deployment) !== 'refused') await arranged.meanwhile?.();
    const results = await Promise.all(running.map((each) => each.finished()));
    return { ran: existsSync(ground.effect), happened: arranged.happened?.() ?? true, results };
  } finally {
    answers.delete(ground.folder);
    endHooks(ground);
    await arranged.restore?.();
    rmSync(dirname(ground.home), { recursive: true, force: true, maxRetries: 25 });
  }
}

/** Ends the hooks that outlived their host: one that starts a daemon would disturb the next row. */
function endHooks({ plugin }: Ground): void {
  const mark = `${plugin}/hooks/`;
  for (const name of readdirSync('/proc').filter((each) => /^[0-9]+$/.test(each))) {
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(mark)) process.kill(Number(name), 'SIGKILL');
    } catch (error) {
      // It ended meanwhile.
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')))
        throw error;
    }
  }
}

/** The human was shown the call of this ground. */
export function wasAsked({ site, effect }: Ground): boolean {
  return site.human.seen.some((opened) => mentions(opened, effect));
}

function runOf(ground: Ground, arranged: Arranged, mode: Mode): ClaudeRun {
  return {
    version: ground.version,
    mode,
    steps: arranged.steps ?? [touches(ground)],
    agents: arranged.agents ?? [],
    project: { folder: arranged.cwd ?? ground.folder, machine: ground.site.project.machine },
    args: [...(arranged.args ?? []), ...ALLOWED],
    env: { HOME: ground.home, ...arranged.env },
    launcher: ground.deployment === 'managed' ? managedLauncher(ground) : [],
    timeoutMs: 240_000,
  };
}

/** The host did not end by itself. */
export function wasKilled({ results }: CellResult): boolean {
  return results.some(({ exitCode }) => exitCode === null);
}

/** What a run said, for a cell that is not as expected. */
export function account({ results }: CellResult): string {
  return results
    .map(({ exitCode, stderr, toolResults }) => {
      const told = toolResults.map(({ text }) => text.slice(0, 600)).join('\n');
      return `exit ${exitCode}\n${stderr.slice(-300)}\n${told}`;
    })
    .join('\n');
}

/** The call that makes the effect. */
export function touches({ effect }: Pick<Ground, 'effect'>) {
  return call('Bash', { command: `echo ran > '${effect}'`, description: 'writes a file' });
}
