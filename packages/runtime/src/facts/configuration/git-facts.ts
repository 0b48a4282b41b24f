import { dirname, isAbsolute, resolve } from 'node:path';
import { type FactBook, kindOf, readText, upwards } from './files.js';
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

/** The folders of the repository around `folder`: `.git` may be a file that names another place. */
function gitFolders(folder: string): GitFolders | null {
  const workTree = upwards(folder).find((each) => kindOf(`${each}/.git`) !== 'none');
  if (workTree === undefined) return null;
  const named = /^gitdir: (.*?)\s*$/m.exec(readText(`${workTree}/.git`) ?? '')?.[1];
  const own = named === undefined ? `${workTree}/.git` : resolve(workTree, named);
  const common = readText(`${own}/commondir`);
  return { workTree, own, shared: common === null ? own : resolve(own, common.trim()) };
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
    const git = gitFolders(start);
    const own = git === null ? [] : [`${git.shared}/config`, `${git.own}/config.worktree`];
    const settings = settingsOf([...global, ...personal, ...own], book, place);
    for (const folder of upwards(start)) book.file(`${folder}/.gitattributes`);
    if (git === null) continue;
    book.file(`${git.shared}/info/attributes`);
    const named = settings.findLast(({ section, key }) => section === 'core' && key === 'hookspath')?.value;
    const hooks = named === undefined ? `${git.shared}/hooks` : included(named, `${git.workTree}/.git`, place);
    for (const hook of book.matching(hooks, ['*'])) if (!hook.endsWith('.sample')) book.file(hook);
  }
}
