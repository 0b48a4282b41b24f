#!/bin/sh
# hook.sh EVENT: hands the host's input (standard input) to Airlock's daemon and gives its answer: exit 0 with one
# well-formed line, or exit 2, which blocks. Whatever goes wrong on the way is exit 2 (LOC-100).
#
# The host runs it as `/bin/sh -p`: without -p some shells take options (SHELLOPTS=noexec) and functions from the
# environment, which a repository may set. What asks the daemon, hook.pl or the same in Node, runs in an empty environment
# and as a child, so that no end of it can look like an answer.
# For every POSIX shell: dash, bash, zsh, busybox. Against LD_PRELOAD and its like no program can defend itself.

# refuse EVENT REASON: Airlock's own deny. REASON holds no character that JSON would escape.
refuse() {
  case $1 in
    PreToolUse | tool.*)
      printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny",'
      printf '"permissionDecisionReason":"airlock: %s"}}' "$2"
      ;;
  esac
  printf 'airlock: %s\n' "$2" >&2
  exit 2
}

# start PROGRAM EVENT: one of ours in the place of this shell and in an empty environment. Its fd 4 is our caller's one.
start() {
  here=${0%/*} node= socket=
  [ -f "$here/place.txt" ] && { IFS= read -r node && IFS= read -r socket; } <"$here/place.txt"
  case $1 in
    hook.pl)
      [ -n "$socket" ] || exit 8
      set -- /usr/bin/perl -Tw "$here/hook.pl" "$2" "$socket"
      ;;
    *)
      [ -n "$node" ] || node=$(PATH=/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin; command -v node)
      [ -x "$node" ] || refuse "$2" 'Node.js was not found; install Node.js 20.19 or newer, then type: airlock claude install'
      set -- "$node" "$here/../lib/$1" "$2" --clean
      ;;
  esac
  exec /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C "$@"
}

# clean PROGRAM EVENT: starts it; fd 3 is the host's input. Linux has told the environment, elsewhere `env` does.
clean() {
  if [ -r /proc/self/environ ]; then
    start "$@" <&3 3<&-
  else
    /usr/bin/env -0 2>/dev/null | { start "$@"; } 4<&0 <&3 3<&-
  fi
}

# says DECISION: the answer is exactly the host's form of this decision (table 18.1).
says() {
  text=${airlock_answer#'{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"'"$1"'","permissionDecisionReason":"'}
  reason=${text%'"}}'}
  [ "$text" != "$airlock_answer" ] && [ "$reason" != "$text" ] || return 1
  case $reason in
    *[[:cntrl:]]*) return 1 ;;
    *[\"\\]*) printf '%s\n' "$reason" | grep -Eqx '([^"\]|\\(["\/bfnrt]|u[0-9A-Fa-f]{4}))*' ;;
  esac
}

trap '' PIPE
trap 'refuse "$1" "a signal ended the hook"' HUP INT QUIT TERM
case $1 in
  '' | *[!A-Za-z.]*) refuse '' 'the hook was started without the name of an event; type: airlock doctor' ;;
esac
# As the host gave it: some shells drop what is no name of theirs, such as the functions that another shell takes from it.
# It can be read as long as this shell lives. Where `env` tells it, no variable may have been set that it would tell.
if [ -r /proc/self/environ ]; then
  # Some shells end with 1, which blocks nothing, where `exec` cannot open a file; `true` only fails.
  true 4</proc/self/environ || refuse "$1" 'the environment of the host cannot be read'
  exec 4</proc/self/environ
elif [ -n "${airlock_answer+x}${airlock_code+x}" ]; then
  refuse "$1" 'a variable of the host has a name that the hook needs: airlock_answer or airlock_code'
fi
# Node has what it does itself, and the questions of layers that ask again and again while the human is waited for.
case $1 in
  command) set -- "$1" command.js ;;
  SessionStart | tool.*) set -- "$1" hook.cjs ;;
  *) set -- "$1" hook.pl ;;
esac
airlock_answer=$(clean "$2" "$1" 3<&0)
airlock_code=$?
# And what hook.pl has not read: there is no Perl, or no daemon that can be asked (LOC-105).
case $2:$airlock_code in
  hook.pl:8 | hook.pl:12[67])
    airlock_answer=$(clean hook.cjs "$1" 3<&0)
    airlock_code=$?
    ;;
esac
PATH=/usr/bin:/bin LC_ALL=C
case $1:$airlock_code in
  *:3) refuse "$1" 'the daemon gave no answer in time; type: airlock doctor' ;;
  *:4) refuse "$1" 'the daemon gave no whole answer; type: airlock doctor' ;;
  *:5) refuse "$1" 'the daemon gave an answer that is none; type: airlock doctor' ;;
  *:6) refuse "$1" 'the input of the host is over 4 MiB' ;;
  *:7) refuse "$1" 'another user listens in the place of the daemon; type: airlock doctor' ;;
  PreToolUse:0 | tool.*:0) [ "$airlock_answer" = '{}' ] || says allow ;;
  PreToolUse:2 | tool.*:2) says deny ;;
  *:[02])
    case $airlock_answer in
      *'
'*) false ;;
      '' | '{'*) ;;
      *) false ;;
    esac
    ;;
  *) false ;;
esac || refuse "$1" "the hook gave no answer (exit code $airlock_code); type: airlock doctor"
printf '%s' "$airlock_answer" || exit 2
exit "$airlock_code"
