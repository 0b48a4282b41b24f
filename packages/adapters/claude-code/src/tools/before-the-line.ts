import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { configFolder } from '../install/settings-files.js';
import type { ToolCall } from './tool-call.js';

/** Variable that makes the host hand every command line to another program. */
const SHELL_PREFIX = 'CLAUDE_CODE_SHELL_PREFIX';

/** Variable that names a script which the host runs in the shell before every command line. */
const ENV_FILE = 'CLAUDE_ENV_FILE';

/** Further variables that make the shell, or what loads it, run other code before the line or under the names of its words. */
const LOADS_CODE = /^(?:BASH_ENV|BASH_FUNC_.*|DYLD_INSERT_LIBRARIES|LD_AUDIT|LD_PRELOAD|ZDOTDIR)$/;

/** Nobody told the environment, or it was too long to be told: the approver has to know that nothing is known. */
const UNKNOWN = { '*': 'unknown' } as const;

/** What runs before a command line, or instead of its words, without standing in it. */
export interface BeforeTheLine {
  /** For the card, by the variable that names it, in the form of ART-130. */
  readonly environment: Readonly<Record<string, string>>;
  /** Nothing pins what it does: what the words of the line lead to cannot be told. */
  readonly isUnpinned: boolean;
}

/**
 * What the environment of a call, and the scripts that other hooks left for its session, put before every command line. A
 * repository can set these variables (seen in 2.1.330), so the approver has to see them.
 */
export function beforeTheLine({ event, cwd, environment }: ToolCall): BeforeTheLine {
  if (environment === null) return { environment: UNKNOWN, isUnpinned: true };
  const project = projectOf(cwd);
  const set = Object.entries(environment).filter(([name, value]) => value !== '' && isAhead(name, value, project));
  const shown = Object.fromEntries(set.map(([name, value]) => [name, `=${value}`]));
  const scripts = sessionScripts(event.sessionId, environment);
  const isUnpinned = scripts !== null || SHELL_PREFIX in shown || ENV_FILE in shown;
  return {
    environment: scripts === null || ENV_FILE in shown ? shown : { ...shown, [ENV_FILE]: `=${scripts}` },
    isUnpinned,
  };
}

function isAhead(name: string, value: string, project: string): boolean {
  if (name === 'PATH') return value.split(':').some((folder) => isInside(folder, project));
  return name === SHELL_PREFIX || name === ENV_FILE || LOADS_CODE.test(name);
}

/** Whether a folder of PATH is one of the project, so that a repository can bring the programs that words name. */
function isInside(folder: string, project: string): boolean {
  if (!folder.startsWith('/')) return true;
  return project !== '/' && !relative(project, folder).startsWith('..');
}

/** The repository around a folder, or the folder itself. */
function projectOf(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

/** Folder of the scripts that hooks of a session left for its shells; null where there is none. */
function sessionScripts(sessionId: string, environment: Readonly<Record<string, string>>): string | null {
  if (!/^[\w-]+$/.test(sessionId)) return null;
  // A repository can say in its variables that the settings are elsewhere; the host does not follow that.
  const settings = [configFolder(environment), configFolder({ HOME: environment['HOME'] }), configFolder({})];
  const folders = [...new Set(settings)].map((folder) => join(folder, 'session-env', sessionId));
  return folders.find((folder) => !isMissingOrEmpty(folder)) ?? null;
}

function isMissingOrEmpty(folder: string): boolean {
  try {
    // There hardly ever is one: nothing is thrown for that.
    return statSync(folder, { throwIfNoEntry: false }) === undefined || readdirSync(folder).length === 0;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
