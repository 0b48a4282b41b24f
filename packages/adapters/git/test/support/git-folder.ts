import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What every git of a test runs with: nothing of the machine's configuration, one person, one time. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '1772460000 +0000',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_COMMITTER_DATE: '1772460000 +0000',
};

/** A folder with a real repository. */
export interface GitFolder {
  readonly folder: string;
  /** Output of a git command without its last line feed. */
  git(args: readonly string[], input?: string | Uint8Array): string;
  /** Whether a git command ends well, and what it says. */
  attempt(args: readonly string[], input?: string | Uint8Array): { readonly ok: boolean; readonly said: string };
  /** Writes files, commits everything and gives the id. */
  commit(message: string, files?: Readonly<Record<string, string | Uint8Array>>): string;
  /** Adds commits to `main` with one process, each of one changed file, and gives their ids. */
  series(count: number): readonly string[];
}

/** A folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty repository on `main`. */
export function gitFolder(...options: readonly string[]): GitFolder {
  const folder = join(scratch(), 'widgets');
  execFileSync('git', ['init', '-q', '-b', 'main', ...options, folder], { env: ENVIRONMENT });
  return at(folder);
}

/** A repository that is there. */
export function at(folder: string, environment = ENVIRONMENT): GitFolder {
  const git = (args: readonly string[], input: string | Uint8Array = '') =>
    execFileSync('git', [...args], { cwd: folder, env: environment, input, stdio: 'pipe', maxBuffer: 1e9 })
      .toString()
      .replace(/\n$/, '');
  return {
    folder,
    git,
    attempt(args, input) {
      try {
        return { ok: true, said: git(args, input) };
      } catch (error) {
        return { ok: false, said: String((error as { stderr?: Buffer }).stderr) };
      }
    },
    commit(message, files = {}) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      git(['add', '--all', '--force']);
      git(['commit', '-q', '--allow-empty', '-m', message]);
      return git(['rev-parse', 'HEAD']);
    },
    series(count) {
      const { ok, said } = this.attempt(['rev-parse', '--verify', '--quiet', 'refs/heads/main']);
      git(['fast-import', '--quiet'], seriesStream(count, ok ? said : ''));
      if (git(['rev-parse', '--is-bare-repository']) === 'false') git(['reset', '-q', '--hard', 'refs/heads/main']);
      return git(['rev-list', '--reverse', `--max-count=${count}`, 'refs/heads/main']).split('\n');
    },
  };
}

function seriesStream(count: number, from: string): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const one = (index: number) =>
    [
      'commit refs/heads/main\n',
      `author Ada <ada@example.org> ${1_772_460_000 + index} +0000\n`,
      `committer Ada <ada@example.org> ${1_772_460_000 + index} +0000\n`,
      data(`Commit ${index}\n`),
      index === 0 && from !== '' ? `from ${from}\n` : '',
      `M 100644 inline folder-${index % 7}/file-${index % 50}.txt\n`,
      data(`line ${index}\nof a file\n`),
    ].join('');
  return Array.from({ length: count }, (_, index) => one(index)).join('');
}

/** A clone. */
export function cloneOf(origin: GitFolder, ...options: readonly string[]): GitFolder {
  const folder = join(scratch(), 'clone');
  execFileSync('git', ['clone', '-q', ...options, origin.folder, folder], { env: ENVIRONMENT, stdio: 'pipe' });
  return at(folder);
}
