#!/bin/sh
# hook.sh EVENT: hands the host's input (standard input) to Airlock's daemon and gives its answer: exit 0 with one
# well-formed line, or exit 2, which blocks. Whatever goes wrong on the way is exit 2 (LOC-100).
#
# The host runs it as `/bin/sh -p`: without -p some shells take options (SHELLOPTS=noexec) and functions from the
# environment, which a repository may set. Of that environment the first stage keeps only what `env -0` prints, for the
# daemon; the second one works in an empty environment, as a child, so that no end of it can look like an answer.
# For every POSIX shell: dash, bash, zsh, busybox.

# refuse REASON: Airlock's own deny. REASON holds no character that JSON would escape.
refuse() {
  case $airlock_event in
    PreToolUse | tool.*)
      printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny",'
      printf '"permissionDecisionReason":"airlock: %s"}}' "$1"
      ;;
  esac
  printf 'airlock: %s\n' "$1" >&2
  exit 2
}

# ---- First stage: no variable is set before `env -0` has told them all.
if [ "$1" != --clean ]; then
  trap '' PIPE
  trap 'refuse "a signal ended the hook"' HUP INT QUIT TERM
  airlock_answer=$(
    {
      /usr/bin/env -0 2>/dev/null |
        { PATH=/usr/bin:/bin; base64 | tr -d '\n'; } |
        /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C /bin/sh "$0" --clean "$1" 4<&0 <&3 3<&-
    } 3<&0
  )
  airlock_code=$?
  airlock_event=$1
  case $airlock_event:$airlock_code in
    tool.*:75) exit 75 ;;
    *:0 | *:2) ;;
    *) refuse "the hook failed (exit $airlock_code); type: airlock doctor" ;;
  esac
  case $airlock_event:$airlock_answer in
    PreToolUse: | tool.*:) refuse 'the hook gave no answer; type: airlock doctor' ;;
  esac
  printf '%s' "$airlock_answer" || exit 2
  exit "$airlock_code"
fi

# ---- Second stage: fd 0 is the host's input, fd 4 the environment of the first stage in base64.
airlock_event=$2
nl='
'
cr=$(printf '\r')
here=${0%/*}
node= socket=
# shellcheck source=/dev/null
[ -f "$here/place.sh" ] && . "$here/place.sh"

case $airlock_event in
  '' | *[!A-Za-z.]*) refuse 'the hook was started without a name of an event; type: airlock doctor' ;;
esac
environment=$(cat <&4)
case $environment in
  *[!A-Za-z0-9+/=]*) environment= ;;
esac
# What a header cannot hold is not told, and then no pattern applies.
[ ${#environment} -le 100000 ] || environment=

# run PROGRAM: the same in Node, which can also start the daemon, say what is wrong, and decide without one (LOC-105).
run() {
  [ -n "$node" ] || node=$(PATH=/usr/local/bin:/opt/homebrew/bin:$PATH; command -v node)
  [ -x "$node" ] || refuse 'Node.js was not found; install Node.js 20.20 or newer, then type: airlock claude install'
  { printf '%s' "$environment" | "$node" "$here/../lib/$1.js" "$airlock_event" 4<&0 <&3 3<&-; } 3<&0
  exit
}

# Directory and socket are real, ours, and nobody else's to reach or to replace (LOC-020).
trusted() {
  runtime=${socket%/*}
  [ -S "$socket" ] && [ -O "$socket" ] && [ -O "$runtime" ] || return 1
  case $(ls -ldn "${runtime%/*}" "$runtime" "$socket") in
    d???????[!w]*"$nl"drwx------*"$nl"srw-------*) ;;
    *) return 1 ;;
  esac
}

# Prints headers and body of the answer, then a colon and curl's exit code. -T - reads the input once it is connected.
post() {
  {
    printf '%s' "${environment:+Airlock-Environment: $environment$nl}" |
      curl -q -s -i --noproxy '*' --unix-socket "$socket" --max-time 315 -X POST -T - \
        -H 'Expect:' -H 'Content-Type: application/json' -H @/dev/fd/4 \
        "http://localhost/v1/hooks/claude-code/$airlock_event" 4<&0 <&3 3<&- 2>/dev/null
    printf ':%s' "$?"
  } 3<&0 | head -c 100000
}

# says DECISION: the body is exactly the answer with this decision.
says() {
  case $body in
    *"$nl"*) return 1 ;;
  esac
  printf '%s\n' "$body" | grep -Eqx '\{"hookSpecificOutput":\{"hookEventName":"PreToolUse","permissionDecision":"'"$1"'",'\
'"permissionDecisionReason":"([^"\[:cntrl:]]|\\(["\/bfnrt]|u[0-9A-Fa-f]{4}))*"\}\}'
}

[ "$airlock_event" != command ] || run command
[ -n "$socket" ] && trusted && command -v curl >/dev/null || run hook

answer=$(post)
case $answer in
  *:0) answer=${answer%:0} ;;
  *:7) run hook ;;
  *:28) refuse 'the daemon did not answer in time; type: airlock doctor' ;;
  *) refuse 'the daemon gave no whole answer; type: airlock doctor' ;;
esac
body=${answer#*"$cr$nl$cr$nl"}
# Names of headers in small letters.
headers=$(printf '%s\n' "${answer%%"$cr$nl$cr$nl"*}" |
  sed 'h;s/:.*//;y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/;G;s/\n[^:]*//')
status= permission= code= reason=
set -f
IFS=$nl
for line in $headers; do
  line=${line%"$cr"}
  case $line in
    http/*) status=$status$line ;;
    'airlock-permission: '*) permission=$permission${line#*: } ;;
    'airlock-exit: '*) code=$code${line#*: } ;;
    'airlock-reason: '*) reason=${line#*: } ;;
  esac
done
case $airlock_event:$status in
  *:'http/1.1 200 ok') ;;
  tool.*:'http/1.1 202 accepted') exit 75 ;;
  *) refuse 'the daemon could not answer; type: airlock doctor' ;;
esac

case $airlock_event:$permission:$code in
  PreToolUse:allow:0 | tool.*:allow:0) says allow ;;
  PreToolUse:pass:0 | tool.*:pass:0) [ "$body" = '{}' ] ;;
  PreToolUse:deny:2 | tool.*:deny:2) says deny ;;
  PreToolUse:* | tool.*:*) false ;;
  *:pass:0 | *:deny:2)
    case $body in
      *"$nl"*) false ;;
      '' | '{'*) ;;
      *) false ;;
    esac
    ;;
  *) false ;;
esac || refuse 'the daemon gave an answer that is none; type: airlock doctor'
printf '%s' "$body" || exit 2
case $permission:$reason in
  deny: | deny:*[!\ -~]*) printf 'airlock: denied\n' >&2 ;;
  deny:*) printf '%s\n' "$reason" >&2 ;;
esac
exit "$code"
