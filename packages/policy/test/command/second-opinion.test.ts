import { rules } from '@airlock/conformance';
import { parse } from 'unbash';
import { describe, expect, it } from 'vitest';
import { type ParsedCommand, parseLine } from '../../src/command/parse-line.js';
import { secondOpinionAgrees, type ShellParser } from '../../src/command/second-opinion.js';

const LINE = 'git log \'a b\'"c" 2>&1 | head -5 && a x=1 >/dev/null || b; c 1>&2';

function commandsOf(line: string): readonly ParsedCommand[] {
  const parsed = parseLine(line);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.commands;
}

/** The true tree of a line after a change to it. */
function changed(line: string, change: (tree: any) => void): ShellParser {
  return () => {
    const tree = JSON.parse(JSON.stringify(plain(parse(line))));
    change(tree);
    return tree;
  };
}

/** Lazy members of the tree included. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return node;
  const keys = new Set([...Object.keys(node), ...('text' in node && 'value' in node ? ['parts', 'value'] : [])]);
  return Object.fromEntries([...keys].map((key) => [key, plain((node as Record<string, unknown>)[key])]));
}

describe(rules('ENF-170', 'INV-35')`the second opinion agrees`, () => {
  it.each([
    LINE,
    'git',
    'a b;c d',
    'a|b|c',
    "echo ''",
    'echo \'x\'"y"z',
    'a && b || c && d',
    'a 2>/dev/null b',
    'echo "" a',
  ])('with %j', (line) => {
    expect(secondOpinionAgrees(line, commandsOf(line))).toBe(true);
    expect(
      secondOpinionAgrees(
        line,
        commandsOf(line),
        changed(line, () => undefined),
      ),
    ).toBe(true);
  });
});

describe(rules('ENF-170', 'INV-35')`the second opinion vetoes`, () => {
  it.each([
    ['a b', 'a c'],
    ['a b', 'a'],
    ['a', 'a b'],
    ['a b', "'a b'"],
    ['a; b', 'a'],
    ['a', 'a; b'],
    ['a; b', 'a && b'],
    ['a && b', 'a || b'],
    ['a | b', 'a; b'],
    ['a | b', 'a || b'],
    ['a; b', 'a; c'],
    ['a 2>&1', 'a'],
    ['a', 'a 2>&1'],
    ['a 2>&1', 'a 1>&2'],
    ['a 2>&1 >/dev/null', 'a >/dev/null 2>&1'],
    ['a', ''],
  ])('when %j reads like %j', (line, other) => {
    // The text is that of the other parser, so that only the reading differs.
    expect(secondOpinionAgrees(other, commandsOf(line), () => parse(other))).toBe(false);
  });

  it.each([
    'a &',
    'a & b',
    '! a',
    'time a',
    'a |& b',
    '(a)',
    '{ a; }',
    'if a; then b; fi',
    'a() { b; }',
    'x=1 a',
    'x=1',
    '>f a',
    'a <<< b',
    'a <<E\nE',
    'a $x',
    'a "$x"',
    'a `b`',
    'a *',
    'a {b,c}',
    "a $'b'",
    'a $"b"',
    'a <(b)',
    '[[ a ]]',
    'coproc a',
    'for a in b; do c; done',
    'declare x=1',
    'a "',
    'a &&',
    ') a',
  ])('for any commands when the line is %j', (line) => {
    for (const commands of [commandsOf('a'), commandsOf('a b'), commandsOf('a; b'), commandsOf('a | b'), []]) {
      expect(secondOpinionAgrees(line, commands)).toBe(false);
    }
  });

  const pipeline = (tree: any) => tree.commands[0].command.commands[0];
  const command = (tree: any) => pipeline(tree).commands[0];

  it.each<[string, (tree: any) => void]>([
    ['an error', (tree) => (tree.errors = [{ message: 'x', pos: 0 }])],
    ['a shebang', (tree) => (tree.shebang = '#!/bin/sh')],
    ['a background command', (tree) => (tree.commands[0].background = true)],
    ['a negated pipeline', (tree) => pipeline(tree).prefixes.push({ type: 'Negation' })],
    ['another pipe', (tree) => (pipeline(tree).operators[0] = '|&')],
    ['no pipe', (tree) => (pipeline(tree).operators = [])],
    ['an assignment before a command', (tree) => command(tree).prefix.push({ type: 'Assignment' })],
    ['no command word', (tree) => delete command(tree).name],
    ['an assignment as an argument', (tree) => command(tree).suffix.push({ type: 'Assignment' })],
    ['a here-document', (tree) => command(tree).suffix.push({ type: 'HereDoc' })],
    ['a compound command', (tree) => (command(tree).type = 'Subshell')],
    ['a function', (tree) => (command(tree).type = 'Function')],
    ['another word', (tree) => (command(tree).suffix[0].value = 'lag')],
    ['another command word', (tree) => (command(tree).name.value = 'got')],
    ['an expanding word', (tree) => (command(tree).suffix[0].parts = [{ type: 'Glob' }])],
    ['an expanding command word', (tree) => (command(tree).name.parts = [{ type: 'BraceExpansion' }])],
    [
      'an expansion in double quotes',
      (tree) => command(tree).suffix[1].parts[1].parts.push({ type: 'SimpleExpansion' }),
    ],
    ['an expansion beside a quote', (tree) => command(tree).suffix[1].parts.push({ type: 'CommandExpansion' })],
    ['another redirection', (tree) => (command(tree).suffix[2].end += 1)],
    ['another operator', (tree) => (tree.commands[0].command.operators[0] = '||')],
    ['a command less', (tree) => tree.commands.pop()],
    ['a command more', (tree) => tree.commands.push(tree.commands[1])],
    ['nothing', (tree) => (tree.commands = [])],
    ['no tree', (tree) => delete tree.commands],
  ])('when the tree has %s', (_, change) => {
    expect(secondOpinionAgrees(LINE, commandsOf(LINE), changed(LINE, change))).toBe(false);
  });

  it('when the parser throws, whatever it throws', () => {
    for (const thrown of [new Error('x'), new RangeError('stack'), new TypeError('undefined')]) {
      const parser: ShellParser = () => {
        throw thrown;
      };
      expect(secondOpinionAgrees('a', commandsOf('a'), parser)).toBe(false);
    }
  });

  it('when the parser gives nothing at all', () => {
    for (const nothing of [undefined, null, 7, {}, []]) {
      expect(secondOpinionAgrees('a', commandsOf('a'), () => nothing as any)).toBe(false);
    }
  });

  it('not when the list of errors is empty', () => {
    expect(
      secondOpinionAgrees(
        'a',
        commandsOf('a'),
        changed('a', (tree) => (tree.errors = [])),
      ),
    ).toBe(true);
  });
});
