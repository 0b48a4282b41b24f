import { dirname, isAbsolute, resolve } from 'node:path';
import { type FactBook, hasEntry, kindOf, readText, upwards } from './files.js';
import { decidingSections, type GitSetting, includedFiles, readGitConfig } from './git-config.js';
import type { ConfigurationPlace } from './place.js';

const MAX_INCLUDES = 64;

interface GitFolders {
  readonly workTree: string;
  /** Of this work tree. */
  readonly own: string;
  /** Of the repository. */
  readonly shared: string;
}

/** Whether git takes a folder for a repository without a work tree: it does so before it looks for `.git` further up. */
function isBare(folder: string): boolean {
  if (!hasEntry(`${folder}/HEAD`)) return false;
  return kindOf(`${folder}/objects`) !== 'none' || kindOf(`${folder}/commondir`) !== 'none';
}

/** The folder that a work tree's `.git` is, or names where it is a file; null where there is none. */
function gitFolder(workTree: string): string | null {
  const git = `${workTree}/.git`;
  const kind = kindOf(git);
  if (kind !== 'file') return kind === 'none' ? null : git;
  const named = /^gitdir: (.*?)\s*$/m.exec(readText(git) ?? '')?.[1];
  return named === undefined ? git : resolve(workTree, named);
}

/** Where a folder that git takes for its own keeps its configuration. */
function foldersOf(workTree: string, own: string): GitFolders {
  const common = readText(`${own}/commondir`);
  return { workTree, own, shared: common === null ? own : resolve(own, common.trim()) };
}

/** Every repository around `folder`, nearest first: which one git takes depends on more than is looked at here. */
function repositoriesAround(folder: string): readonly GitFolders[] {
  return upwards(folder).flatMap((each) => {
    const own = gitFolder(each);
    return [...(own === null ? [] : [foldersOf(each, own)]), ...(isBare(each) ? [foldersOf(each, each)] : [])];
  });
}

/** Reads a file and everything it includes, and notes what decides. */
function settingsOf(files: readonly string[], book: FactBook, place: ConfigurationPlace): readonly GitSetting[] {
  const open = [...files];
  const seen = new Set<string>();
  const all: GitSetting[] = [];
  while (open.length > 0 && seen.size < MAX_INCLUDES) {
    const file = open.shift() ?? '';
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readText(file);
    if (text === null) continue;
    const settings = readGitConfig(text);
    all.push(...settings);
    for (const [section, lines] of decidingSections(settings)) book.part(file, `[${section}]`, lines);
    open.push(...includedFiles(settings).map((path) => included(path, file, place)));
  }
  return all;
}

function included(path: string, by: string, place: ConfigurationPlace): string {
  if (path.startsWith('~/')) return `${place.home}${path.slice(1)}`;
  return isAbsolute(path) ? path : resolve(dirname(by), path);
}

/** What decides about `git` here: settings that can run, include or redirect something, attributes, and the hooks. */
export function gitFacts(starts: readonly string[], book: FactBook, place: ConfigurationPlace): void {
  const xdg = place.variables['XDG_CONFIG_HOME'] ?? `${place.home}/.config`;
  const global = ['/etc/gitconfig', '/usr/local/etc/gitconfig', '/opt/homebrew/etc/gitconfig'];
  const personal = [`${xdg}/git/config`, `${place.home}/.gitconfig`];
  book.file(`${xdg}/git/attributes`);
  for (const start of starts) {
    const repositories = repositoriesAround(start);
    for (const folder of upwards(start)) book.file(`${folder}/.gitattributes`);
    if (repositories.length === 0) settingsOf([...global, ...personal], book, place);
    for (const git of repositories) {
      const files = [...global, ...personal, `${git.shared}/config`, `${git.own}/config.worktree`];
      const settings = settingsOf(files, book, place);
      book.file(`${git.shared}/info/attributes`);
      const named = settings.findLast(({ section, key }) => section === 'core' && key === 'hookspath')?.value;
      const hooks = named === undefined ? `${git.shared}/hooks` : included(named, `${git.workTree}/.git`, place);
      for (const hook of book.matching(hooks, ['*'])) if (!hook.endsWith('.sample')) book.file(hook);
    }
  }
}
