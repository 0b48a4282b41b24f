/** How a shell is started and given its lines. */
export interface ShellSetting {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** A builtin `printf`, whatever functions there are. */
  readonly printf: string;
  /**
   * `eval`: every line in an `eval` of its own, in a subshell of its own. `typed`: every line as a line of the shell's
   * input, as an interactive shell without an editor reads it, history
   * expansion included.
   */
  readonly mode: 'eval' | 'typed';
}

const ZSH_OPTIONS = [
  ...[
    'extendedglob',
    'magicequalsubst',
    'rcquotes',
    'braceccl',
    'kshglob',
    'nullglob',
    'globdots',
    'globsubst',
    'globassign',
  ],
  ...['rcexpandparam', 'shwordsplit', 'autocd', 'cdablevars', 'banghist', 'interactivecomments', 'histsubstpattern'],
  ...[
    'cshjunkiehistory',
    'cshjunkiequotes',
    'cshjunkieloops',
    'numericglobsort',
    'aliasfuncdef',
    'autonamedirs',
    'chaselinks',
  ],
];
const BASH_OPTIONS = [
  'extglob',
  'nullglob',
  'globstar',
  'dotglob',
  'autocd',
  'cdable_vars',
  'expand_aliases',
  'nocaseglob',
];

const zsh = { program: 'zsh', printf: 'builtin printf' } as const;
const bash = { program: 'bash', printf: 'builtin printf' } as const;
const dash = { program: 'dash', printf: 'command printf' } as const;

const zshOptions = ZSH_OPTIONS.flatMap((option) => ['-o', option]);
const bashOptions = BASH_OPTIONS.flatMap((option) => ['-O', option]);

/** The shells as they are, and as people set them up. */
export const SETTINGS: readonly ShellSetting[] = [
  { ...dash, name: 'dash', args: [], mode: 'eval' },
  { ...bash, name: 'bash', args: ['--norc', '--noprofile'], mode: 'eval' },
  { ...zsh, name: 'zsh', args: ['-f'], mode: 'eval' },
  { ...zsh, name: 'zsh with options', args: ['-f', ...zshOptions], mode: 'eval' },
  { ...dash, name: 'interactive dash', args: ['-i', '-s'], mode: 'typed' },
  {
    ...bash,
    name: 'interactive bash with options',
    args: ['--norc', '--noprofile', '--noediting', ...bashOptions, '-i', '-s'],
    mode: 'typed',
  },
  { ...zsh, name: 'interactive zsh with options', args: ['-f', ...zshOptions, '-i', '-s'], mode: 'typed' },
  { ...bash, name: 'bash as sh', args: ['--norc', '--noprofile', '--posix', '--noediting', '-i', '-s'], mode: 'typed' },
  { ...zsh, name: 'zsh as ksh', args: ['--emulate', 'ksh', '-f', '-i', '-s'], mode: 'typed' },
];
