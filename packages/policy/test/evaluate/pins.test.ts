import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { changedPins } from '../../src/evaluate/pins.js';
import { actionFactsSchema, simpleCommandFactsSchema } from '../../src/facts.js';
import {
  argvAction,
  BASH,
  FOLDER,
  commandFacts,
  factsOf,
  hash,
  inputOf,
  lineAction,
  patternOf,
  policyOf,
  programOf,
} from './inputs.js';

type Members = Readonly<Record<string, unknown>>;

const NODE = programOf('node', { sha256: hash('9') });
const SHELL = programOf('dash', { sha256: hash('8') });
const CONFIGURATION = [
  { name: '.npmrc', sha256: hash('3') },
  { name: 'package.json', sha256: hash('d') },
];
const NOW = { interpreters: [NODE, SHELL], configuration: CONFIGURATION };
const pinned = (change: Members = {}) => patternOf('npm test', { ...NOW, ...change });
const ALLOWED = { kind: 'allow', basis: { kind: 'pattern', patternIds: ['pat-1'] } };
const changed = (detail: string) => ({ kind: 'ask', reason: 'pin_changed', detail });

function verdict(now: { command?: Members; facts?: Members; action?: Members } = {}, patterns = [pinned()]) {
  const command = commandFacts(['npm', 'test'], { ...NOW, ...now.command });
  const facts = actionFactsSchema.parse({ ...factsOf([]), commands: [command], ...now.facts });
  return evaluate(inputOf({ action: lineAction('npm test', now.action), facts, policy: policyOf(patterns) }));
}

describe(rules('INV-34', 'ENF-170')`a pattern and its pins`, () => {
  it('allows while everything is as it was signed', () => {
    expect(verdict()).toEqual(ALLOWED);
  });

  it.each<readonly [string, Members, string]>([
    [
      'another path',
      { program: programOf('npm', { path: '/tmp/npm' }) },
      'npm is another program than the one approved',
    ],
    ['another device', { program: programOf('npm', { device: '9' }) }, 'npm changed since it was approved'],
    ['another inode', { program: programOf('npm', { inode: '9' }) }, 'npm changed since it was approved'],
    ['another content', { program: programOf('npm', { sha256: hash('0') }) }, 'npm changed since it was approved'],
    ['no program', { program: null }, 'npm is another program than the one approved'],
    ['no interpreters', { interpreters: [] }, 'the interpreter of npm changed'],
    ['one interpreter less', { interpreters: [NODE] }, 'the interpreter of npm changed'],
    ['one interpreter more', { interpreters: [NODE, SHELL, SHELL] }, 'the interpreter of npm changed'],
    ['another order of interpreters', { interpreters: [SHELL, NODE] }, 'the interpreter of npm changed'],
    ['an interpreter elsewhere', { interpreters: [{ ...NODE, path: '/x' }, SHELL] }, 'the interpreter of npm changed'],
    [
      'an interpreter of another device',
      { interpreters: [{ ...NODE, device: '5' }, SHELL] },
      'the interpreter of npm changed',
    ],
    [
      'an interpreter of another inode',
      { interpreters: [{ ...NODE, inode: '5' }, SHELL] },
      'the interpreter of npm changed',
    ],
    [
      'another content of the last interpreter',
      { interpreters: [NODE, { ...SHELL, sha256: hash('1') }] },
      'the interpreter of npm changed',
    ],
    [
      'changed configuration',
      { configuration: [CONFIGURATION[0], { name: 'package.json', sha256: hash('4') }] },
      'package.json changed',
    ],
    ['missing configuration', { configuration: [CONFIGURATION[1]] }, '.npmrc is gone'],
    ['no configuration', { configuration: [] }, '.npmrc is gone; package.json is gone'],
    [
      'more configuration',
      { configuration: [...CONFIGURATION, { name: 'pnpmfile.js', sha256: hash('5') }] },
      'pnpmfile.js is new',
    ],
    [
      'renamed configuration',
      { configuration: [{ name: '.npmrc2', sha256: hash('3') }, CONFIGURATION[1]] },
      '.npmrc is gone; .npmrc2 is new',
    ],
    ['configuration twice', { configuration: [...CONFIGURATION, CONFIGURATION[1]] }, 'configuration changed'],
    [
      'configuration in another order',
      { configuration: [CONFIGURATION[1], CONFIGURATION[0]] },
      'configuration changed',
    ],
  ])('asks for %s', (_, command, detail) => {
    expect(verdict({ command })).toEqual(changed(detail));
  });

  it.each<readonly [string, Members, string]>([
    ['another folder', { cwd: '/home/dev/project/sub' }, 'the pattern is for the folder /home/dev/project'],
    ['the folder above', { cwd: '/home/dev' }, 'the pattern is for the folder /home/dev/project'],
    [
      'the same folder in other words',
      { cwd: '/home/dev/project/' },
      'the pattern is for the folder /home/dev/project',
    ],
    ['another shell', { shell: '/usr/bin/zsh' }, 'the pattern is for the shell /usr/bin/bash'],
    ['a shell of the same name', { shell: '/tmp/bash' }, 'the pattern is for the shell /usr/bin/bash'],
  ])('asks for %s', (_, action, detail) => {
    expect(verdict({ action })).toEqual(changed(detail));
  });

  it('asks for other environment differences', () => {
    expect(verdict({ facts: { environmentSha256: hash('f') } })).toEqual(
      changed('environment variable differences changed'),
    );
  });

  it('asks for a shell where none was pinned', () => {
    expect(verdict({}, [pinned({ shell: undefined })])).toEqual(changed('the pattern is for commands without a shell'));
  });

  it('needs no shell where none stands between', () => {
    const facts = factsOf([], { commands: [commandFacts(['npm', 'test'])] });
    for (const shell of [undefined, '/usr/bin/zsh']) {
      const policy = policyOf([patternOf('npm test', { shell })]);
      expect(evaluate(inputOf({ action: argvAction(['npm', 'test']), facts, policy }))).toEqual(ALLOWED);
    }
  });

  it('says everything that changed', () => {
    const now = {
      command: { program: null, configuration: [] },
      action: { cwd: '/x' },
      facts: { environmentSha256: hash('f') },
    };
    expect(verdict(now)).toEqual(
      changed(
        'the pattern is for the folder /home/dev/project; npm is another program than the one approved; ' +
          '.npmrc is gone; package.json is gone; environment variable differences changed',
      ),
    );
  });

  it('asks about what is closest to holding', () => {
    const far = pinned({ cwd: '/far', program: programOf('npm', { inode: '7' }) });
    const near = pinned({ environmentSha256: hash('f') });
    const words = patternOf('npm test --silent', NOW);
    for (const patterns of [
      [far, near],
      [near, far],
      [words, far, near],
      [near, words],
    ]) {
      expect(verdict({}, patterns)).toEqual(changed('environment variable differences changed'));
    }
  });

  it('rather says what changed than what does not match', () => {
    const patterns = [patternOf('npm', NOW), pinned({ cwd: '/one' }), pinned({ cwd: '/two' })];
    expect(verdict({}, patterns)).toEqual(changed('the pattern is for the folder /one'));
  });

  it('is passed over for one whose pins hold', () => {
    const policy = [pinned({ cwd: '/old' }), pinned()];
    expect(verdict({}, policy)).toEqual({ kind: 'allow', basis: { kind: 'pattern', patternIds: ['pat-2'] } });
  });

  it('of one command says so even when another command has no pattern', () => {
    const commands = [commandFacts(['rm', 'x']), commandFacts(['npm', 'test'], { ...NOW, program: null })];
    const facts = factsOf([], { commands });
    const action = lineAction('rm x; npm test');
    expect(evaluate(inputOf({ action, facts, policy: policyOf([pinned()]) }))).toEqual(
      changed('npm is another program than the one approved'),
    );
  });
});

describe(rules('INV-34')`a pattern of a builtin`, () => {
  const under = (text: string, command: Members) => {
    const facts = factsOf([], { commands: [commandFacts(text.split(' '), command)] });
    const policy = policyOf([patternOf(text, { program: undefined })]);
    return evaluate(inputOf({ action: lineAction(text), facts, policy }));
  };

  it('allows the builtin', () => {
    expect(under('echo hi', { program: null })).toEqual(ALLOWED);
  });

  it('asks for a program of that name', () => {
    expect(under('echo hi', { program: programOf('echo') })).toEqual(
      changed('echo was approved as a builtin of the shell'),
    );
  });

  it('is none of a program that was not found', () => {
    expect(under('later --now', { program: null })).toEqual(changed('later was approved as a builtin of the shell'));
  });

  it('is none where no shell reads the command', () => {
    const facts = factsOf([]);
    const command = simpleCommandFactsSchema.parse(commandFacts(['echo', 'hi'], { program: null }));
    const pattern = patternOf('echo hi', { program: undefined });
    const under = (shell: string | undefined) =>
      changedPins(pattern, { action: { cwd: FOLDER, shell }, facts, command });
    expect(under(BASH)).toEqual([]);
    expect(under(undefined)).toEqual(['echo was approved as a builtin of the shell']);
  });
});
