import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { resolvePaths } from '@airlock/runtime/client';
import { describe, expect, it } from 'vitest';
import { approvalSeconds } from '../../src/events/approval-wait.js';
import { HOOK_DEADLINE_MS } from '../../src/hook/io.js';
import {
  COMMAND_NAMES,
  HOST_TIMEOUT_SECONDS,
  hooksJson,
  placeFile,
  placeModule,
  type PluginPlace,
} from '../../src/install/plugin-files.js';

const ROOT = '$' + '{CLAUDE_PLUGIN_ROOT}';
const SCRIPT = fileURLToPath(new URL('../../../../../apps/claude-plugin/plugin/hooks/hook.pl', import.meta.url));

interface Entry {
  readonly matcher: string;
  readonly hooks: readonly Record<string, unknown>[];
}
const events = (platform: NodeJS.Platform, node: string | null = '/opt/node'): Record<string, Entry[]> =>
  (JSON.parse(hooksJson({ platform, node })) as { hooks: Record<string, Entry[]> }).hooks;

describe(rules('LOC-100', 'LOC-110', 'LOC-120')`hooks.json`, () => {
  it('has the events that can have an effect, each for everything, and blocks when a hook fails', () => {
    const { UserPromptExpansion = [], ...others } = events('linux');
    expect(Object.keys(others)).toEqual([
      'PreToolUse',
      'PostToolUse',
      'PostToolUseFailure',
      'SessionStart',
      'SessionEnd',
      'ConfigChange',
    ]);
    for (const [event, entries] of Object.entries(others)) {
      expect(entries.map(({ matcher }) => matcher)).toEqual(['*']);
      expect(entries[0]?.hooks).toMatchObject([
        { type: 'command', command: '/bin/sh', args: ['-p', `${ROOT}/hooks/hook.sh`, event], onFailure: 'block' },
      ]);
    }
    expect(UserPromptExpansion.map(({ matcher }) => matcher)).toEqual(COMMAND_NAMES.map((name) => `airlock:${name}`));
    for (const { hooks } of UserPromptExpansion)
      expect(hooks).toMatchObject([{ command: '/bin/sh', args: ['-p', `${ROOT}/hooks/hook.sh`, 'command'] }]);
  });

  it('has the eleven commands', () => {
    expect(COMMAND_NAMES).toHaveLength(11);
  });

  it('names the module, which older hosts do not know', () => {
    expect(JSON.parse(hooksJson({ platform: 'linux', node: null }))).toMatchObject({ modules: ['./gate.mjs'] });
  });

  it('starts Node itself where there is no POSIX shell', () => {
    const QUICK = '--v8-pool-size=1';
    expect(readFileSync(SCRIPT.replace(/pl$/, 'sh'), 'utf8')).toContain(` ${QUICK} `);
    expect(events('win32')['PreToolUse']?.[0]?.hooks).toMatchObject([
      { command: '/opt/node', args: [QUICK, `${ROOT}/lib/hook.cjs`, 'PreToolUse'] },
    ]);
    expect(events('win32', null)['UserPromptExpansion']?.[0]?.hooks).toMatchObject([
      { command: 'node', args: [QUICK, `${ROOT}/lib/command.js`, 'command'] },
    ]);
  });

  it('gives every deadline room below the one above it: human, hook, host', () => {
    const [waiting] = events('linux')['PreToolUse']?.[0]?.hooks ?? [];
    expect(waiting?.['timeout']).toBe(330);
    const wait = approvalSeconds({});
    expect(wait).toBeLessThanOrEqual(HOST_TIMEOUT_SECONDS - 10);
    expect(wait * 1000).toBeLessThan(HOOK_DEADLINE_MS);
    expect(HOOK_DEADLINE_MS / 1000).toBeLessThanOrEqual(HOST_TIMEOUT_SECONDS - 10);
    expect(readFileSync(SCRIPT, 'utf8')).toContain(`\n    alarm ${HOOK_DEADLINE_MS / 1000};\n`);
  });
});

const place = (over: Partial<PluginPlace> = {}): PluginPlace => ({
  platform: 'linux',
  node: '/opt/node',
  fixedHome: '/home/dev/.airlock',
  command: '/opt/airlock/main.js',
  kind: 'installed',
  ...over,
});

describe(rules('LOC-030')`place.txt and place.mjs`, () => {
  it('fix program and socket', () => {
    expect(placeFile(place())).toBe('/opt/node\n/home/dev/.airlock/run/daemon.sock\n');
    const { socket } = resolvePaths({ fixedHome: null });
    expect(placeFile(place({ fixedHome: null, kind: 'development' }))).toBe(`/opt/node\n${socket}\n`);
    expect(placeModule(place())).toBe(
      'export const socket = "/home/dev/.airlock/run/daemon.sock";\nexport const home = "/home/dev/.airlock";\nexport const command = "/opt/airlock/main.js";\n',
    );
  });

  it('fix nothing in a published plugin: neither is of the machine that built it', () => {
    const published = place({ node: null, fixedHome: null, command: null, kind: 'published' });
    expect(placeFile(published)).toBe('\n\n');
    expect(placeModule(published)).toBe(
      'export const socket = null;\nexport const home = null;\nexport const command = null;\n',
    );
  });

  it.each(['node', './node', '/a\nb', '/a\0b', ''])('refuse %j, which is no path', (node) => {
    expect(() => placeFile(place({ node }))).toThrow(TypeError);
  });
});
