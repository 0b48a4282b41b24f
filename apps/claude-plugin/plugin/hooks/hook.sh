#!/bin/sh
# hook.sh EVENT: has Airlock's daemon asked about the host's input (standard input). What asks, hook.pl or the same in Node,
# prints the answer when it is whole and well-formed; the exit code is this shell's: 0 as the answer says, or 2, which blocks.
# Whatever goes wrong is 2, and blocks whatever stands on standard output: half an answer, or a whole allow (LOC-100).
#
# The host runs it as `/bin/sh -p`: without -p some shells take options (SHELLOPTS=noexec) and functions from the
# environment, which a repository may set. What asks the daemon takes nothing from there. It runs as a child, and ends with a
# code of its own when it has answered, so that no other end of it can look like one: an empty file ends with 0.
# For every POSIX shell: dash, bash, zsh, busybox. Against LD_PRELOAD and its like no program can defend itself.

# Some shells end with 1, which blocks nothing, when functions call each other deeper than this says.
FUNCNEST=100

# refuse REASON: blocks.
refuse() {
  printf 'airlock: %s\n' "$1" >&2
  exit 2
}

# start PROGRAM EVENT: one of ours. Its fd 4 is the environment of our caller, its own one is empty, or all that it reads there
# is taken away, which saves a process: with -T Perl loads no code that its environment names.
start() {
  here=${0%/*} node= socket=
  [ -f "$here/place.txt" ] && { IFS= read -r node && IFS= read -r socket; } <"$here/place.txt"
  case $1 in
    hook.pl)
      [ -n "$socket" ] || return 8
      unset PERL5DB PERL5DB_THREADED PERL5LIB PERL5OPT PERLIO PERLIO_DEBUG PERLLIB PERL_BADLANG PERL_DESTRUCT_LEVEL \
        PERL_DL_NONLAZY PERL_ENV_TABLES PERL_HASH_SEED PERL_HASH_SEED_DEBUG PERL_INTERNAL_RAND_SEED PERL_MEM_LOG \
        PERL_PERTURB_KEYS PERL_RAND_SEED PERL_RE_COLORS PERL_SIGNALS PERL_SKIP_LOCALE_INIT PERL_UNICODE PERL_USE_UNSAFE_INC
      export PATH=/usr/bin:/bin LC_ALL=C
      /usr/bin/perl -Tw "$here/hook.pl" "$2" "$socket"
      ;;
    *)
      [ -n "$node" ] || node=$(PATH=/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin; command -v node)
      [ -x "$node" ] || refuse 'Node.js was not found; install Node.js 20.19 or newer, then type: airlock claude install'
      /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C "$node" --v8-pool-size=1 "$here/../lib/$1" "$2" --clean
      ;;
  esac
}

# clean PROGRAM EVENT: starts it. Linux has told the environment, elsewhere `env` does.
clean() {
  if [ -r /proc/self/environ ]; then
    start "$@"
  else
    { /usr/bin/env -0 2>/dev/null | start "$@" 4<&0 <&3 3<&-; } 3<&0
  fi
}

trap '' PIPE
trap 'refuse "a signal ended the hook"' HUP INT QUIT TERM
case $1 in
  '' | *[!A-Za-z.]*) refuse 'the hook was started without the name of an event; type: airlock doctor' ;;
esac
# In the place of one that is closed, another file would be opened.
true 3<&0 5>&1 || refuse 'the host gave no standard input or no standard output'
# As the host gave it: some shells drop what is no name of theirs, such as the functions that another shell takes from it.
# It can be read as long as this shell lives. Where `env` tells it, no variable may have been set that it would tell.
if [ -r /proc/self/environ ]; then
  # Some shells end with 1, which blocks nothing, where `exec` cannot open a file; `true` only fails.
  true 4</proc/self/environ || refuse 'the environment of the host cannot be read'
  exec 4</proc/self/environ
elif [ -n "${airlock_code+x}" ]; then
  refuse 'a variable of the host has a name that the hook needs: airlock_code'
fi
# Node has what it does itself, and the questions of layers that ask again and again while the human is waited for.
case $1 in
  command) set -- "$1" command.js ;;
  SessionStart | tool.*) set -- "$1" hook.cjs ;;
  *) set -- "$1" hook.pl ;;
esac
clean "$2" "$1"
airlock_code=$?
# And what hook.pl has not read: there is no Perl, or no daemon that can be asked (LOC-105).
case $2:$airlock_code in
  hook.pl:8 | hook.pl:12[67])
    clean hook.cjs "$1"
    airlock_code=$?
    ;;
esac
case $airlock_code in
  210) exit 0 ;;
  212) exit 2 ;;
  3) refuse 'the daemon gave no answer in time; type: airlock doctor' ;;
  4) refuse 'the daemon gave no whole answer; type: airlock doctor' ;;
  5) refuse 'the daemon gave an answer that is none; type: airlock doctor' ;;
  6) refuse 'the input of the host is over 4 MiB' ;;
  7) refuse 'another user listens in the place of the daemon; type: airlock doctor' ;;
  *) refuse "the hook gave no answer (exit code $airlock_code); type: airlock doctor" ;;
esac
