import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { ScriptedDesk, send } from '../support/desk.js';
import { scratch } from '../support/files.js';

interface Change {
  readonly source?: string;
  /** Text of the changed file; null: it is gone. */
  readonly settings: string | null;
  /** Scopes that our plugin was installed in. */
  readonly installed?: readonly string[];
}

async function changed({ source = 'project_settings', settings, installed = [] }: Change) {
  const folder = scratch();
  const path = join(folder, 'settings.json');
  if (settings !== null) writeFileSync(path, settings);
  mkdirSync(join(folder, 'plugins'));
  const plugins = { 'other@market': [{ scope: 'user' }], 'airlock@airlock': installed.map((scope) => ({ scope })) };
  writeFileSync(join(folder, 'plugins', 'installed_plugins.json'), JSON.stringify({ version: 2, plugins }));
  const desk = new ScriptedDesk();
  const event = { session_id: 's-1', cwd: '/', hook_event_name: 'ConfigChange', source, file_path: path };
  return { answer: await send(desk, event, { event: 'ConfigChange' }), desk };
}

const REFUSED: readonly (Change & { readonly name: string })[] = [
  { name: 'all hooks off', settings: '{"disableAllHooks":true}' },
  { name: 'all hooks off, by any value', settings: '{"disableAllHooks":"yes"}' },
  { name: 'our plugin off', settings: '{"enabledPlugins":{"airlock@airlock":false}}' },
  { name: 'our plugin off, other market', settings: '{"enabledPlugins":{"airlock@corp":false}}' },
  { name: 'our plugin at a version', settings: '{"enabledPlugins":{"airlock@airlock":["1.0.0"]}}' },
  { name: 'no JSON', settings: '{' },
  { name: 'one key twice', settings: '{"disableAllHooks":false,"disableAllHooks":true}' },
  { name: 'no object', settings: '[]' },
  { name: 'plugins in another form', settings: '{"enabledPlugins":[]}' },
  { name: 'a loader variable', settings: '{"env":{"LD_PRELOAD":"/tmp/x.so"}}' },
  { name: 'another one', settings: '{"env":{"NODE_OPTIONS":"--require x"}}' },
  { name: 'in small letters', settings: '{"env":{"bash_env":"x"}}' },
  { name: 'a script before every command', settings: '{"env":{"CLAUDE_ENV_FILE":"./x.sh"}}' },
  { name: 'another shell', settings: '{"env":{"CLAUDE_CODE_SHELL":"/tmp/bash"}}' },
  { name: 'a variable of the gate', settings: '{"env":{"AIRLOCK_HOME":"/tmp"}}' },
  { name: 'local settings', source: 'local_settings', settings: '{"disableAllHooks":true}' },
  { name: 'user settings', source: 'user_settings', settings: '{"disableAllHooks":true}' },
  { name: 'emptied, installed for the user', source: 'user_settings', settings: '{}', installed: ['user'] },
  { name: 'deleted, installed for the user', source: 'user_settings', settings: null, installed: ['user'] },
  { name: 'emptied, installed in the project', settings: '{"enabledPlugins":{}}', installed: ['project'] },
];

const ACCEPTED: readonly (Change & { readonly name: string })[] = [
  { name: 'nothing of ours', settings: '{"permissions":{"allow":["Bash"]},"env":{"FOO":"1","PATH_TO":"x"}}' },
  { name: 'hooks on', settings: '{"disableAllHooks":false}' },
  {
    name: 'our plugin on',
    settings: '{"enabledPlugins":{"airlock@airlock":true,"other@x":false}}',
    installed: ['project'],
  },
  { name: 'emptied, not installed through it', source: 'user_settings', settings: '{}' },
  { name: 'a plugin whose name only begins like ours', settings: '{"enabledPlugins":{"airlocks@x":false}}' },
  { name: 'settings of the administrator', source: 'policy_settings', settings: '{"disableAllHooks":true}' },
  { name: 'skills', source: 'skills', settings: '{' },
];

describe(rules('LOC-080', 'LOC-100')`a change of the host's settings while a session runs`, () => {
  it.each(REFUSED)('held back: $name', async (change) => {
    const { answer, desk } = await changed(change);
    expect(answer).toMatchObject({
      permission: 'deny',
      exit: 2,
      body: '',
      reason: expect.stringMatching(/^Airlock holds back/),
    });
    expect(desk.incidents).toEqual(['settings_refused']);
  });

  it.each(ACCEPTED)('goes on: $name', async (change) => {
    const { answer, desk } = await changed(change);
    expect(answer).toEqual({ permission: 'pass', exit: 0, body: '' });
    expect(desk.incidents).toEqual([]);
  });

  test.each([{ source: 'user_settings' }, { source: 7, file_path: '/x' }, { source: 'user_settings', file_path: 'x' }])(
    'an event that does not say what changed is held back: %o',
    async (event) => {
      const answer = await send(new ScriptedDesk(), { session_id: 's-1', ...event }, { event: 'ConfigChange' });
      expect(answer).toMatchObject({ permission: 'deny', exit: 2 });
    },
  );
});
