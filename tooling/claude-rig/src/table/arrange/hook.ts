import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Arrange, Ground } from '../row.js';

const json = (value: unknown) => JSON.stringify(value);

/** A verdict of a hook, in the host's words. */
export const verdict = (permissionDecision: string, more: Readonly<Record<string, unknown>> = {}) =>
  json({
    hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision, permissionDecisionReason: 'r', ...more },
  });

const fileOf = ({ plugin }: Ground, name: string) => join(plugin, 'hooks', name);

/** In the place of the script stands another one, `real.sh` is the one that was there. */
export function everyHookIs(script: string): Arrange {
  return (ground) => {
    renameSync(fileOf(ground, 'hook.sh'), fileOf(ground, 'real.sh'));
    writeFileSync(fileOf(ground, 'hook.sh'), `${script}\n`, { mode: 0o755 });
  };
}

/** In the place of the script that is asked before a tool runs stands another one; for other events all is as it was. */
export function hookIs(script: string): Arrange {
  const lines = ['if [ "$1" = PreToolUse ]; then', script, 'exit', 'fi', 'exec /bin/sh -p "${0%/*}/real.sh" "$@"'];
  return everyHookIs(lines.join('\n'));
}

/** The hook prints this and exits so. */
export function hookSays(text: string, exit = 0): Arrange {
  return hookIs(`cat <<'END_OF_HOOK'\n${text}\nEND_OF_HOOK\nexit ${exit}`);
}

/** Changes the text of a file of the plugin, in which `from` must be. */
export function pluginText(name: string, from: string | RegExp, to: string): Arrange {
  return ({ plugin }) => {
    const before = readFileSync(join(plugin, name), 'utf8');
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${name} has no ${String(from)}`);
    writeFileSync(join(plugin, name), after);
  };
}

/** The module knows no socket, as in a published copy: it asks through the hook's script. */
export const publishedPlace = pluginText('hooks/place.mjs', /(?<=^export const socket = ).*(?=;$)/m, 'null');

/** The hook is given up by the host after two seconds, and does this. */
export function hookHangs(script: string): Arrange {
  return both(hookIs(script), pluginText('hooks/hooks.json', /"timeout": 330/, '"timeout": 2'));
}

export function without(...names: readonly string[]): Arrange {
  return ({ plugin }) => {
    for (const name of names) rmSync(join(plugin, name), { recursive: true });
  };
}

/** A folder stands where a file was. */
export function folderInPlaceOf(name: string): Arrange {
  return ({ plugin }) => {
    rmSync(join(plugin, name));
    mkdirSync(join(plugin, name));
  };
}

/** A file of the plugin holds something else. */
export function holds(name: string, text: string): Arrange {
  return ({ plugin }) => writeFileSync(join(plugin, name), text);
}

/** One after the other; members of the later ones win. */
export function both(...all: readonly Arrange[]): Arrange {
  return async (ground) => {
    let arranged = {};
    for (const each of all) arranged = { ...arranged, ...(await each(ground)) };
    return arranged;
  };
}

/**
 * As {@link holds}, done by the user or by what runs as the user. A managed copy belongs to root, and only root writes
 * it: there nothing is damaged.
 */
export function userOverwrites(name: string, text: string): Arrange {
  return (ground) => (ground.deployment === 'managed' ? undefined : holds(name, text)(ground));
}
