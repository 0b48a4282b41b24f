import { wordList } from '../../command/word-list.js';
import type { ExtraWords } from './extra-words.js';

/*
 * Not here, on purpose: --ext-diff and --textconv run configured programs, --output writes, --no-index and -O read any file,
 * -S, -G, --grep and --author evaluate expressions, --format with %G and --show-signature run gpg, --stdin reads further words.
 */

const DIFF = wordList(
  '--stat --shortstat --numstat --summary --compact-summary --name-only --name-status --patch -p -u',
  '--no-patch -s --raw --minimal --patience --histogram --full-index --word-diff -w -b --ignore-all-space',
  '--ignore-space-change --ignore-blank-lines --ignore-space-at-eol --find-renames -M --no-renames',
  '--no-ext-diff --no-textconv --no-color --color=never -z --no-prefix --diff-filter=A --diff-filter=D',
  '--diff-filter=M --diff-filter=R --no-indent-heuristic',
);

const COMMITS = wordList(
  '--oneline --abbrev-commit --no-abbrev-commit --decorate --decorate=short --decorate=full --no-decorate',
  '--pretty=oneline --pretty=short --pretty=medium --pretty=full --pretty=fuller --pretty=reference',
  '--format=oneline --format=short --format=medium --format=full --format=fuller --format=reference',
  '--format=%H --format=%h --format=%s --date=short --date=iso --date=iso-strict --date=relative --date=rfc',
  '--date=unix --date=local --no-notes --first-parent --merges',
);

/** `git` subcommands that only read, and only what the repository holds. */
export const GIT: readonly ExtraWords[] = [
  {
    command: ['git', 'status'],
    flags: wordList(
      '--short --branch --long --porcelain --porcelain=v1 --porcelain=v2 --show-stash -z -u -uno -unormal -uall',
      '--untracked-files --untracked-files=no --untracked-files=normal --untracked-files=all --ignored --renames',
      '--no-renames --ahead-behind --no-ahead-behind',
    ),
    letters: 'sb',
    numbers: [],
    isCounted: false,
    operands: 'paths',
  },
  {
    command: ['git', 'log'],
    flags: [
      ...DIFF,
      ...COMMITS,
      ...wordList(
        '--graph --all --branches --tags --remotes --no-merges --reverse --follow --full-history --date-order',
        '--topo-order --author-date-order --simplify-by-decoration --left-right --cherry-pick',
      ),
    ],
    letters: '',
    numbers: ['-n', '-U', '--max-count', '--skip', '--unified', '--abbrev'],
    isCounted: true,
    operands: 'revisions',
  },
  {
    command: ['git', 'diff'],
    flags: [...DIFF, '--cached', '--staged', '--merge-base', '--exit-code', '--quiet', '--check'],
    letters: '',
    numbers: ['-U', '--unified', '--abbrev'],
    isCounted: false,
    operands: 'revisions',
  },
  {
    command: ['git', 'show'],
    flags: [...DIFF, ...COMMITS],
    letters: '',
    numbers: ['-U', '--unified', '--abbrev'],
    isCounted: false,
    operands: 'revisions',
  },
  {
    command: ['git', 'branch'],
    flags: ['--all', '--remotes', '--list', '--verbose', '--show-current', '--no-color', '--no-column'],
    letters: 'arv',
    numbers: [],
    isCounted: false,
    operands: 'none',
  },
  { command: ['git', 'remote'], flags: ['--verbose'], letters: 'v', numbers: [], isCounted: false, operands: 'none' },
];
