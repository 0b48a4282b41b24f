/**
 * Variables that the host sets for what it starts itself, hooks above all. They name its session and this plugin's folders,
 * so with them no pattern would outlive a session or hold for what a terminal has; nothing but the host reads them. Not among
 * them is CLAUDE_ENV_FILE: no hook that asks gets it from the host, and whoever else sets it has a script run before commands.
 */
const HOST_VARIABLES = new Set([
  'CLAUDE_CODE_CHILD_NOTES_DIR',
  'CLAUDE_PLUGIN_DATA',
  'CLAUDE_PLUGIN_ROOT',
  'CLAUDE_PROJECT_DIR',
]);

/** By the environment that a session's hooks were told, which is never changed. */
const known = new WeakMap<object, Readonly<Record<string, string>>>();

/** The environment of the host's own caller, as far as a hook can tell it. */
export function withoutHostVariables(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const without =
    known.get(environment) ??
    Object.freeze(Object.fromEntries(Object.entries(environment).filter(([name]) => !HOST_VARIABLES.has(name))));
  known.set(environment, without);
  return without;
}
