import type { Command } from 'commander';
import type { Cli } from '../../cli/context.js';

type Shell = 'bash' | 'zsh' | 'fish';

interface Node {
  /** Words from the program to this command, joined by one blank. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly text: string }[];
}

function wordsOf(command: Command): Node['words'] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).map((each) => ({ word: each.name(), text: each.summary() }));
  const flags = help.visibleOptions(command).map((each) => ({ word: each.long ?? each.flags, text: each.description }));
  const choices = command.registeredArguments.flatMap((each) => each.argChoices ?? []);
  return [...commands, ...choices.map((word) => ({ word, text: '' })), ...flags];
}

/** Every visible command with what can follow it. */
export function completionNodes(command: Command, path = command.name()): readonly Node[] {
  const children = command.createHelp().visibleCommands(command);
  return [
    { path, words: wordsOf(command) },
    ...children.flatMap((each) => completionNodes(each, `${path} ${each.name()}`)),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(
    (node) => `    ${quoted(node.path)}) words=${quoted(node.words.map((each) => each.word).join(' '))} ;;`,
  );
  return `# bash completion for airlock
_airlock() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path=airlock words='' i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -- ]] && { COMPREPLY=(); return; }
    case " $(_airlock_commands) " in *" $path $word;"*) path="$path $word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
_airlock_commands() { printf '%s; ' ${nodes.map((node) => quoted(node.path)).join(' ')}; }
complete -o bashdefault -o default -F _airlock airlock
`;
}

function zsh(nodes: readonly Node[]): string {
  const describe = (node: Node) =>
    node.words.map((each) => quoted(`${each.word.replaceAll(':', '\\:')}:${each.text}`)).join(' ');
  const cases = nodes.map((node) => `    ${quoted(node.path)}) words_here=(${describe(node)}) ;;`);
  return `#compdef airlock
_airlock() {
  local where=airlock word
  local -a words_here known
  known=(${nodes.map((node) => quoted(node.path)).join(' ')})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ $word == -- ]] && { _normal; return; }
    (( \${known[(Ie)$where $word]} )) && where="$where $word"
  done
  case "$where" in
${cases.join('\n')}
  esac
  _describe -t commands airlock words_here || _files
}
compdef _airlock airlock
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) =>
    node.words.map((each) => {
      const what = each.word.startsWith('--') ? `-l ${each.word.slice(2)}` : `-f -a ${quoted(each.word)}`;
      return `complete -c airlock -n '__airlock_at ${node.path}' ${what} -d ${quoted(each.text)}`;
    }),
  );
  return `# fish completion for airlock
set -g __airlock_known ${nodes.map((node) => quoted(node.path)).join(' ')}
function __airlock_at
  set -l where airlock
  for word in (commandline -opc)[2..-1]
    contains -- "$where $word" $__airlock_known; and set where "$where $word"
  end
  test "$where" = "$argv"
end
${lines.join('\n')}
`;
}

const WRITERS: Readonly<Record<Shell, (nodes: readonly Node[]) => string>> = { bash, zsh, fish };

/** `airlock completion`: generated from the command tree itself. */
export function completion(cli: Cli, program: Command, shell: Shell): number {
  cli.emit(WRITERS[shell](completionNodes(program)).trimEnd());
  return 0;
}
