import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findings } from '../../src/install/findings.js';
import { hostMeaning, isAtLeast, readVersion } from '../../src/install/host-version.js';
import { InstallSite } from '../support/install-site.js';

let site: InstallSite;
beforeEach(() => {
  site = new InstallSite();
});
afterEach(() => site.close());

const hook = [{ hooks: [{ type: 'command', command: 'true' }] }];
const FORCED = { enabledPlugins: { 'airlock@airlock': true } };
const MODULES_OUT = { pluginConfigs: { 'cc-plugin-sec-default@builtin': { options: { allowManagedModsOnly: true } } } };

interface Row {
  readonly what: string;
  /** Files below the site; an object is written as JSON. */
  readonly files: Readonly<Record<string, unknown>>;
  readonly version?: string;
  /** `effect file-or-name: part of what`. */
  readonly finds: readonly string[];
}

const PROJECT = 'work/.claude/settings.json';
const LOCAL = 'work/.claude/settings.local.json';
const USER = 'user/settings.json';
const MANAGED = 'managed/managed-settings.json';
const DROP_IN = 'managed/managed-settings.d/airlock.json';

const ROWS: readonly Row[] = [
  { what: 'nothing at all', files: {}, finds: [] },
  { what: 'settings that do not matter', files: { [PROJECT]: { model: 'x', hooks: {}, env: {} } }, finds: [] },
  {
    what: 'a repository switches hooks off',
    files: { [PROJECT]: { disableAllHooks: true } },
    finds: [`off ${PROJECT}: disableAllHooks`],
  },
  {
    what: 'so in settings.local.json',
    files: { [LOCAL]: { disableAllHooks: true } },
    finds: [`off ${LOCAL}: disableAllHooks`],
  },
  {
    what: 'so in the settings of the user',
    files: { [USER]: { disableAllHooks: true } },
    finds: [`off ${USER}: disableAllHooks`],
  },
  { what: 'hooks that are not switched off', files: { [PROJECT]: { disableAllHooks: false } }, finds: [] },
  {
    what: 'a repository switches the plugin off',
    files: { [PROJECT]: { enabledPlugins: { 'airlock@airlock': false } } },
    finds: [`off ${PROJECT}: enabledPlugins`],
  },
  { what: 'another plugin is switched off', files: { [PROJECT]: { enabledPlugins: { 'x@y': false } } }, finds: [] },
  {
    what: 'a loader variable',
    files: { [PROJECT]: { env: { LD_PRELOAD: '/x.so', FOO: '1' } } },
    finds: [`open ${PROJECT}: env sets LD_PRELOAD`],
  },
  {
    what: 'variables of other programs',
    files: { [LOCAL]: { env: { NODE_OPTIONS: '-r x', https_proxy: 'x' } } },
    finds: [`note ${LOCAL}: env sets NODE_OPTIONS, https_proxy`],
  },
  {
    what: 'a script that runs with every command',
    files: { [PROJECT]: { env: { CLAUDE_ENV_FILE: './x.sh' } } },
    finds: [`note ${PROJECT}: env sets CLAUDE_ENV_FILE: this runs with every command`],
  },
  {
    what: 'a hook of the repository that may rewrite',
    files: { [PROJECT]: { hooks: { PreToolUse: hook } } },
    finds: [`note ${PROJECT}: our modules compare`],
  },
  {
    what: 'the same in a version without modules',
    files: { [PROJECT]: { hooks: { PreToolUse: hook } } },
    version: '2.1.197',
    finds: [`open ${PROJECT}: no modules that would notice`],
  },
  {
    what: 'other hooks of the repository',
    files: { [PROJECT]: { hooks: { Stop: hook, SessionStart: hook } } },
    finds: [`note ${PROJECT}: runs commands at Stop, SessionStart`],
  },
  { what: 'other hooks of the user', files: { [USER]: { hooks: { Stop: hook } } }, finds: [] },
  {
    what: 'a broken file',
    files: { [PROJECT]: '{"disableAllHooks": true' },
    finds: [`note ${PROJECT}: leaves the whole file out`],
  },
  { what: 'a file that is a list', files: { [PROJECT]: [] }, finds: [`note ${PROJECT}: leaves the whole file out`] },
  { what: 'a broken managed file', files: { [MANAGED]: '{' }, finds: [`open ${MANAGED}: no JSON object`] },
  {
    what: 'a repository above, to its top',
    files: { '.git/HEAD': '', '.claude/settings.json': { disableAllHooks: true } },
    finds: ['off .claude/settings.json: disableAllHooks'],
  },
  {
    what: 'a folder above that is no repository',
    files: { '.claude/settings.json': { disableAllHooks: true } },
    finds: [],
  },
  {
    what: 'managed settings force the plugin on',
    files: { [PROJECT]: { disableAllHooks: true, enabledPlugins: { 'airlock@airlock': false } }, [DROP_IN]: FORCED },
    finds: [],
  },
  {
    what: 'forced on, a repository sets a loader variable',
    files: { [PROJECT]: { env: { LD_PRELOAD: 'x' } }, [DROP_IN]: FORCED },
    finds: [],
  },
  {
    what: 'forced on, the user sets a loader variable',
    files: { [USER]: { env: { LD_PRELOAD: 'x' } }, [DROP_IN]: FORCED },
    finds: [`open ${USER}: LD_PRELOAD`],
  },
  {
    what: 'the same, pinned',
    files: { [USER]: { env: { LD_PRELOAD: 'x' } }, [DROP_IN]: { ...FORCED, env: { LD_PRELOAD: '' } } },
    finds: [],
  },
  {
    what: 'only managed hooks',
    files: { [PROJECT]: { hooks: { PreToolUse: hook, Stop: hook } }, [DROP_IN]: { allowManagedHooksOnly: true } },
    finds: [],
  },
  {
    what: 'a later drop-in takes it back',
    files: {
      [PROJECT]: { hooks: { PreToolUse: hook } },
      [DROP_IN]: { allowManagedHooksOnly: true },
      'managed/managed-settings.d/zz.json': { allowManagedHooksOnly: false },
    },
    finds: [`note ${PROJECT}: before tool calls`],
  },
  {
    what: 'a module of the user',
    files: { 'user/skills/fast/hooks/hooks.json': { modules: ['./m.mjs'] } },
    finds: ['open user/skills/fast: answer our module in the place of the daemon'],
  },
  {
    what: 'a module of the repository',
    files: { 'work/.claude/skills/fast/hooks/hooks.json': { modules: ['./m.mjs'] } },
    finds: ['open work/.claude/skills/fast: answer our module in the place of the daemon'],
  },
  {
    what: 'a module where no module loads',
    files: { 'user/skills/fast/hooks/hooks.json': { modules: ['./m.mjs'] } },
    version: '2.1.197',
    finds: [],
  },
  {
    what: 'only managed modules',
    files: { 'user/skills/fast/hooks/hooks.json': { modules: ['./m.mjs'] }, [DROP_IN]: MODULES_OUT },
    finds: [],
  },
  { what: 'a skill without hooks', files: { 'user/skills/plain/SKILL.md': 'x' }, finds: [] },
];

const PLUGINS = {
  'user/plugins/installed_plugins.json': {
    version: 2,
    plugins: {
      'gate@corp': [{ installPath: 'SITE/cache/gate' }],
      'airlock@airlock': [{ installPath: 'SITE/cache/gate' }],
    },
  },
  'cache/gate/hooks/hooks.json': { hooks: { PreToolUse: hook } },
};
const IN_PLACE = {
  'user/plugins/installed_plugins.json': { version: 2, plugins: { 'gate@corp': [{ installPath: 'SITE/gone' }] } },
  'user/plugins/known_marketplaces.json': { corp: { installLocation: 'SITE/corp' } },
  'corp/.claude-plugin/marketplace.json': { plugins: [{ name: 'gate', source: './gate' }] },
  'corp/gate/.claude-plugin/plugin.json': { name: 'gate', hooks: { PreToolUse: hook } },
};
const ON = { enabledPlugins: { 'gate@corp': true } };

const PLUGIN_ROWS: readonly Row[] = [
  {
    what: 'another plugin with a hook',
    files: { ...PLUGINS, [USER]: ON },
    finds: ['note gate@corp: before tool calls'],
  },
  {
    what: 'a plugin that is off',
    files: { ...PLUGINS, [USER]: { enabledPlugins: { 'gate@corp': false } } },
    finds: [],
  },
  { what: 'a plugin that nobody switched on', files: PLUGINS, finds: [] },
  {
    what: 'the repository switches it on',
    files: { ...PLUGINS, [USER]: { enabledPlugins: { 'gate@corp': false } }, [PROJECT]: ON },
    finds: ['note gate@corp: before tool calls'],
  },
  {
    what: 'a plugin read in place, hooks in its manifest',
    files: { ...IN_PLACE, [USER]: ON },
    finds: ['note gate@corp: before tool calls'],
  },
];

describe('what goes around the gate, by the files around a session', () => {
  test.each([...ROWS, ...PLUGIN_ROWS])('$what', ({ files, version = '2.1.330', finds }) => {
    site.write(join(site.root, 'work', 'x'), '');
    for (const [name, content] of Object.entries(files)) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      site.write(join(site.root, name), text.replaceAll('SITE', site.root));
    }
    const at = (name: string) => join(site.root, name);
    const found = findings(
      { configFolder: at('user'), cwd: at('work'), managedFolder: at('managed') },
      hostMeaning(version),
    );
    const lines = found.map(({ effect, source, what }) => `${effect} ${source.replace(`${site.root}/`, '')}: ${what}`);
    expect(lines).toHaveLength(finds.length);
    finds.forEach((wanted, index) => {
      const [head = '', part = ''] = wanted.split(': ');
      expect(lines[index]).toContain(`${head}: `);
      expect(lines[index]).toContain(part);
    });
  });
});

describe('versions of the host', () => {
  test.each([
    ['2.1.330 (Claude Code)', '2.1.330'],
    ['2.1.330\n', '2.1.330'],
    ['v20.20.0', null],
    ['2.1', null],
    ['2.1.3.4', null],
    ['claude 2.1.330', null],
    ['', null],
  ])('%j is read as %j', (text, version) => {
    expect(readVersion(text)).toBe(version);
  });

  test.each([
    ['2.1.295', '2.1.295', true],
    ['2.1.294', '2.1.295', false],
    ['2.1.1000', '2.1.295', true],
    ['2.10.0', '2.9.9', true],
    ['3.0.0', '2.1.295', true],
    ['1.9.999', '2.1.295', false],
  ])('%s is at least %s: %s', (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });

  test('a version that nobody knows counts as too old', () => {
    expect(hostMeaning(null)).toMatchObject({ blocksOnFailure: false, hasModules: false });
  });

  test.each([
    ['2.1.197', ['before 2.1.295', 'before 2.1.287']],
    ['2.1.290', ['before 2.1.295', 'before 2.1.330']],
    ['2.1.295', ['before 2.1.330']],
    ['2.1.329', ['before 2.1.330']],
    ['2.1.330', []],
    ['3.0.0', []],
  ])('%s leaves open: %j', (version, open) => {
    expect(hostMeaning(version).open).toEqual(open.map((says) => expect.stringContaining(says)));
  });
});
