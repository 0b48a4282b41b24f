#!/bin/sh
# Stands for the `claude` program where its arguments are what matters. State: files in $HOME/fake; every command line
# goes to $HOME/fake/log. FAKE_VERSION says its version; versions before modules keep a copy of their own (FAKE_COPIES=1).
PATH=/usr/bin:/bin
state=$HOME/fake
mkdir -p "$state"
printf '%s\n' "$*" >>"$state/log"

fail() {
  echo "$1" >&2
  exit 1
}

list() {
  [ -n "$FAKE_LIST" ] && printf '%s\n' "$FAKE_LIST" && return
  [ -f "$state/enabled" ] || { echo '[]'; return; }
  place=
  [ "$FAKE_COPIES" = 1 ] || place=',"readFromFolder":"'$(cat "$state/marketplace")'/airlock"'
  printf '[{"id":"other@corp","enabled":true,"installPath":"/x"},'
  printf '{"id":"airlock@airlock","enabled":%s,"installPath":"%s"%s}]\n' "$(cat "$state/enabled")" "$state/copy" "$place"
}

[ "$FAKE_FAILS" = "$1 $2" ] && fail 'as asked'
case $* in
  --version) echo "${FAKE_VERSION:-2.1.330} (Claude Code)" ;;
  'plugin list --json') list ;;
  'plugin marketplace list --json') [ -f "$state/marketplace" ] && echo '[{"name":"airlock"}]' || echo '[]' ;;
  'plugin marketplace remove airlock') rm -f "$state/marketplace" "$state/enabled" ;;
  'plugin marketplace add '*) printf '%s' "$4" >"$state/marketplace" ;;
  'plugin install airlock@airlock')
    [ -f "$state/marketplace" ] || fail 'not found'
    [ -f "$state/enabled" ] || { rm -rf "$state/copy"; cp -R "$(cat "$state/marketplace")/airlock" "$state/copy"; }
    printf true >"$state/enabled"
    ;;
  'plugin uninstall airlock@airlock') rm "$state/enabled" ;;
  'plugin enable airlock@airlock') [ "$(cat "$state/enabled")" = false ] || fail 'already enabled'; printf true >"$state/enabled" ;;
  'plugin disable airlock@airlock') printf false >"$state/enabled" ;;
  *) fail "unknown: $*" ;;
esac
