import { wordList } from './word-list.js';

/*
 * First words that a shell understands itself. Only the harmless builtins may begin a command.
 */

/** Reserved words of bash, dash and zsh, and the modifiers of zsh that stand before a command. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  wordList(
    'if then else elif fi for in do done while until case esac function select time coproc foreach end repeat',
    'always nocorrect noglob - namespace',
  ),
);

/** Change the shell, so that a later word means something else, or evaluate text. */
const EVALUATING_OR_CHANGING = wordList(
  '. : alias bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs',
  'disown enable eval exec exit export fc fg getopts hash help history jobs kill let local logout mapfile',
  'popd pushd read readarray readonly return set shift shopt source suspend test times trap type typeset',
  'ulimit umask unalias unset wait',
);

/** Of zsh and its modules; `run-help` and `which-command` are aliases that every zsh starts with. */
const ZSH = wordList(
  'autoload bindkey bye cap clone compadd comparguments compcall compctl compdescribe compfiles compgroups',
  'compquote compset comptags comptry compvalues disable echotc echoti emulate example float functions',
  'getcap getln integer limit log print private pushln r rehash run-help sched setcap setopt stat strftime',
  'syserror sysopen sysread sysseek syswrite ttyctl unfunction unhash unlimit unsetopt vared whence where',
  'which which-command zcompile zcurses zdelattr zf_chgrp zf_chmod zf_chown zf_ln zf_mkdir zf_mv zf_rm',
  'zf_rmdir zf_sync zformat zftp zgdbmpath zgetattr zle zlistattr zmodload zparseopts zprof zpty zregexparse',
  'zselect zsetattr zsh-newuser-install zsocket zstat zstyle zsystem ztcp ztie zuntie zgdbm',
);

/** Of the Korn shells, BusyBox and others that may be behind the name `sh`. */
const OTHER = wordList('alarm array compound enum global hist jobid login nameref newgrp redirect setvar stop wordexp');

/** Builtins that may not begin a command. */
export const REFUSED_BUILTINS: ReadonlySet<string> = new Set([...EVALUATING_OR_CHANGING, ...ZSH, ...OTHER]);

/** Builtins that only print; of `printf` see {@link isHarmlessPrintf}. */
export const HARMLESS_BUILTINS: ReadonlySet<string> = new Set(['echo', 'pwd', 'true', 'false', 'printf']);

/** Begin a subscript or a substitution, were the word evaluated. */
const EVALUATED = ['[', '$', '`'];

const DIGITS = new Set('0123456789');

/**
 * `printf` assigns with `-v` and `%n`, and in zsh evaluates what `%d`, `%f` and `*` are given as arithmetic, subscripts and
 * assignments included. What is left is `%%` and `%s`, with a width at most.
 */
export function isHarmlessPrintf(words: readonly string[]): boolean {
  const [format = ''] = words;
  return (
    !format.startsWith('-') &&
    words.every((word) => !EVALUATED.some((mark) => word.includes(mark)) && hasOnlyText(word))
  );
}

/** Every `%` of the word is part of `%%` or of `%s`. */
function hasOnlyText(word: string): boolean {
  for (let at = word.indexOf('%'); at !== -1; at = word.indexOf('%', at + 1)) {
    at += 1;
    if (word.charAt(at) === '%') continue;
    if (word.charAt(at) === '-') at += 1;
    while (DIGITS.has(word.charAt(at))) at += 1;
    if (word.charAt(at) !== 's') return false;
  }
  return true;
}
