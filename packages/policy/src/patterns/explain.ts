import { extraWordsFor } from './extra-words/table.js';
import type { ExtraWords } from './extra-words/extra-words.js';
import { mayBePiped } from './piped.js';
import { readPattern } from './read-pattern.js';

/** What a pattern will and will not match, for `airlock patterns add`; one line each. */
export function explainPattern(text: string): readonly string[] {
  const reading = readPattern(text);
  if (!reading.ok) return [`Refused: ${reading.message}.`, ...advice(reading.reason)];
  const { argv, allowsExtra } = reading.pattern;
  const allowed = allowsExtra ? extraWordsFor(argv) : undefined;
  return [
    `Matches: ${show(argv)}`,
    ...(allowed === undefined ? exact(argv) : extended(argv, allowed)),
    mayBePiped({ argv, isPiped: true })
      ? 'It may read the output of another approved command: `… | ` before it.'
      : 'It never matches behind `|`: what it reads there could decide what it does.',
    'A line of several commands (`&&` `||` `;` `|`) is approved only if every one of them matches a pattern.',
    'Never approved: `$` and other expansions, `*`, `~/`, `&`, redirections other than 2>&1, 1>&2, >/dev/null and 2>/dev/null, assignments, `cd`.',
  ];
}

function advice(reason: string): readonly string[] {
  return reason === 'pattern_too_broad'
    ? ['Write the complete command, word by word. Shells, and programs that are given as text, are never patterns.']
    : ['A pattern is the words of one simple command, optionally followed by ` *`.'];
}

function exact(argv: readonly string[]): readonly string[] {
  return ['Nothing else: no word more, no word less, in this order.', `Does not match: ${show([...argv, '--help'])}`];
}

function extended(argv: readonly string[], allowed: ExtraWords): readonly string[] {
  const subcommand = allowed.command.join(' ');
  if (allowed.operands === 'anything') return [`Also with any words behind it; \`${subcommand}\` only prints them.`];
  const lines: string[] = [];
  const flags = [
    ...Array.from(allowed.letters).map((letter) => `-${letter}`),
    ...allowed.flags,
    ...(allowed.isCounted ? ['-5'] : []),
    ...allowed.numbers.map((flag) => (flag.startsWith('--') ? `${flag}=5` : `${flag}5`)),
  ];
  if (flags.length > 0) lines.push(`Also with these behind it: ${flags.join(' ')}`);
  if (allowed.operands === 'revisions')
    lines.push('Also with revisions and relative paths behind it: HEAD~1, main, src/index.ts, -- src');
  if (allowed.operands === 'paths') lines.push('Also with relative paths behind it: src, -- src/index.ts');
  const never = ['--output=file', '/etc', '../other', '~/notes'];
  return [...lines, `Does not match: ${never.map((word) => show([...argv, word])).join(' · ')}`];
}

/** Words as one would type them. */
function show(argv: readonly string[]): string {
  return argv.map((word) => (word === '' || /[^A-Za-z0-9_./:@%+,=~-]/.test(word) ? `'${word}'` : word)).join(' ');
}
