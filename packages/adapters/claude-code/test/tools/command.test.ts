import { appendFileSync, chmodSync, copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch, TERMINAL } from '../support/files.js';

type Environment = Readonly<Record<string, string>> | null;

async function command(input: object, environment: Environment = TERMINAL) {
  const desk = new ScriptedDesk();
  const answer = await send(desk, toolEventOf('Bash', input), { environment });
  const [action] = desk.described;
  return { answer, action: action?.action ?? {}, facts: action?.facts, recheck: action?.recheck };
}

describe(rules('ART-130')`a Bash call`, () => {
  test('is the line, its shell, the folder and the whole input', async () => {
    const { action, facts } = await command({ command: 'ls -la', description: 'look around', timeout: 5000 });
    expect(action).toMatchObject({
      kind: 'command',
      commandText: 'ls -la',
      argv: ['/bin/bash', '-c', 'ls -la'],
      cwd: '/',
      program: realpathSync('/bin/bash'),
      environment: {},
      description: 'look around',
      tool: 'Bash',
      inputJson: '{"command":"ls -la","description":"look around","timeout":5000}',
    });
    expect(facts?.commands.map(({ argv }) => argv)).toEqual([['ls', '-la']]);
    expect(facts?.persistentShell).toBe(false);
  });

  it.each([
    ['timeout', '5000'],
    ['description', 1],
    ['run_in_background', 'true'],
    ['dangerouslyDisableSandbox', 1],
  ])('a member of another type is not understood: %s', async (name, value) => {
    const { facts } = await command({ command: 'ls', [name]: value });
    expect(facts?.unknownInput).toEqual([name]);
  });

  test('without an environment no pattern can apply: its commands are not looked up', async () => {
    const { facts, action } = await command({ command: 'ls' }, null);
    expect(facts?.commands).toEqual([]);
    expect(action).toMatchObject({ kind: 'command', commandText: 'ls' });
  });

  test('an environment that cannot be told counts as none', async () => {
    const { facts } = await command({ command: 'ls' }, { ...TERMINAL, 'a"b': '1' });
    expect(facts?.commands).toEqual([]);
  });

  test('a program that the host puts before the shell is shown with its value', async () => {
    const { action } = await command({ command: 'ls' }, { ...TERMINAL, CLAUDE_CODE_SHELL_PREFIX: '/opt/wrap' });
    expect(action['environment']).toEqual({ CLAUDE_CODE_SHELL_PREFIX: '=/opt/wrap' });
  });

  test('a line over the limit is refused, not cut', async () => {
    const { answer } = await command({ command: `echo ${'x'.repeat(9000)}` });
    expect(answer).toMatchObject({ permission: 'deny', exit: 2 });
    expect(answer).toHaveProperty('reason', expect.stringContaining('command_too_long'));
  });

  test('no command: refused', async () => {
    expect((await command({ description: 'x' })).answer).toHaveProperty('permission', 'deny');
  });
});

function fakeShell(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  copyFileSync('/bin/sh', path);
  chmodSync(path, 0o755);
  return path;
}

describe(rules('ART-130')`the shell that the host takes`, () => {
  test.each([
    { name: 'SHELL, a bash', of: (at: string) => ({ SHELL: join(at, 'bash') }), shell: 'bash' },
    { name: 'SHELL, a zsh', of: (at: string) => ({ SHELL: join(at, 'zsh') }), shell: 'zsh' },
    { name: 'SHELL, none of both', of: (at: string) => ({ SHELL: join(at, 'fish'), PATH: at }), shell: 'zsh' },
    {
      name: 'a variable of the host first',
      of: (at: string) => ({ CLAUDE_CODE_SHELL: join(at, 'zsh'), SHELL: join(at, 'bash') }),
      shell: 'zsh',
    },
    {
      name: 'SHELL that is not there',
      of: (at: string) => ({ SHELL: join(at, 'gone', 'bash'), PATH: at }),
      shell: 'bash',
    },
  ])('$name', async ({ of, shell }) => {
    const folder = scratch();
    for (const each of ['bash', 'zsh', 'fish']) fakeShell(folder, each);
    const { action } = await command({ command: 'ls' }, of(folder));
    expect(action['program']).toBe(join(folder, shell));
  });

  test.each([
    { name: 'its program', change: (at: string) => writeFileSync(join(at, 'tool'), '#!/bin/sh\necho evil\n') },
    { name: 'its interpreter', change: (at: string) => appendFileSync(join(at, 'sh'), 'x') },
    { name: 'its configuration', change: (at: string) => writeFileSync(join(at, '.bashrc'), 'alias tool=evil\n') },
    { name: 'which program it is', change: (at: string) => fakeShell(join(at, 'early'), 'tool') },
  ])('what a pattern was matched against changes before the line runs: $name', async ({ change }) => {
    const folder = scratch();
    const sh = fakeShell(folder, 'sh');
    writeFileSync(join(folder, 'tool'), `#!${sh}\necho good\n`, { mode: 0o755 });
    const environment = { SHELL: '/bin/bash', HOME: folder, PATH: `${folder}/early:${folder}` };
    const { recheck } = await command({ command: 'tool' }, environment);
    const pattern = { kind: 'pattern' as const, patternIds: ['p-1'] };
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60);
    onTestFinished(() => void vi.restoreAllMocks());
    expect(await recheck?.(pattern)).toBeNull();
    change(folder);
    expect(await recheck?.(pattern)).toMatchObject({ code: 'program_changed' });
    expect(await recheck?.(null)).toBeNull();
  });

  test('a shell that changed after it was shown stops the call', async () => {
    const folder = scratch();
    const shell = fakeShell(folder, 'bash');
    const { recheck } = await command({ command: 'ls' }, { SHELL: shell });
    expect(await recheck?.()).toBeNull();
    writeFileSync(shell, '#!/bin/sh\necho evil\n');
    expect(await recheck?.()).toMatchObject({ code: 'program_changed' });
  });
});
