import { wordList } from '../../command/word-list.js';

/** Shells: whatever follows one as its words is read as a program, so that no pattern may begin with one. */
export const SHELLS: ReadonlySet<string> = new Set(
  wordList(
    'sh bash rbash dash ash zsh rzsh ksh rksh mksh lksh pdksh oksh yash posh csh tcsh fish rc es elvish nu',
    'xonsh osh ysh oil ion murex hush scsh busybox toybox pwsh powershell cmd command.com git-shell su sulogin',
    'chsh',
  ),
);
