import { type RuntimePaths, resolvePaths } from '@airlock/runtime/client';

/** What the generated files of the plugin depend on. */
export interface PluginPlace {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the Node program that hook, commands and daemon run with; null in a published plugin. */
  readonly node: string | null;
  /** Home that the installation fixes (LOC-030); null for the default places. */
  readonly fixedHome: string | null;
  /** Absolute path of the `airlock` command that installed it, so that the plugin's own daemon knows it (LOC-147); else null. */
  readonly command: string | null;
  /** `installed`: copied by `airlock claude install`; `development`: read in place from a checkout. */
  readonly kind: 'installed' | 'development' | 'published';
}

/** Name of the plugin, the first part of its commands. */
export const PLUGIN_NAME = 'airlock';

/** What a human types as `/airlock:NAME`; executed by a hook, never by the model. */
export const COMMAND_NAMES = [
  'sign-in',
  'sign-out',
  'pair',
  'unpair',
  'auto-on',
  'auto-off',
  'status',
  'fail-mode',
  'approve',
  'disapprove',
  'patterns',
] as const;

/** Seconds after which the host gives up a hook that waits for the human: above our own deadlines (LOC-110). */
export const HOST_TIMEOUT_SECONDS = 330;

/** Seconds for a hook that asks nobody; enough to start the daemon. */
const SHORT_TIMEOUT_SECONDS = 30;

const WAITING = { timeout: HOST_TIMEOUT_SECONDS, statusMessage: 'Airlock: waiting for the approver' } as const;

interface HookOptions {
  readonly timeout: number;
  readonly statusMessage?: string;
}

/**
 * Text of `hooks/hooks.json` for a platform. Every event that can have an effect is there, for every tool (LOC-120), and
 * a hook that fails blocks where the host can be told so (LOC-100); versions that cannot ignore `onFailure` and `modules`.
 */
export function hooksJson(place: Pick<PluginPlace, 'platform' | 'node'>): string {
  const short = { timeout: SHORT_TIMEOUT_SECONDS };
  const entry = (matcher: string, event: string, options: HookOptions) => ({
    matcher,
    hooks: [{ type: 'command', ...invocation(place, event), ...options, onFailure: 'block' }],
  });
  const hooks = {
    PreToolUse: [entry('*', 'PreToolUse', WAITING)],
    PostToolUse: [entry('*', 'PostToolUse', short)],
    PostToolUseFailure: [entry('*', 'PostToolUseFailure', short)],
    SessionStart: [entry('*', 'SessionStart', short)],
    SessionEnd: [entry('*', 'SessionEnd', short)],
    ConfigChange: [entry('*', 'ConfigChange', short)],
    UserPromptExpansion: COMMAND_NAMES.map((name) => entry(`${PLUGIN_NAME}:${name}`, 'command', WAITING)),
  };
  return `${JSON.stringify({ hooks, modules: ['./gate.mjs'] }, null, 2)}\n`;
}

/** Option of Node, as `hook.sh` has it, for a program that is over in a moment: more threads only take time to begin and to end. */
const QUICK_START = '--v8-pool-size=1';

/** How the host starts the hook, without a shell of its own. */
function invocation({ platform, node }: Pick<PluginPlace, 'platform' | 'node'>, event: string) {
  const root = '$' + '{CLAUDE_PLUGIN_ROOT}';
  if (platform !== 'win32') return { command: '/bin/sh', args: ['-p', `${root}/hooks/hook.sh`, event] };
  const program = event === 'command' ? 'command.js' : 'hook.cjs';
  return { command: node ?? 'node', args: [QUICK_START, `${root}/lib/${program}`, event] };
}

/**
 * Text of `hooks/place.txt`, which the hook script reads: a line with the Node program, and one with the socket. A line is
 * empty where that cannot be fixed (a published plugin): the script looks for Node, and leaves the socket to it. Throws
 * `TypeError` for a path that is not absolute or not one line.
 */
export function placeFile(place: PluginPlace): string {
  return [place.node, socketOf(place)].map((path) => `${path === null ? '' : onOneLine(path)}\n`).join('');
}

/**
 * Text of `hooks/place.mjs`, which the modules and the programs under `lib/` import: `socket`, where the daemon listens,
 * null where that cannot be fixed (a published plugin); `home`, the home that the installation fixes, or null; and `command`.
 */
export function placeModule(place: PluginPlace): string {
  const { fixedHome: home, command } = place;
  const members = Object.entries({ socket: socketOf(place), home, command });
  return members.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`).join('');
}

function socketOf({ kind, fixedHome }: PluginPlace): RuntimePaths['socket'] | null {
  return kind === 'published' ? null : resolvePaths({ fixedHome }).socket;
}

function onOneLine(path: string): string {
  if (!path.startsWith('/') || /[\n\r\0]/.test(path)) throw new TypeError(`${JSON.stringify(path)} is no path`);
  return path;
}
