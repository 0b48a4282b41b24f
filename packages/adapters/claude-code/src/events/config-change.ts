import { dirname, join } from 'node:path';
import { isJsonObject, JsonError, type JsonObject, parseJson } from '@airlock/protocol';
import { z } from 'zod';
import { type AdapterCode, AdapterFailure, type Coded } from '../failure.js';
import { readFileAt } from '../tools/files.js';
import { members, pathSchema } from './read-event.js';

/** Name of our plugin, in front of `@` and its marketplace. */
const PLUGIN = 'airlock';

/** Sources of settings that a user or a repository can change; those of an administrator cannot be held back. */
const SOURCES: Readonly<Record<string, string>> = {
  user_settings: 'user',
  project_settings: 'project',
  local_settings: 'local',
};

/** Variables that make the hook, or what starts it, load or run other code, and those that steer host and gate. */
const LOADER_VARIABLE =
  /^(?:LD_|DYLD_|BASH_FUNC_|AIRLOCK_|CLAUDE_PLUGIN_|GLIBC_|MALLOC_)|^(?:BASH_ENV|BASHOPTS|CLAUDE_CODE_SHELL|CLAUDE_CODE_SHELL_PREFIX|CLAUDE_CODE_SIMPLE|CLAUDE_CONFIG_DIR|CLAUDE_ENV_FILE|ENV|GCONV_PATH|IFS|LOCPATH|NODE_OPTIONS|NODE_PATH|PS4|SHELLOPTS|ZDOTDIR)$/i;

const eventSchema = z.object({ source: z.string().max(64), file_path: pathSchema.optional() });

/** Why a change of the host's settings is refused, or null. A refused change stays on disk; the session goes on without it. */
export async function refusedChange(event: JsonObject): Promise<Coded | null> {
  const { source, file_path: path } = members(event, eventSchema);
  if (!Object.hasOwn(SOURCES, source)) return null;
  if (path === undefined) return refused('it is not said which file changed');
  const settings = await readSettings(path);
  if (settings === undefined) return refused(`${path} is no JSON object, and the host would drop all of it`);
  const why = unloading(settings) ?? (await missingPlugin(settings, path, SOURCES[source] ?? ''));
  return why === null ? null : refused(`${path} ${why}`);
}

function refused(why: string): Coded {
  return {
    code: 'settings_refused' satisfies AdapterCode,
    message: `${why}. This session goes on with the settings from before, so that calls are still asked about`,
    fix: 'undo the change, or end the session to use it',
  };
}

/** A missing file holds no settings; undefined for one that holds no readable object. */
async function readSettings(path: string): Promise<JsonObject | undefined> {
  try {
    const file = await readFileAt(path);
    if (file === null) return {};
    const value = parseJson(file.bytes);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonError || error instanceof AdapterFailure) return undefined;
    throw error;
  }
}

/** What in the settings would take the gate out of the session. */
function unloading(settings: JsonObject): string | null {
  const { disableAllHooks = false, enabledPlugins = {}, env = {} } = settings;
  if (disableAllHooks !== false) return 'sets disableAllHooks';
  if (!isJsonObject(enabledPlugins) || !isJsonObject(env)) return 'has a member that the host does not understand';
  const off = Object.keys(enabledPlugins).find((name) => isOurs(name) && enabledPlugins[name] !== true);
  if (off !== undefined) return `disables ${off} in enabledPlugins`;
  const variable = Object.keys(env).find((name) => LOADER_VARIABLE.test(name));
  return variable === undefined ? null : `sets ${variable} for hooks in env`;
}

function isOurs(plugin: string): boolean {
  return plugin === PLUGIN || plugin.startsWith(`${PLUGIN}@`);
}

/** A plugin that was installed through this file must stay enabled in it. */
async function missingPlugin(settings: JsonObject, path: string, scope: string): Promise<string | null> {
  const installed = await installedPlugins(path);
  const { enabledPlugins = {} } = settings;
  const missing = installed.find(
    (plugin) => plugin.scope === scope && !(isJsonObject(enabledPlugins) && enabledPlugins[plugin.name] === true),
  );
  return missing === undefined ? null : `no longer enables ${missing.name}`;
}

const listSchema = z.object({
  plugins: z.record(z.string(), z.array(z.object({ scope: z.string() }))),
});

/** Our plugin in the list that the host keeps beside the user's settings; none where it was not installed. */
async function installedPlugins(
  settingsPath: string,
): Promise<readonly { readonly name: string; readonly scope: string }[]> {
  const list = await readSettings(join(dirname(settingsPath), 'plugins', 'installed_plugins.json'));
  const read = listSchema.safeParse(list ?? {});
  if (!read.success) return [];
  return Object.entries(read.data.plugins)
    .filter(([name]) => isOurs(name))
    .flatMap(([name, entries]) => entries.map(({ scope }) => ({ name, scope })));
}
