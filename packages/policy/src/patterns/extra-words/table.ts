import { BUILTINS } from './builtins.js';
import { type ExtraWords, firstRefusedWord } from './extra-words.js';
import { GIT } from './git.js';
import { LISTING } from './listing.js';

/** Every subcommand that has a list of harmless words. All others are matched word by word only. */
export const EXTRA_WORDS: readonly ExtraWords[] = [...GIT, ...LISTING, ...BUILTINS];

/** The list for a command, by its first words. */
export function extraWordsFor(argv: readonly string[]): ExtraWords | undefined {
  return EXTRA_WORDS.find(({ command }) => command.every((word, index) => word === argv[index]));
}

/** Whether all words behind the subcommand are on its list: then the command does nothing but read and print. */
export function isHarmless(argv: readonly string[]): boolean {
  const allowed = extraWordsFor(argv);
  return allowed !== undefined && firstRefusedWord(allowed, argv.slice(allowed.command.length)) === undefined;
}
