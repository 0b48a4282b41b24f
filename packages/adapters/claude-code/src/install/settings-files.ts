import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from './host-program.js';

/** Whose settings a file holds, strongest first. */
export type SettingsScope = 'managed' | 'local' | 'project' | 'user';

/** One settings file of Claude Code that exists. */
export interface SettingsFile {
  readonly scope: SettingsScope;
  readonly file: string;
  /** Null when it is no JSON object: the host leaves the whole file out. */
  readonly settings: Readonly<Record<string, unknown>> | null;
}

/** Where settings are looked for. */
export interface SettingsPlaces {
  /** `~/.claude`, or what `CLAUDE_CONFIG_DIR` names. */
  readonly configFolder: string;
  /** Folder of the session. */
  readonly cwd: string;
  /** Folder of the settings that an administrator writes. */
  readonly managedFolder: string;
}

const MANAGED_FOLDERS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '/Library/Application Support/ClaudeCode',
  win32: 'C:\\Program Files\\ClaudeCode',
};

/** Folder of managed settings on a platform. */
export function managedFolder(platform: NodeJS.Platform): string {
  return MANAGED_FOLDERS[platform] ?? '/etc/claude-code';
}

/** Folder of the user's own settings, as the host finds it. */
export function configFolder(environment: Environment): string {
  const named = environment.CLAUDE_CONFIG_DIR;
  if (named !== undefined && named !== '') return resolve(named);
  const { HOME } = environment;
  return join(HOME === undefined || HOME === '' ? homedir() : HOME, '.claude');
}

/** Folders whose `.claude` may count for a session in `cwd`: itself and up to the top of its repository. */
export function projectFolders(cwd: string): readonly string[] {
  const found: string[] = [];
  for (let at = cwd; ; at = dirname(at)) {
    found.push(at);
    if (existsSync(join(at, '.git'))) return found;
    if (at === dirname(at)) return [cwd];
  }
}

/** Every settings file that exists, strongest first. */
export function settingsFiles(places: SettingsPlaces): readonly SettingsFile[] {
  const { configFolder: user, cwd } = places;
  const projects = projectFolders(cwd)
    .map((folder) => join(folder, '.claude'))
    .filter((folder) => folder !== user);
  return [
    ...managedFiles(places.managedFolder).map((file) => ['managed', file] as const),
    ...projects.map((folder) => ['local', join(folder, 'settings.local.json')] as const),
    ...projects.map((folder) => ['project', join(folder, 'settings.json')] as const),
    ['user', join(user, 'settings.json')] as const,
  ]
    .filter(([, file]) => existsSync(file))
    .map(([scope, file]) => ({ scope, file, settings: readObject(file) }));
}

/** The managed file and its drop-ins, in the order in which later ones win. */
export function managedFiles(folder: string): readonly string[] {
  const dropIns = join(folder, 'managed-settings.d');
  const names = lstatSync(dropIns, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(dropIns) : [];
  const sorted = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  return [join(folder, 'managed-settings.json'), ...sorted.map((name) => join(dropIns, name))].filter((file) =>
    existsSync(file),
  );
}

/** A JSON object in a file; null when it cannot be read or is none. */
export function readObject(file: string): Readonly<Record<string, unknown>> | null {
  try {
    return asObject(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** The value as an object with members; null when it is none. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}
