import { createHash } from 'node:crypto';
import type { AnyHook, HookProgram } from './model.js';

/** Version of the scripts below; it stands in their second line. */
const VERSION = 1;

const MARK = /^#!\/bin\/sh\n# airlock-hook ([1-9]\d{0,5}) ([0-9a-f]{64})\n/;

/** Name under which a hook that was there before is kept, beside ours. */
export function chainedName(hook: AnyHook): string {
  return `${hook}.before-airlock`;
}

/** Whether a text is a hook of ours, and as it was written. */
export type Mark = 'foreign' | 'changed' | 'outdated' | 'intact';

/** Reads the second line: our mark, the version, and the hash of everything after it. */
export function markOf(text: string): Mark {
  const found = MARK.exec(text);
  if (found === null) return 'foreign';
  const [head, version, hash] = found;
  if (sha256(text.slice(head.length)) !== hash) return 'changed';
  return Number(version) === VERSION ? 'intact' : 'outdated';
}

/**
 * The script of a hook. Whatever goes wrong in it stops git, except where git does nothing that concerns us: such an update
 * leaves it before anything is started.
 */
export function hookScript(hook: AnyHook, program: HookProgram): string {
  const body = [HEADER, places(hook, program), INPUT, chain(hook), ask(hook, program), BODIES[hook]].join('\n');
  return `#!/bin/sh\n# airlock-hook ${VERSION} ${sha256(body)}\n${body}`;
}

/** The program and Node that a script of ours starts; null for text that is none. */
export function programOf(text: string): Pick<HookProgram, 'node' | 'program'> | null {
  const [, node] = /^node='(.*)'$/m.exec(text) ?? [];
  const [, program] = /^program='(.*)'$/m.exec(text) ?? [];
  return node === undefined || program === undefined ? null : { node: unquoted(node), program: unquoted(program) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function unquoted(inner: string): string {
  return inner.replaceAll(`'\\''`, "'");
}

const HEADER = `# Written by "airlock git install"; "airlock git uninstall" puts back what was here. Not to be edited.
`;

function places(hook: AnyHook, { node, program, command: airlock }: HookProgram): string {
  return `node=${quoted(node)}\nprogram=${quoted(hook === 'pre-receive' ? airlock : program)}\n`;
}

/** Hooks that git tells something on standard input. */
const READS: ReadonlySet<AnyHook> = new Set(['pre-push', 'pre-receive', 'reference-transaction']);

const INPUT = `line_feed='
'
input=
# What git says, without its last line feed. A few lines the shell reads by itself: that is faster than to start a program.
read_input() {
  count=0
  while [ "$count" -lt 16 ] && { IFS= read -r line || [ -n "$line" ]; }; do
    input=\${input:+$input$line_feed}$line
    count=$((count + 1))
  done
  [ "$count" -eq 16 ] || return 0
  rest=$(cat)
  input=$input\${rest:+$line_feed$rest}
}

# The same once more.
replay() {
  [ -z "$input" ] || printf '%s\\n' "$input" 2>/dev/null
}

refuse() {
  printf 'airlock: hook_missing %s\\n' "$1" >&2
  exit 1
}
`;

/** The hook that was here before comes first, and its refusal is the answer. */
function chain(hook: AnyHook): string {
  const call = READS.has(hook)
    ? `  read_input
  replay | "$before" "$@" || exit`
    : `  "$before" "$@" || exit`;
  return `before=\${0%/*}/${chainedName(hook)}
# Moved aside by a hook manager that calls this file by another name: not the same hook twice.
[ "\${0##*/}" = ${hook} ] || ! cmp -s "\${0%/*}/${hook}" "$before" || before=
if [ -n "$before" ] && [ -x "$before" ]; then
${call}
fi
`;
}

/** Variables that change what Node loads or trusts. */
const UNSET = [
  'NODE_OPTIONS NODE_PATH NODE_REPL_EXTERNAL_MODULE NODE_V8_COVERAGE NODE_REDIRECT_WARNINGS NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED NODE_ICU_DATA NODE_DEBUG NODE_COMPILE_CACHE OPENSSL_CONF OPENSSL_MODULES',
  'LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES DYLD_LIBRARY_PATH AIRLOCK_HOME',
];

function ask(hook: AnyHook, { home }: HookProgram): string {
  return `# Airlock answers in the place of this script.
ask() {
  [ -x "$node" ] || refuse "there is no Node.js at $node any more; install it, then type: airlock git install"
  [ -f "$program" ] || refuse "$program is not there any more; install Airlock, then type: airlock git install"
${UNSET.map((names) => `  unset ${names}`).join('\n')}
${hook === 'pre-receive' ? command(home) : `  exec "$node" "$program"${home === null ? '' : ` --home ${quoted(home)}`} ${hook} "$@"`} <<END_OF_INPUT
$input
END_OF_INPUT
}
`;
}

/** The command itself judges pushes. */
function command(home: string | null): string {
  const fixed = home === null ? '' : `  AIRLOCK_HOME=${quoted(home)}\n  export AIRLOCK_HOME\n`;
  return `${fixed}  exec "$node" "$program" git pre-receive`;
}

const REFERENCE_TRANSACTION = `# Whether a branch gets a commit that no branch has. A git that cannot tell counts as yes. Where git names the value before,
# it has compared it under its lock. A branch under another name counts as yes.
brings_commits() {
  set -f
  IFS=$line_feed
  ids=
  for line in $input; do
    case $line in
      *' refs/heads/'*)
        old=\${line%% *}
        id=\${line#* }
        id=\${id%% *}
        case $id in
          "$old") ;;
          *[!0]*) ids=$ids$id$line_feed ;;
        esac
        ;;
      *' main-worktree/refs/'* | *' '[Rr][Ee][Ff][Ss]/[Hh][Ee][Aa][Dd][Ss]/*)
        return 0
        ;;
    esac
  done
  [ -n "$ids" ] || return 1
  new=$(
    printf '%s' "$ids" | GIT_NO_REPLACE_OBJECTS=1 GIT_GRAFT_FILE=/dev/null \\
      git -c core.commitGraph=false rev-list --max-count=1 --stdin --not --branches --remotes 2>/dev/null
  ) || return 0
  [ -n "$new" ]
}

# Whether a receipt waits for the end of an update.
keeps() {
  directory=\${GIT_DIR:-.git}
  [ -d "$directory" ] || directory=$(git rev-parse --git-common-dir) || return 0
  if [ -f "$directory/commondir" ] && IFS= read -r common <"$directory/commondir"; then
    case $common in
      /* | ?:*) directory=$common ;;
      *) directory=$directory/$common ;;
    esac
  fi
  set -- "$directory/airlock/pending"/*
  [ -e "$1" ]
}

case \${1-} in
  prepared) ;;
  committed | aborted) keeps || exit 0 ;;
  *) exit 0 ;;
esac
[ -n "$input" ] || read_input
case $input in
  *' refs/heads/'* | *' main-worktree/refs/'* | *' '[Rr][Ee][Ff][Ss]/[Hh][Ee][Aa][Dd][Ss]/*) ;;
  *) exit 0 ;;
esac
[ "$1" != prepared ] || brings_commits || exit 0
ask "$@"
`;

const BODIES: Readonly<Record<AnyHook, string>> = {
  'commit-msg': `# Only the trailer is made here; what is asked about is the finished commit.
[ "$(git config --type=bool airlock.trailer 2>/dev/null)" = true ] || exit 0
ask "$@"
`,
  'pre-push': `[ -n "$input" ] || read_input
[ -n "$input" ] || exit 0
ask "$@"
`,
  'pre-receive': `[ -n "$input" ] || read_input
ask "$@"
`,
  'reference-transaction': REFERENCE_TRANSACTION,
};
