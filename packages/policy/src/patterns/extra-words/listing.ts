import { wordList } from '../../command/word-list.js';
import type { ExtraWords } from './extra-words.js';

/** `ls`: letters that GNU and BSD give no value. */
export const LISTING: readonly ExtraWords[] = [
  {
    command: ['ls'],
    flags: wordList(
      '--all --almost-all --human-readable --reverse --size --recursive --directory --classify',
      '--group-directories-first --inode --numeric-uid-gid --no-group --color=never',
    ),
    letters: 'alAhtrSRFdipnsgo1',
    numbers: [],
    isCounted: false,
    operands: 'paths',
  },
];
