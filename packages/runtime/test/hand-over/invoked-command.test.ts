import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { invokedCommand } from '../../src/hand-over/invoked-command.js';
import type { Asked } from '../../src/service/asked.js';
import { lineFacts, PROGRAM } from '../support/hand-over.js';

const asked = (commandText: string, over: { shell?: string | undefined; program?: string; kind?: string } = {}) => {
  const { shell = '/bin/bash', program = PROGRAM, kind = 'command' } = over;
  const action = { kind, commandText, ...('shell' in over && over.shell === undefined ? {} : { shell }) };
  return { plaintext: { action }, facts: lineFacts(commandText, program) } as unknown as Asked;
};

describe(rules('LOC-147')`a shell line that is one airlock run`, () => {
  it.each<[string, string[]]>([
    ['airlock run -- npm publish', ['npm', 'publish']],
    ['  airlock   run\t--  ls ', ['ls']],
    ['airlock run -- ls\n', ['ls']],
    ["airlock run -- git commit -m 'a b; c'", ['git', 'commit', '-m', 'a b; c']],
    ['airlock run -- echo "it\'s"', ['echo', "it's"]],
    ['airlock run -- ls -- -x', ['ls', '--', '-x']],
    ['/usr/local/bin/airlock run -- ls', ['ls']],
  ])('%j', (line, argv) => {
    expect(invokedCommand(asked(line), PROGRAM)).toEqual(argv);
  });

  it.each([
    'airlock run --',
    'airlock run ls',
    'airlock run --label x -- ls',
    'airlock run --timeout 5 -- ls',
    'airlock run --json -- ls',
    'airlock -q run -- ls',
    'airlock approve -- ls',
    "airlock 'run' ls",
    'airlock run -- ls && rm x',
    'airlock run -- ls; rm x',
    'airlock run -- ls | sh',
    'airlock run -- ls &',
    'airlock run -- ls\nrm x',
    'true && airlock run -- ls',
    'airlock run -- ls > out',
    'airlock run -- ls 2>/dev/null',
    'airlock run -- sh < in',
    'airlock run -- sh <<< x',
    'X=1 airlock run -- ls',
    'env X=1 airlock run -- ls',
    'exec airlock run -- ls',
    'command airlock run -- ls',
    '(airlock run -- ls)',
    '{ airlock run -- ls; }',
    '! airlock run -- ls',
    'airlock run -- ls $HOME',
    'airlock run -- ls "$HOME"',
    'airlock run -- ls ~',
    'airlock run -- ls ~/x',
    'airlock run -- ls *.ts',
    'airlock run -- ls a{b,c}',
    'airlock run -- ls =ls',
    'airlock run -- ls `id`',
    'airlock run -- ls $(id)',
    'airlock run -- ls # comment',
    'airlock run -- ls a\\ b',
    "'airlock' run -- ls",
    'node /opt/airlock/dist/main.js run -- ls',
    'sudo airlock run -- ls',
    '',
  ])('%j is none', (line) => {
    expect(invokedCommand(asked(line), PROGRAM)).toBe(null);
  });

  it.each<[string, Asked, string | null]>([
    ['another program of that name', asked('airlock run -- ls', { program: '/tmp/airlock' }), PROGRAM],
    ['a program that was not found', { ...asked('airlock run -- ls'), facts: null }, PROGRAM],
    ['a line whose first word nobody looked up', { ...asked('airlock run -- ls'), facts: lineFacts('') }, PROGRAM],
    ['a daemon that does not know its own file', asked('airlock run -- ls'), null],
    ['a shell that the lexer does not know', asked('airlock run -- ls', { shell: '/usr/bin/fish' }), PROGRAM],
    ['a command without a shell', asked('airlock run -- ls', { shell: undefined }), PROGRAM],
    ['another kind of action', asked('airlock run -- ls', { kind: 'tool' }), PROGRAM],
  ])('%s is none', (_, made, program) => {
    expect(invokedCommand(made, program)).toBe(null);
  });
});
