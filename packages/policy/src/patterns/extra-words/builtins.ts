import type { ExtraWords } from './extra-words.js';

const NOTHING = { flags: [], letters: '', numbers: [], isCounted: false } as const;

/** Builtins that only print. What `printf` may be given has been decided by the lexer. */
export const BUILTINS: readonly ExtraWords[] = [
  { ...NOTHING, command: ['echo'], operands: 'anything' },
  { ...NOTHING, command: ['printf'], operands: 'anything' },
  { ...NOTHING, command: ['pwd'], flags: ['-L', '-P'], operands: 'none' },
  { ...NOTHING, command: ['true'], operands: 'none' },
  { ...NOTHING, command: ['false'], operands: 'none' },
];
