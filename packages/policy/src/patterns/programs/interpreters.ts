import { wordList } from '../../command/word-list.js';

/** Interpreters by the letters of those of their options that take a program as text. Names are without a version. */
const BY_LETTERS: readonly (readonly [letters: string, names: readonly string[]])[] = [
  ['ep', wordList('node nodejs bun deno tsx ts-node ts-node-esm esno iojs electron babel-node vite-node')],
  [
    'e',
    wordList('qjs d8 jsc js gjs rhino jjs jshell coffee osascript swift groovy scala kotlin kotlinc elixir iex erl'),
  ],
  [
    'e',
    wordList('escript clojure clj lein bb runghc runhaskell ghci r rscript littler octave racket sbcl clisp ecl ccl'),
  ],
  ['e', wordList('emacs gst nickle sage awk gawk mawk nawk original-awk goawk')],
  ['c', wordList('python pythonw pypy ipython jython micropython guile tclsh wish jimsh bc dc m4')],
  ['c', wordList('ed red ex vi vim nvim vimdiff view rvim')],
  ['ce', wordList('sqlite psql mysql mariadb mongosh mongo redis-cli duckdb gnuplot maxima gp')],
  ['eE', wordList('perl raku rakudo julia ruby jruby irb pry crystal lua luajit luau texlua')],
  ['rBRE', wordList('php php-cgi hhvm')],
];

/**
 * Interpreters, and the letters of those of their options that take a program as text. Without words they read a program
 * from their input. `python` stands for `python3.12` too.
 */
export const INTERPRETERS: ReadonlyMap<string, string> = new Map(
  BY_LETTERS.flatMap(([letters, names]) => names.map((name) => [name, letters] as const)),
);
