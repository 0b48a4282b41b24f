import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { PLUGIN_ID } from './plugin-plan.js';
import { asObject, readObject, type SettingsFile } from './settings-files.js';

/** What a plugin or a folder of skills brings that sits beside our hook. */
export interface ForeignHooks {
  /** Its name for a human, for example `gate@corp`. */
  readonly name: string;
  readonly folder: string;
  /** It has a hook before tool calls, which may change their input. */
  readonly hasToolHook: boolean;
  /** It has modules, which run inside the host. */
  readonly hasModules: boolean;
}

/** Events with at least one hook in a `hooks` object of settings or of a plugin. */
export function hookedEvents(hooks: unknown): readonly string[] {
  return Object.entries(asObject(hooks) ?? {})
    .filter(([, entries]) => Array.isArray(entries) && entries.length > 0)
    .map(([event]) => event);
}

/** What a plugin folder brings; null when neither hooks before tool calls nor modules. */
export function foreignHooks(name: string, folder: string): ForeignHooks | null {
  const files = [readObject(join(folder, 'hooks', 'hooks.json')), manifestHooks(folder)];
  const hasToolHook = files.some((file) => hookedEvents(file?.hooks).includes('PreToolUse'));
  const hasModules = files.some((file) => Array.isArray(file?.modules) && file.modules.length > 0);
  return hasToolHook || hasModules ? { name, folder, hasToolHook, hasModules } : null;
}

/** `hooks` of a manifest is an object of events, or the path of a file. */
function manifestHooks(folder: string): Readonly<Record<string, unknown>> | null {
  const manifest = readObject(join(folder, '.claude-plugin', 'plugin.json'));
  const { hooks } = manifest ?? {};
  if (typeof hooks === 'string') return readObject(resolve(folder, hooks));
  const inline = asObject(hooks);
  return inline === null || 'hooks' in inline ? inline : { hooks: inline };
}

/** The plugins that are switched on, beside ours, where they bring hooks or modules. */
export function otherPlugins(configFolder: string, files: readonly SettingsFile[]): readonly ForeignHooks[] {
  const installed = asObject(readObject(join(configFolder, 'plugins', 'installed_plugins.json'))?.plugins) ?? {};
  const marketplaces = readObject(join(configFolder, 'plugins', 'known_marketplaces.json')) ?? {};
  return Object.entries(installed)
    .filter(([id]) => id !== PLUGIN_ID && isEnabled(id, files))
    .flatMap(([id, entries]) => {
      const folders = [...installPaths(entries), ...inPlace(id, marketplaces)];
      return folders
        .map((folder) => foreignHooks(id, folder))
        .filter((each) => each !== null)
        .slice(0, 1);
    });
}

/** The strongest file that names it decides; a plugin that none names is off. */
function isEnabled(id: string, files: readonly SettingsFile[]): boolean {
  return (
    files.map(({ settings }) => asObject(settings?.enabledPlugins)?.[id]).find((value) => value !== undefined) === true
  );
}

function installPaths(entries: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
  return list.map((each) => asObject(each)?.installPath).filter((path) => typeof path === 'string');
}

/** Where a plugin of a marketplace that is a folder is read in place. */
function inPlace(id: string, marketplaces: Readonly<Record<string, unknown>>): readonly string[] {
  const [name, marketplace] = id.split('@');
  const root = asObject(marketplaces[marketplace ?? ''])?.installLocation;
  if (typeof root !== 'string' || !isAbsolute(root)) return [];
  const listed = readObject(join(root, '.claude-plugin', 'marketplace.json'))?.plugins;
  const plugins: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const source = plugins.map(asObject).find((each) => each?.name === name)?.source;
  return typeof source === 'string' ? [resolve(root, source)] : [];
}

/** Plugins in the folders of skills of the user and of the repository, which load without being installed. */
export function skillPlugins(folders: readonly string[]): readonly ForeignHooks[] {
  return folders.flatMap((folder) => {
    const skills = join(folder, 'skills');
    const names = existsSync(skills) ? readdirSync(skills) : [];
    return names
      .sort()
      .map((name) => foreignHooks(join(skills, name), join(skills, name)))
      .filter((each) => each !== null);
  });
}
