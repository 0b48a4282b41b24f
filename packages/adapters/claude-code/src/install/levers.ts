import { PLUGIN_ID } from './plugin-plan.js';
import { asObject, type SettingsFile } from './settings-files.js';

/** What the managed settings of this machine hold fast, whoever wrote them. */
export interface Levers {
  /** The plugin is forced on: a repository or user cannot switch it or its hooks off. */
  readonly isForcedOn: boolean;
  /** Hooks that are not managed do not run. */
  readonly hasOnlyManagedHooks: boolean;
  /** Modules that are not managed do not load. */
  readonly hasOnlyManagedModules: boolean;
  /** Environment variables that are pinned. */
  readonly pinned: readonly string[];
}

/** Settings key of the built-in plugin that keeps modules out. */
export const MODULE_GUARD = 'cc-plugin-sec-default@builtin';

/** Merges managed files: of each member the last file that has it counts. */
export function managedMember(files: readonly SettingsFile[], name: string): unknown {
  return files.filter(({ scope, settings }) => scope === 'managed' && settings !== null && name in settings).at(-1)
    ?.settings?.[name];
}

/** What managed settings hold fast. */
export function leversOf(files: readonly SettingsFile[]): Levers {
  const inner = (name: string) => managedObjects(files, name);
  return {
    isForcedOn: inner('enabledPlugins')[PLUGIN_ID] === true,
    hasOnlyManagedHooks: managedMember(files, 'allowManagedHooksOnly') === true,
    hasOnlyManagedModules: guardOption(inner('pluginConfigs')[MODULE_GUARD]) === true,
    pinned: Object.keys(inner('env')).sort(),
  };
}

function managedObjects(files: readonly SettingsFile[], name: string): Readonly<Record<string, unknown>> {
  const parts = files
    .filter(({ scope }) => scope === 'managed')
    .map(({ settings }) => asObject(settings?.[name]) ?? {});
  return Object.assign({}, ...parts);
}

function guardOption(config: unknown): unknown {
  return asObject(asObject(config)?.options)?.allowManagedModsOnly;
}
