import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GitStatus, gitStatus, type HookProgram, installGit, uninstallGit } from '../../src/index.js';
import { ENVIRONMENT, type GitFolder, scratch } from './git-folder.js';

/** What a hook said to the program. */
export interface HookCall {
  readonly words: readonly string[];
  readonly input: string;
  readonly options: string | null;
}

/** A program in the place of Airlock: it writes down how it was called, and answers as it is told. */
export interface StandIn {
  readonly program: HookProgram;
  /** Every call since the last look. */
  calls(): readonly HookCall[];
  /** Exit code from now on. */
  answers(exit: number): void;
  install(at: GitFolder, more?: { readonly identity?: string; readonly trailer?: boolean }): Promise<GitStatus>;
  uninstall(at: GitFolder): ReturnType<typeof uninstallGit>;
  status(at: GitFolder): Promise<GitStatus>;
}

const TEXT = `const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const beside = (name) => require('node:path').join(__dirname, name);
const input = readFileSync(0, 'utf8');
const call = { words: process.argv.slice(2), input, options: process.env.NODE_OPTIONS ?? null };
appendFileSync(beside('calls'), JSON.stringify(call) + '\\n');
process.exit(existsSync(beside('exit')) ? Number(readFileSync(beside('exit'), 'utf8')) : 0);
`;

/** @param name of its folder: paths need not be plain */
export function standIn(name = "it's here"): StandIn {
  const folder = join(realpathSync(scratch()), name);
  mkdirSync(folder);
  const file = join(folder, 'git-hook.cjs');
  writeFileSync(file, TEXT);
  const log = join(folder, 'calls');
  const program = { node: process.execPath, program: file, command: file, home: folder };
  const at = ({ folder: where }: GitFolder) => ({ folder: where, environment: ENVIRONMENT });
  return {
    program,
    calls() {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
      writeFileSync(log, '');
      return lines.map((line) => JSON.parse(line) as HookCall);
    },
    answers: (exit) => writeFileSync(join(folder, 'exit'), String(exit)),
    install: (where, more = {}) => installGit({ ...at(where), program, identity: 'example.org/widgets', ...more }),
    uninstall: (where) => uninstallGit(at(where)),
    status: (where) => gitStatus(at(where)),
  };
}
