import { join } from 'node:path';
import type { RuntimePaths } from '@airlock/runtime/client';
import { type Finding, findings } from './findings.js';
import { type Environment, findHost, hostVersion } from './host-program.js';
import { type HostMeaning, hostMeaning } from './host-version.js';
import { copiesFolder } from './install.js';
import { managedMarketplace } from './managed-install.js';
import { managedPlaces, type ManagedPlaces } from './managed-settings.js';
import { pluginState, type PluginState } from './plugin-state.js';
import { PLUGIN } from './plugin-plan.js';
import { readRegistration } from './registration.js';
import { configFolder } from './settings-files.js';

/** Whose installation is looked at, and from where. */
export interface StatusQuestion {
  readonly paths: RuntimePaths;
  readonly environment: Environment;
  /** Folder whose sessions are meant. */
  readonly cwd: string;
  /** Folder before every managed place; `/` unless an image is looked at. */
  readonly root?: string;
}

/** The installation as it is, and what goes around it. */
export interface ClaudeReport {
  /** Nothing is known that keeps the gate from holding in `cwd`. */
  readonly ok: boolean;
  readonly host: HostMeaning & { readonly program: string | null; readonly version: string | null };
  /** Null when Claude Code loads none. */
  readonly plugin: (PluginState & { readonly enabled: boolean }) | null;
  readonly findings: readonly Finding[];
}

/** Asks the host what it loads, looks at every byte of it, and at the settings around `cwd`. */
export async function claudeReport(question: StatusQuestion): Promise<ClaudeReport> {
  const { paths, environment, cwd } = question;
  const managed = managedPlaces(process.platform, question.root);
  const program = findHost(environment);
  const host = program === null ? null : { path: program, environment, folder: '/' };
  const version = host === null ? null : await hostVersion(host);
  const meaning = hostMeaning(version);
  const registration = host === null ? null : await readRegistration(host);
  const loaded = managedPlugin(managed) ?? registration;
  const plugin =
    loaded === null
      ? null
      : { ...pluginState(loaded.folder, { copies: copiesFolder(paths), managed }), enabled: loaded.enabled };
  const around = findings(
    { configFolder: configFolder(environment), cwd, managedFolder: managed.settingsFolder },
    meaning,
  );
  return {
    ok: plugin !== null && plugin.enabled && isSound(plugin, around, meaning),
    host: { ...meaning, program, version },
    plugin,
    findings: around,
  };
}

function isSound(plugin: PluginState, around: readonly Finding[], meaning: HostMeaning): boolean {
  return plugin.faults.length === 0 && meaning.open.length === 0 && around.every(({ effect }) => effect === 'note');
}

/** Managed settings force it on, whatever else is registered. */
function managedPlugin(places: ManagedPlaces): { readonly folder: string; readonly enabled: boolean } | null {
  const marketplace = managedMarketplace(places);
  return marketplace === null ? null : { folder: join(marketplace, PLUGIN), enabled: true };
}
