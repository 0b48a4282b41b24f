import { realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { policyPatternSchema } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { collectFacts, patternFacts } from '../../src/client.js';
import { file, scratch } from './scratch.js';

function layout() {
  const home = scratch();
  const cwd = join(home, 'shop');
  file(join(cwd, 'Makefile'), 'test:\n');
  const make = file(join(home, 'bin/make'), '#!/bin/sh\n');
  const PATH = `${home}/bin:/usr/bin:/bin`;
  return { home, cwd, make, environment: { HOME: home, PATH, UNSET: undefined } };
}

describe(rules('INV-34')`a pattern is pinned to what its command would run now`, () => {
  test('the same facts as of a call at that moment', async () => {
    const { cwd, environment, home, make } = layout();
    const pattern = await patternFacts('make test', { cwd, environment, shell: 'bash' });
    expect(policyPatternSchema.parse(pattern)).toEqual(pattern);
    expect(pattern).toMatchObject({
      text: 'make test',
      cwd,
      shell: realpathSync('/bin/bash'),
      program: { path: make },
    });
    const facts = await collectFacts({
      action: { kind: 'command', argv: ['make', 'test'] },
      cwd,
      environment: { HOME: `=${home}`, PATH: `=${environment.PATH}`, SHELL: 'unset', USER: 'unset' },
      path: environment.PATH,
    });
    const [command] = facts.commands;
    expect(command).toMatchObject({ program: pattern.program, interpreters: pattern.interpreters });
    expect(command?.configuration).toEqual(pattern.configuration);
    expect(facts.environmentSha256).toBe(pattern.environmentSha256);
    writeFileSync(join(cwd, 'Makefile'), 'test: evil\n');
    expect((await patternFacts('make test', { cwd, environment })).configuration).not.toEqual(pattern.configuration);
  });

  test('real paths; no shell where none was named; words that may follow belong to the text', async () => {
    const { cwd, environment, home } = layout();
    symlinkSync(cwd, join(home, 'link'));
    const pattern = await patternFacts('ls *', { cwd: join(home, 'link'), environment });
    expect(pattern).toMatchObject({ text: 'ls *', cwd });
    expect(pattern).not.toHaveProperty('shell');
    expect(pattern).not.toHaveProperty('interpreters');
  });

  test('a builtin of the shell has no program; without a shell it is one', async () => {
    const { cwd, environment } = layout();
    expect(await patternFacts('echo hello', { cwd, environment, shell: '/bin/sh' })).not.toHaveProperty('program');
    expect(await patternFacts('echo hello', { cwd, environment })).toHaveProperty('program.path');
  });

  test.each([
    ['no-such-tool --version', 'command_not_found'],
    ['./plain', 'not_executable'],
    ['bash -c *', 'pattern_invalid'],
    ['', 'pattern_invalid'],
  ])('%j: %s', async (text, code) => {
    const { cwd, environment } = layout();
    file(join(cwd, 'plain'), 'x', 0o644);
    await expect(patternFacts(text, { cwd, environment })).rejects.toMatchObject({ name: 'FactsError' });
    const failure = await patternFacts(text, { cwd, environment }).catch((error: unknown) => error);
    if (code !== 'pattern_invalid') expect(failure).toMatchObject({ code });
  });

  test('a folder or a shell that does not exist', async () => {
    const { cwd, environment } = layout();
    await expect(patternFacts('make test', { cwd: join(cwd, 'none'), environment })).rejects.toMatchObject({
      code: 'folder_not_found',
    });
    await expect(patternFacts('make test', { cwd, environment, shell: 'nosh' })).rejects.toMatchObject({
      code: 'command_not_found',
    });
  });
});
