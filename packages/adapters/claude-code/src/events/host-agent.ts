import { hostMeaning, readVersion } from '../install/host-version.js';

type Environment = Readonly<Record<string, string | undefined>> | null;

/**
 * Version of the host, as it tells its programs in AI_AGENT; null where it does not. The `env` of a repository could
 * overwrite that: it is for words and incidents, and decides nothing.
 */
export function versionSaid(environment: Environment): string | null {
  const said = /^claude-code_(\d+)-(\d+)-(\d+)(?:_|$)/.exec(environment?.['AI_AGENT'] ?? '');
  return said === null ? null : readVersion(said.slice(1, 4).join('.'));
}

/** Patch of a host of the line 2.1; null for all others. */
export function hostPatch(environment: Environment): number | null {
  const patch = /^2\.1\.(\d+)$/.exec(versionSaid(environment) ?? '')?.[1];
  return patch === undefined ? null : Number(patch);
}

/** Whether the host is known to load the modules of plugins. */
export function loadsModules(environment: Environment): boolean {
  return hostMeaning(versionSaid(environment)).hasModules;
}
