import { type ForeignHooks, hookedEvents, otherPlugins, skillPlugins } from './foreign-hooks.js';
import type { HostMeaning } from './host-version.js';
import { type Levers, leversOf } from './levers.js';
import { PLUGIN_ID } from './plugin-plan.js';
import { asObject, projectFolders, type SettingsFile, settingsFiles, type SettingsPlaces } from './settings-files.js';
import { join } from 'node:path';

/** How much a finding matters: `off` no gate at all, `open` a way around it, `note` to be known. */
export type Effect = 'off' | 'open' | 'note';

/** Something around a session that the gate does not control. */
export interface Finding {
  readonly effect: Effect;
  /** File or folder that does it. */
  readonly source: string;
  /** A sentence without a full stop. */
  readonly what: string;
}

/** Variables that the loader of every program reads: they reach a hook before its first line. */
const LOADER = /^(?:LD_|DYLD_)/;
/** Variables that change what other programs do; our hook clears them, others may not. */
const STEERING =
  /^(?:NODE_OPTIONS|NODE_PATH|BASH_ENV|ENV|PYTHONPATH|PATH|NODE_TLS_REJECT_UNAUTHORIZED|GIT_CONFIG_.*|CLAUDE_PLUGIN_OPTION_.*|(?:HTTPS?|ALL|NO)_PROXY)$/i;

/** Variables that put a script, a program or another shell in front of every command line. */
const BEFORE_COMMANDS = /^(?:CLAUDE_ENV_FILE|CLAUDE_CODE_SHELL|CLAUDE_CODE_SHELL_PREFIX|ZDOTDIR)$/;

interface Ground {
  readonly levers: Levers;
  readonly meaning: HostMeaning;
}

/** Everything around a session in `places.cwd` that switches the gate off, goes around it or sits beside it. */
export function findings(places: SettingsPlaces, meaning: HostMeaning): readonly Finding[] {
  const files = settingsFiles(places);
  const ground = { levers: leversOf(files), meaning };
  const skills = [places.configFolder, ...projectFolders(places.cwd).map((folder) => join(folder, '.claude'))];
  const foreign = [...otherPlugins(places.configFolder, files), ...skillPlugins([...new Set(skills)])];
  return [...files.flatMap((file) => ofFile(file, ground)), ...foreign.flatMap((each) => ofForeign(each, ground))];
}

function ofFile(file: SettingsFile, ground: Ground): readonly Finding[] {
  const { settings, scope, file: source } = file;
  if (settings === null) return [ofBrokenFile(file)];
  if (scope === 'managed') return [];
  return [
    ...switches(settings, ground.levers).map((what) => ({ effect: 'off' as const, source, what })),
    ...environmentFindings(file, settings, ground.levers),
    ...hookFindings(file, hookedEvents(settings.hooks), ground),
  ];
}

function ofBrokenFile({ scope, file }: SettingsFile): Finding {
  if (scope === 'managed')
    return { effect: 'open', source: file, what: 'is no JSON object: Claude Code does not start, or ignores it' };
  return { effect: 'note', source: file, what: 'is no JSON object: Claude Code leaves the whole file out' };
}

function switches(settings: Readonly<Record<string, unknown>>, levers: Levers): readonly string[] {
  if (levers.isForcedOn) return [];
  const isPluginOff = asObject(settings.enabledPlugins)?.[PLUGIN_ID] === false;
  return [
    ...(settings.disableAllHooks === true ? ['disableAllHooks is true: no hook runs, ours neither'] : []),
    ...(isPluginOff ? [`enabledPlugins switches ${PLUGIN_ID} off`] : []),
  ];
}

function environmentFindings(
  { scope, file }: SettingsFile,
  settings: Readonly<Record<string, unknown>>,
  levers: Levers,
): readonly Finding[] {
  const names = Object.keys(asObject(settings.env) ?? {}).filter((name) => !levers.pinned.includes(name));
  const isShielded = levers.isForcedOn && scope !== 'user';
  const loader = isShielded ? [] : names.filter((name) => LOADER.test(name));
  const steering = names.filter((name) => STEERING.test(name));
  const before = names.filter((name) => BEFORE_COMMANDS.test(name));
  const finding = (effect: Effect, list: readonly string[], what: string): readonly Finding[] =>
    list.length === 0 ? [] : [{ effect, source: file, what: `env sets ${list.join(', ')}: ${what}` }];
  return [
    ...finding('open', loader, 'this runs code inside every hook, ours too'),
    ...finding('note', steering, 'our hook clears it, other programs do not'),
    ...finding('note', before, 'this runs with every command; the approver sees it beside the command'),
  ];
}

function hookFindings({ scope, file }: SettingsFile, events: readonly string[], ground: Ground): readonly Finding[] {
  if (ground.levers.hasOnlyManagedHooks) return [];
  const others = events.filter((event) => event !== 'PreToolUse');
  const isRepository = scope !== 'user' && others.length > 0;
  return [
    ...(events.includes('PreToolUse') ? [rewriting(file, ground.meaning)] : []),
    ...(isRepository
      ? [
          {
            effect: 'note' as const,
            source: file,
            what: `runs commands at ${others.join(', ')} without asking anybody`,
          },
        ]
      : []),
  ];
}

function rewriting(source: string, { hasModules }: HostMeaning): Finding {
  const what = 'has a hook before tool calls, which may change a call after it was approved';
  if (hasModules) return { effect: 'note', source, what: `${what}; our modules compare what is about to run` };
  return { effect: 'open', source, what: `${what}; this version has no modules that would notice` };
}

function ofForeign(foreign: ForeignHooks, { levers, meaning }: Ground): readonly Finding[] {
  const { name } = foreign;
  const hasToolHook = foreign.hasToolHook && !levers.hasOnlyManagedHooks;
  const hasModules = foreign.hasModules && !levers.hasOnlyManagedModules && meaning.hasModules;
  const modules: Finding = {
    effect: 'open',
    source: name,
    what: 'has modules, which can keep our hook from being called and answer our module in the place of the daemon',
  };
  return [...(hasToolHook ? [rewriting(name, meaning)] : []), ...(hasModules ? [modules] : [])];
}
