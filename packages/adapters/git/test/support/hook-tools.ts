import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENVIRONMENT, type GitFolder } from './git-folder.js';

const BIN = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

/** With the pinned tools on the PATH, as `npm run` has it; the tools find nothing of this workspace. */
export const WITH_TOOLS: Readonly<Record<string, string>> = {
  ...ENVIRONMENT,
  HOME: '/tmp',
  PATH: `${BIN}:${ENVIRONMENT['PATH'] ?? ''}`,
  PRE_COMMIT_HOME: '/tmp/airlock-no-pre-commit-cache',
};

/** A hook manager with two hooks of its own, `commit-msg` and `pre-push`, which write their names into `ran`. */
export interface Manager {
  readonly name: 'husky' | 'lefthook' | 'pre-commit' | 'simple-git-hooks';
  /** Its configuration, in the work tree. */
  configure(here: GitFolder): void;
  /** What its users type, or what `npm install` runs. */
  run(here: GitFolder): void;
}

const NOTE = (hook: string) => `echo ${hook} >>"$(git rev-parse --show-toplevel)/ran"`;
const write = ({ folder }: GitFolder, name: string, text: string) => writeFileSync(join(folder, name), text);
const type = ({ folder }: GitFolder, program: string, ...words: readonly string[]) =>
  void execFileSync(program, words, { cwd: folder, env: WITH_TOOLS, stdio: 'pipe' });

export const MANAGERS: readonly Manager[] = [
  {
    name: 'husky',
    configure: () => undefined,
    run(here) {
      type(here, 'husky');
      for (const hook of ['commit-msg', 'pre-push']) {
        const path = join('.husky', hook);
        if (!existsSync(join(here.folder, path))) write(here, path, `${NOTE(hook)}\n`);
        else if (!readFileSync(join(here.folder, path), 'utf8').includes('echo')) {
          writeFileSync(join(here.folder, path), `${NOTE(hook)}\n`, { flag: 'a' });
        }
      }
    },
  },
  {
    name: 'lefthook',
    configure: (here) =>
      write(
        here,
        'lefthook.yml',
        ['commit-msg', 'pre-push'].map((hook) => `${hook}:\n  jobs:\n    - run: ${NOTE(hook)}\n`).join(''),
      ),
    run: (here) => type(here, 'lefthook', 'install'),
  },
  {
    name: 'pre-commit',
    configure: (here) =>
      write(
        here,
        '.pre-commit-config.yaml',
        `repos:\n- repo: local\n  hooks:\n${['commit-msg', 'pre-push'].map(preCommitHook).join('')}`,
      ),
    run: (here) => type(here, 'pre-commit', 'install', '-t', 'commit-msg', '-t', 'pre-push'),
  },
  {
    name: 'simple-git-hooks',
    configure: (here) =>
      write(
        here,
        '.simple-git-hooks.json',
        JSON.stringify({ 'commit-msg': NOTE('commit-msg'), 'pre-push': NOTE('pre-push') }),
      ),
    run: (here) => type(here, 'simple-git-hooks'),
  },
];

function preCommitHook(hook: string): string {
  const common = 'language: system, always_run: true, pass_filenames: false';
  const entry = JSON.stringify(`sh -c '${NOTE(hook)}'`);
  const stage = hook === 'pre-push' ? 'push' : hook;
  return `  - {id: ${hook}, name: ${hook}, entry: ${entry}, stages: [${stage}], ${common}}\n`;
}

/** The hooks of the manager that ran since the last look, in their order. */
export function ran({ folder }: GitFolder): readonly string[] {
  const path = join(folder, 'ran');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  rmSync(path);
  return lines;
}
