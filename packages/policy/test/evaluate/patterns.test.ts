import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { actionFactsSchema } from '../../src/facts.js';
import {
  actionOf,
  argvAction,
  commandFacts,
  factsOf,
  hash,
  inputOf,
  lineAction,
  patternOf,
  policyOf,
  programOf,
} from './inputs.js';

const allowedBy = (...patternIds: string[]) => ({ kind: 'allow', basis: { kind: 'pattern', patternIds } });
const asked = (reason: string, detail?: string) => ({
  kind: 'ask',
  reason,
  ...(detail === undefined ? {} : { detail }),
});

/** The verdict on a line under patterns, with facts about its commands. */
function verdict(
  line: string,
  patterns: readonly string[],
  commands: readonly (readonly string[])[] = [line.split(' ')],
) {
  const action = lineAction(line);
  return evaluate(
    inputOf({ action, facts: factsOf(commands), policy: policyOf(patterns.map((text) => patternOf(text))) }),
  );
}

describe(rules('ENF-170', 'LOC-045', 'INV-28')`signed patterns`, () => {
  it.each<readonly [string, readonly string[], object]>([
    ['git status', ['git status'], allowedBy('pat-1')],
    ['git status', ['npm test', 'git status'], allowedBy('pat-2')],
    ['git status', ['git status', 'git status *'], allowedBy('pat-1')],
    ['git status -sb', ['git status *'], allowedBy('pat-1')],
    ['git push', ['git status'], asked('no_match', 'git push')],
    ['rm a.txt', ['git status'], asked('no_match', 'rm a.txt')],
    ['sudo git status', ['git status'], asked('wrapper', 'sudo')],
    ['node x.js', ['git status'], asked('interpreter', 'node')],
    ['git status --exec=x', ['git status *'], asked('extra_words', '--exec=x')],
    ['npm test x', ['npm test'], asked('extra_words', 'x')],
    ['git status', [], asked('no_rule')],
    ['git status $X', [], asked('no_rule')],
    ['git status $X', ['git status'], asked('expansion', '$')],
    ['git status', ['git *'], asked('no_match', 'git status')],
    ['git status', ['git *', 'git status'], allowedBy('pat-2')],
  ])('%s under %j', (line, patterns, expected) => {
    expect(verdict(line, patterns)).toEqual(expected);
  });

  it.each<readonly [string, readonly string[], readonly string[][], object]>([
    [
      'git status && echo hi',
      ['echo hi', 'git status'],
      [
        ['git', 'status'],
        ['echo', 'hi'],
      ],
      allowedBy('pat-2', 'pat-1'),
    ],
    [
      'echo a; echo a',
      ['echo a'],
      [
        ['echo', 'a'],
        ['echo', 'a'],
      ],
      allowedBy('pat-1', 'pat-1'),
    ],
    [
      'git status; rm x',
      ['git status'],
      [
        ['git', 'status'],
        ['rm', 'x'],
      ],
      asked('no_match', 'rm x'),
    ],
    [
      'rm x; git status',
      ['git status'],
      [
        ['rm', 'x'],
        ['git', 'status'],
      ],
      asked('no_match', 'rm x'),
    ],
    [
      'rm x; mv y z',
      ['git status'],
      [
        ['rm', 'x'],
        ['mv', 'y', 'z'],
      ],
      asked('no_match', 'rm x'),
    ],
    [
      'rm x; npm test y',
      ['npm test'],
      [
        ['rm', 'x'],
        ['npm', 'test', 'y'],
      ],
      asked('extra_words', 'y'),
    ],
    [
      'npm test y; rm x',
      ['npm test'],
      [
        ['npm', 'test', 'y'],
        ['rm', 'x'],
      ],
      asked('extra_words', 'y'),
    ],
    [
      'echo a | npm test',
      ['npm test', 'echo a'],
      [
        ['echo', 'a'],
        ['npm', 'test'],
      ],
      asked('piped_input', 'npm'),
    ],
  ])('%s under %j', (line, patterns, commands, expected) => {
    expect(verdict(line, patterns, commands)).toEqual(expected);
  });

  it('redirections of the fixed list change nothing', () => {
    expect(verdict('git status 2>&1', ['git status'], [['git', 'status']])).toEqual(allowedBy('pat-1'));
  });

  it('cover commands only', () => {
    const policy = policyOf([patternOf('git status')]);
    for (const kind of ['file-edit', 'mcp-call', 'tool', 'git-commit', 'git-push'] as const) {
      expect(evaluate(inputOf({ action: actionOf(kind), policy }))).toEqual(asked('no_rule'));
    }
  });
});

describe(rules('ENF-170')`a command without a shell`, () => {
  const policy = policyOf([
    patternOf('git status'),
    patternOf('npm test'),
    patternOf('echo hi', { program: programOf('echo') }),
  ]);
  const facts = (argv: readonly string[]) =>
    factsOf([argv], { commands: [commandFacts(argv, { program: programOf(argv[0] ?? '') })] });

  it('is its argv, whatever shell was pinned', () => {
    for (const argv of [
      ['git', 'status'],
      ['npm', 'test'],
      ['echo', 'hi'],
    ]) {
      expect(evaluate(inputOf({ action: argvAction(argv), facts: facts(argv), policy })).kind).toBe('allow');
    }
  });

  it('is not its text', () => {
    const action = argvAction(['git', 'push'], { commandText: 'git status' });
    expect(evaluate(inputOf({ action, facts: facts(['git', 'push']), policy }))).toEqual(asked('no_match', 'git push'));
  });

  it('is never a builtin', () => {
    const builtin = policyOf([patternOf('echo hi', { program: undefined })]);
    const action = argvAction(['echo', 'hi']);
    const detail = 'echo was approved as a builtin of the shell';
    expect(evaluate(inputOf({ action, facts: facts(['echo', 'hi']), policy: builtin }))).toEqual(
      asked('pin_changed', detail),
    );
  });

  it.each<readonly [string, object]>([
    ['none', allowedBy('pat-2')],
    ['tty', allowedBy('pat-2')],
    ['pipe', asked('piped_input', 'npm')],
    ['file', asked('piped_input', 'npm')],
  ])('reads its input from %s', (stdin, expected) => {
    const argv = ['npm', 'test'];
    expect(evaluate(inputOf({ action: argvAction(argv, { stdin }), facts: facts(argv), policy }))).toEqual(expected);
  });

  it('hands the input of its shell to every command', () => {
    const commands = [
      ['echo', 'hi'],
      ['npm', 'test'],
    ];
    const piped = (stdin: string) => {
      const patterns = policyOf([patternOf('npm test'), patternOf('echo hi')]);
      return evaluate(
        inputOf({ action: lineAction('echo hi; npm test', { stdin }), facts: factsOf(commands), policy: patterns }),
      );
    };
    expect(piped('none')).toEqual(allowedBy('pat-2', 'pat-1'));
    expect(piped('file')).toEqual(asked('piped_input', 'npm'));
  });
});

describe(rules('LOC-045')`facts`, () => {
  const policy = policyOf([patternOf('git status'), patternOf('echo hi')]);
  const about = (...commands: (readonly string[])[]) => factsOf(commands);
  const OTHER = asked('no_facts', 'the collected facts are about another command');

  it('are needed', () => {
    expect(evaluate(inputOf({ facts: null, policy }))).toEqual(asked('no_facts'));
    expect(evaluate(inputOf({ facts: null }))).toEqual(asked('no_rule'));
  });

  it.each([
    ['of no command', about()],
    ['of another command', about(['git', 'push'])],
    ['of a longer command', about(['git', 'status', '-s'])],
    ['of a shorter command', about(['git'])],
    ['of one more command', about(['git', 'status'], ['echo', 'hi'])],
  ])('%s lead to a question', (_, facts) => {
    expect(evaluate(inputOf({ facts, policy }))).toEqual(OTHER);
  });

  it('come in the order of the commands', () => {
    const action = lineAction('git status; echo hi');
    const [one, other] = [about(['git', 'status'], ['echo', 'hi']), about(['echo', 'hi'], ['git', 'status'])];
    expect(evaluate(inputOf({ action, facts: one, policy }))).toEqual(allowedBy('pat-1', 'pat-2'));
    expect(evaluate(inputOf({ action, facts: other, policy }))).toEqual(OTHER);
  });

  const script = { path: '/usr/bin/node', sha256: hash('9') };
  const chained = commandFacts(['git', 'status'], { interpreters: [programOf('node', { sha256: hash('9') })] });
  const interpreted = (interpreters: unknown) => ({ extensions: { 'airlock.interpreters': interpreters } });
  const plain = commandFacts(['git', 'status']);

  it.each<readonly [string, Record<string, unknown>, Record<string, unknown>, boolean]>([
    ['the same program', {}, plain, true],
    ['another path', { program: '/tmp/git' }, plain, false],
    ['another content', { programSha256: hash('b') }, plain, false],
    ['no program', {}, { ...plain, program: null }, false],
    ['the same interpreters', interpreted([script]), chained, true],
    ['interpreters that are not bound', {}, chained, false],
    ['interpreters that nobody found', interpreted([script]), plain, false],
    ['another interpreter', interpreted([{ ...script, path: '/tmp/node' }]), chained, false],
    ['a changed interpreter', interpreted([{ ...script, sha256: hash('8') }]), chained, false],
    ['one interpreter more', interpreted([script, script]), chained, false],
    ['interpreters of another form', interpreted(script), chained, false],
    ['interpreters that are no objects', interpreted(['node']), chained, false],
  ])('speak of the program that the action binds: %s', (_, members, command, fits) => {
    const pinned = patternOf('git status', { interpreters: command['interpreters'] });
    const facts = actionFactsSchema.parse({ ...factsOf([]), commands: [command] });
    const action = argvAction(['git', 'status'], members);
    expect(evaluate(inputOf({ action, facts, policy: policyOf([pinned]) }))).toEqual(fits ? allowedBy('pat-1') : OTHER);
  });

  it('of unknown input ask about what a pattern covers', () => {
    const facts = factsOf([['git', 'status']], { unknownInput: ['sandbox'] });
    expect(evaluate(inputOf({ facts, policy }))).toEqual(asked('unknown_input', 'sandbox'));
  });
});

describe(rules('INV-33', 'INV-35')`patterns that are not valid or not there`, () => {
  const LINES = ['git status', 'git status -s', 'npm test', 'echo hi && git status', 'rm -rf /', 'git log --oneline'];
  const TEXTS = [
    'git status',
    'git status *',
    'npm test',
    'echo hi',
    'git log *',
    'git *',
    'bash -c x',
    '*',
    '',
    'rm -rf /; ls',
  ];
  const commandsOf = (line: string) => line.split(' && ').map((one) => one.split(' '));

  it('removing one never approves more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINES),
        fc.subarray(TEXTS.filter((text) => text !== '')),
        fc.nat(),
        (line, texts, index) => {
          const all = verdict(line, texts, commandsOf(line));
          const fewer = verdict(
            line,
            texts.filter((_, at) => at !== index % (texts.length + 1)),
            commandsOf(line),
          );
          expect(all.kind === 'allow' || fewer.kind === 'ask').toBe(true);
        },
      ),
    );
  });

  it('invalid and broad ones approve nothing', () => {
    for (const line of LINES) {
      expect(verdict(line, ['git *', 'bash -c x', '*', 'rm -rf /; ls', 'npm', 'git'], commandsOf(line)).kind).toBe(
        'ask',
      );
    }
  });
});
