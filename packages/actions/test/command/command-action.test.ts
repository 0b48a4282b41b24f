import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commandAction,
  type CommandFacts,
  INTERPRETERS_EXTENSION,
  MAX_COMMAND_BYTES,
  quoteArgv,
} from '../../src/index.js';

const HASH = 'ab'.repeat(32);
const FACTS: CommandFacts = {
  argv: ['npm', 'test'],
  cwd: '/srv/widgets',
  program: '/usr/bin/npm',
  programSha256: HASH,
  environment: { PATH: '=/opt/bin', TOKEN: `sha256:${HASH}`, HOME: 'unset' },
  stdin: 'none',
};

describe(rules('ART-130')`facts of a command`, () => {
  it('all reach the content', () => {
    const interpreters = [
      { path: '/usr/bin/env', sha256: HASH },
      { path: '/usr/bin/node', sha256: 'cd'.repeat(32) },
    ];
    expect(commandAction({ ...FACTS, interpreters, label: 'Run the tests' })).toEqual({
      kind: 'command',
      actionType: 'terminal_command',
      commandText: 'npm test',
      description: 'Run the tests',
      argv: ['npm', 'test'],
      cwd: '/srv/widgets',
      program: '/usr/bin/npm',
      programSha256: HASH,
      environment: FACTS.environment,
      stdin: 'none',
      extensions: { [INTERPRETERS_EXTENSION]: interpreters },
    });
  });

  it('a shell is bound with the line it reads', () => {
    const action = commandAction({
      ...FACTS,
      argv: ['npm', 'test'],
      shell: '/bin/sh',
      commandText: 'npm test | tee x',
    });
    expect(action).toMatchObject({ shell: '/bin/sh', commandText: 'npm test | tee x' });
    expect(action.extensions).toBeUndefined();
  });

  it.each<[string, Partial<CommandFacts>]>([
    ['no argv', { argv: [] }],
    ['an empty program name', { argv: [''] }],
    ['NUL in an argument', { argv: ['a', 'b\0c'] }],
    ['a relative cwd', { cwd: 'srv' }],
    ['a relative program', { program: './npm' }],
    ['a program hash of another form', { programSha256: HASH.toUpperCase() }],
    ['an interpreter without a hash', { interpreters: [{ path: '/bin/sh', sha256: '' }] }],
    ['a shell without its line', { shell: '/bin/sh' }],
    ['a line without its shell', { commandText: 'npm test' }],
    ['an environment value in no known form', { environment: { A: 'plain' } }],
    ['an environment hash of another form', { environment: { A: 'sha256:xyz' } }],
  ])('%s is refused', (_, change) => {
    expect(() => commandAction({ ...FACTS, ...change })).toThrowError(
      expect.objectContaining({ code: 'action_invalid' }),
    );
  });
});

describe('the length of a command', () => {
  it.each<[string, CommandFacts, boolean]>([
    ['8 KiB of arguments', { ...FACTS, argv: ['a'.repeat(MAX_COMMAND_BYTES)] }, true],
    ['one byte more', { ...FACTS, argv: ['a'.repeat(MAX_COMMAND_BYTES - 1), ''] }, true],
    ['one byte more in characters of two', { ...FACTS, argv: ['ü'.repeat(MAX_COMMAND_BYTES / 2), 'a'] }, false],
    ['8 KiB of a line', { ...FACTS, shell: '/bin/sh', commandText: 'a'.repeat(MAX_COMMAND_BYTES) }, true],
    ['a longer line', { ...FACTS, shell: '/bin/sh', commandText: 'a'.repeat(MAX_COMMAND_BYTES + 1) }, false],
  ])('%s', (_, facts, isAllowed) => {
    const run = () => commandAction(facts);
    if (isAllowed) expect(run).not.toThrow();
    else expect(run).toThrowError(expect.objectContaining({ code: 'command_too_long' }));
  });
});

describe('argv as a line', () => {
  it('has exactly these words again', () => {
    const words = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(words, (argv) => {
        const read = quoteArgv(argv).match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? [];
        expect(read.map((word) => word.replace(/'([^']*)'|\\(')/g, '$1$2'))).toEqual(argv);
      }),
    );
  });

  it.each([
    [['ls', '-la'], 'ls -la'],
    [['echo', ''], "echo ''"],
    [['echo', "it's"], "echo 'it'\\''s'"],
    [['echo', 'a b', '$HOME'], "echo 'a b' '$HOME'"],
  ])('%j', (argv, line) => {
    expect(quoteArgv(argv)).toBe(line);
  });
});
