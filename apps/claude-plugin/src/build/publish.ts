import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { assemble } from './assemble.js';
import { versionOf } from './manifests.js';

/** Branch of the repository that people add as a marketplace; it has the build and nothing else. */
const BRANCH = 'claude-plugin';

/** What is published, and where it is put together. */
export interface Publication {
  /** Folder of this application. */
  readonly app: string;
  /** The bundled programs. */
  readonly lib: string;
  /** Folder that does not exist or is empty. */
  readonly out: string;
}

/**
 * Makes a git repository of one commit and one tag that is the published plugin, for every platform. Pushes nothing.
 *
 * @returns what to type to publish it
 * @throws Error when the folder has something in it
 */
export function publishTree({ app, lib, out }: Publication): string {
  if (existsSync(out) && readdirSync(out).length > 0) throw new Error(`${out} is not empty`);
  cpSync(lib, path.join(out, 'airlock', 'lib'), { recursive: true });
  assemble({ app, dist: out, kind: 'published' });
  const version = versionOf(JSON.parse(readFileSync(path.join(app, 'package.json'), 'utf8')));
  const tag = `${BRANCH}-v${version}`;
  git(out, 'init', '-q', '-b', BRANCH);
  // Forced: what is usually ignored, node_modules above all, is a part of it.
  git(out, 'add', '--all', '--force');
  git(out, 'commit', '-q', '-m', `Airlock for Claude Code ${version}`);
  git(out, 'tag', '-a', tag, '-m', `Airlock for Claude Code ${version}`);
  return `git -C ${out} push --force REPOSITORY ${BRANCH} && git -C ${out} push REPOSITORY ${tag}`;
}

function git(folder: string, ...words: readonly string[]): void {
  execFileSync('git', ['-C', folder, ...words], { stdio: ['ignore', 'ignore', 'inherit'] });
}
