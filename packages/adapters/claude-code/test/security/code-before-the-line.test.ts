import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch, TERMINAL } from '../support/files.js';

async function described(environment: Readonly<Record<string, string>> | null, sessionId = 's-1', cwd?: string) {
  const desk = new ScriptedDesk();
  await send(
    desk,
    toolEventOf('Bash', { command: 'ls' }, { session_id: sessionId, ...(cwd === undefined ? {} : { cwd }) }),
    { environment },
  );
  const [call] = desk.described;
  return { shown: call?.action['environment'], commands: call?.facts?.commands.length };
}

describe(rules('ART-130', 'ENF-140')`a repository has code run before every approved command line`, () => {
  it.each([
    ['a script that the host runs first', 'CLAUDE_ENV_FILE', 0],
    ['a program that gets the line instead of the shell', 'CLAUDE_CODE_SHELL_PREFIX', 0],
    ['a script that bash runs first', 'BASH_ENV', 1],
    ['a library in every program', 'LD_PRELOAD', 1],
    ['a function in the place of a program', 'BASH_FUNC_ls%%', 1],
  ])('%s is shown, and no pattern applies to what nothing pins', async (_name, variable, commands) => {
    const value = '/repository/evil';
    const found = await described({ ...TERMINAL, [variable]: value });
    expect(found).toEqual({ shown: { [variable]: `=${value}` }, commands });
  });

  it.each([
    ['a folder of the repository', (cwd: string) => join(cwd, 'bin')],
    ['a folder of the repository above the call', (cwd: string) => join(cwd, '..', 'bin')],
    ['whatever folder the call is in', () => ''],
    ['a relative folder', () => 'bin'],
  ])('PATH leads to %s before the system: it is shown, and pinned as before', async (_name, folder) => {
    const repository = scratch();
    mkdirSync(join(repository, '.git'));
    const cwd = join(repository, 'sub');
    mkdirSync(cwd);
    const path = `${folder(cwd)}:${TERMINAL.PATH}`;
    const found = await described({ ...TERMINAL, PATH: path }, 's-1', cwd);
    expect(found).toEqual({ shown: { PATH: `=${path}` }, commands: 1 });
    expect((await described(TERMINAL, 's-1', cwd)).shown).toEqual({});
  });

  test('what says nothing is not shown', async () => {
    expect(await described({ ...TERMINAL, CLAUDE_ENV_FILE: '' })).toEqual({ shown: {}, commands: 1 });
  });

  test('behind so many other variables that a hook cannot tell them: that is shown', async () => {
    expect(await described(null)).toEqual({ shown: { '*': 'unknown' }, commands: 0 });
  });

  test('a script that a hook of the repository left for the shells of the session', async () => {
    const home = scratch();
    const folder = join(home, '.claude', 'session-env', 's-1');
    mkdirSync(folder, { recursive: true });
    expect(await described({ ...TERMINAL, HOME: home })).toEqual({ shown: {}, commands: 1 });
    writeFileSync(join(folder, 'sessionstart-hook-0.sh'), 'ls() { evil; }\n');
    const hidden = { ...TERMINAL, HOME: home, CLAUDE_CONFIG_DIR: '/repository/.claude' };
    for (const environment of [{ ...TERMINAL, HOME: home }, hidden]) {
      expect(await described(environment)).toEqual({ shown: { CLAUDE_ENV_FILE: `=${folder}` }, commands: 0 });
    }
    expect(await described({ ...TERMINAL, HOME: home }, 's-2')).toEqual({ shown: {}, commands: 1 });
  });
});
