import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { resolvePaths, type RuntimePaths } from '@airlock/runtime/client';
import { type Environment, findHost, type HostProgram, hostVersion } from './host-program.js';
import { type HostMeaning, hostMeaning } from './host-version.js';
import { InstallError } from './install-error.js';
import { placeCopy, removeCopies, USER_MODES } from './place-copy.js';
import type { PluginPlace } from './plugin-files.js';
import { PLUGIN, planPlugin } from './plugin-plan.js';
import { type Announce, readRegistration, register, type Registration, unregister } from './registration.js';

/** An installation for one user. */
export interface UserInstall {
  /** Folder of the built marketplace. */
  readonly source: string;
  readonly paths: RuntimePaths;
  readonly environment: Environment;
  /** Absolute path of the command that installs. */
  readonly command: string;
  readonly announce: Announce;
}

/** What was installed. */
export interface UserInstalled {
  readonly version: string;
  readonly marketplace: string;
  readonly registration: Registration;
  readonly host: { readonly path: string; readonly version: string | null };
  readonly meaning: HostMeaning;
}

/** Folder of the copies below the user's data. */
export function copiesFolder(paths: Pick<RuntimePaths, 'data'>): string {
  return join(paths.data, 'claude-code');
}

/**
 * Home that an installation fixes: that of `AIRLOCK_HOME`, else none. An installed hook reads no variables, so it would
 * not find files that the XDG variables moved elsewhere: then this throws `paths_moved`.
 */
export function fixedHomeOf(environment: Environment): string | null {
  const { AIRLOCK_HOME: home } = environment;
  if (home !== undefined && home !== '') return resolve(home);
  const typed = resolvePaths({ env: environment });
  const installed = resolvePaths({ fixedHome: null });
  if (typed.state === installed.state && typed.data === installed.data && typed.config === installed.config)
    return null;
  throw new InstallError(
    'paths_moved',
    'the XDG variables move the files of Airlock, and an installed hook reads no variables',
    {
      fix: 'unset XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME, or set AIRLOCK_HOME to one folder for all of them',
    },
  );
}

/** What the generated files of an installed copy say. Throws `not_supported`. */
export function installedPlace(fixedHome: string | null, command: string): PluginPlace {
  if (process.platform === 'win32') {
    throw new InstallError('not_supported', 'no daemon of Airlock runs on Windows, so every call would be denied', {
      fix: 'run Claude Code and Airlock in WSL',
    });
  }
  const node = realpathSync(process.execPath);
  return { platform: process.platform, node, fixedHome, command, kind: 'installed' };
}

/** The `claude` program on PATH, started in `folder`. Throws `claude_not_found`. */
export function requireHost(environment: Environment, folder: string): HostProgram {
  const path = findHost(environment);
  if (path !== null) return { path, environment, folder };
  throw new InstallError('claude_not_found', 'there is no program claude on PATH', {
    fix: 'install Claude Code 2.1.295 or newer, or put its folder on PATH',
  });
}

/**
 * Copies the verified plugin into the user's data, makes Claude Code load the copy, and reads back that it does. Once
 * more it changes nothing. The copy before this one stays, for sessions that still run with it; older ones go.
 *
 * @throws InstallError
 */
export async function installForUser({
  source,
  paths,
  environment,
  command,
  announce,
}: UserInstall): Promise<UserInstalled> {
  const plan = planPlugin(source, installedPlace(paths.home, command));
  const host = requireHost(environment, paths.data);
  const version = await hostVersion(host);
  const copies = copiesFolder(paths);
  const before = await readRegistration(host);
  const marketplace = placeCopy(plan, copies, USER_MODES);
  announce(`copied to ${marketplace}, every file verified`);
  const registration = await register(host, marketplace, announce);
  removeCopies(copies, [basename(marketplace), previousCopy(before, copies)]);
  return {
    version: plan.version,
    marketplace,
    registration,
    host: { path: host.path, version },
    meaning: hostMeaning(version),
  };
}

function previousCopy(before: Registration | null, copies: string): string {
  const marketplace = before === null ? '' : dirname(before.folder);
  return dirname(marketplace) === copies && basename(before?.folder ?? '') === PLUGIN ? basename(marketplace) : '';
}

/** Makes Claude Code forget the plugin, then removes every copy. @returns whether there was anything */
export async function uninstallForUser(options: Omit<UserInstall, 'source' | 'command'>): Promise<boolean> {
  const { paths, environment, announce } = options;
  const host = requireHost(environment, paths.data);
  const had = await readRegistration(host);
  await unregister(host, announce);
  const removed = removeCopies(copiesFolder(paths), []);
  return had !== null || removed.length > 0;
}
