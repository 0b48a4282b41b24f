import type { PolicyPattern, ProgramIdentity } from '@airlock/protocol';
import { parseHexSha256 } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { pinChanges, pinLines } from '../../src/commands/policy/pins.js';

const hash = (digit: string) => parseHexSha256(digit.repeat(64));
const program = (path: string, digit = 'a', inode = '7'): ProgramIdentity => ({
  path,
  device: '1',
  inode,
  sha256: hash(digit),
});

const PINNED: PolicyPattern = {
  text: 'npm test',
  cwd: '/srv/widgets',
  shell: '/usr/bin/bash',
  program: program('/usr/bin/npm-cli.js'),
  interpreters: [program('/usr/bin/node')],
  configuration: [
    { name: '.npmrc', sha256: hash('1') },
    { name: 'package.json#scripts', sha256: hash('2') },
  ],
  environmentSha256: hash('e'),
};
const { shell: _shell, program: _program, ...BARE } = PINNED;

describe('what has changed since a pattern was pinned', () => {
  test.each([
    { title: 'nothing', change: {}, says: [] },
    {
      title: 'a script',
      change: { configuration: [{ name: '.npmrc', sha256: hash('1') }] },
      says: ['package.json#scripts is gone'],
    },
    {
      title: 'the program',
      change: { program: program('/usr/bin/npm-cli.js', 'b') },
      says: ['npm changed since it was approved'],
    },
    {
      title: 'that there is a program',
      change: { program: undefined },
      says: ['npm is another program than the one approved'],
    },
    { title: 'the interpreter', change: { interpreters: [] }, says: ['the interpreter of npm changed'] },
    { title: 'the folder', change: { cwd: '/srv/other' }, says: ['the pattern is for the folder /srv/widgets'] },
    { title: 'the shell', change: { shell: '/usr/bin/zsh' }, says: ['the pattern is for the shell /usr/bin/bash'] },
    {
      title: 'the environment',
      change: { environmentSha256: hash('f') },
      says: ['environment variable differences changed'],
    },
  ])('$title', ({ change, says }) => {
    expect(pinChanges(PINNED, { ...PINNED, ...change } as PolicyPattern)).toEqual(says);
  });
});

describe('what a new pattern is pinned to', () => {
  test('every pin has its line', () => {
    expect(pinLines(PINNED)).toEqual([
      'folder: /srv/widgets',
      'shell: /usr/bin/bash',
      'program: /usr/bin/npm-cli.js (sha256 aaaaaaaaaaaaaaaa…)',
      'interpreter: /usr/bin/node (sha256 aaaaaaaaaaaaaaaa…)',
      'configuration: 2 pieces: .npmrc, package.json#scripts',
      'environment: variables of loaders and interpreters as they are now',
    ]);
  });

  test('a builtin without a shell, and many pieces of configuration', () => {
    const configuration = Array.from({ length: 9 }, (_, index) => ({ name: `file-${index}`, sha256: hash('1') }));
    expect(pinLines({ ...BARE, interpreters: [], configuration })).toEqual([
      'folder: /srv/widgets',
      'shell: none; only airlock run, which uses none, matches',
      'program: none, a builtin of the shell',
      'configuration: 9 pieces: file-0, file-1, file-2, file-3, file-4 and 4 more',
      'environment: variables of loaders and interpreters as they are now',
    ]);
  });
});
