#!/bin/sh
# hook.sh EVENT: hands the host's input (standard input) to Airlock's daemon and gives its answer: exit 0 with one
# well-formed line, or exit 2, which blocks. Whatever goes wrong on the way is exit 2 (LOC-100).
#
# The host runs it as `/bin/sh -p`: without -p some shells take options (SHELLOPTS=noexec) and functions from the
# environment, which a repository may set. Of that environment the first stage keeps only what `env -0` prints, for the
# daemon; the second one works in an empty environment, as a child, so that no end of it can look like an answer.
# For every POSIX shell: dash, bash, zsh, busybox. Against LD_PRELOAD and its like no program can defend itself.

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

# ---- First stage: no variable is set before `env -0` has told them all.
if [ "$1" != --clean ]; then
  trap '' PIPE
  trap 'airlock_event=$1; refuse "a signal ended the hook"' HUP INT QUIT TERM
  airlock_answer=$(
    {
      {
        # Not every base64 has -w. What a header cannot hold is not told: then no pattern applies.
        all=$(/usr/bin/env -0 2>/dev/null | { PATH=/usr/bin:/bin; base64 -w 0 2>/dev/null || base64 | tr -d '\n'; })
        [ ${#all} -gt 100000 ] || printf 'Airlock-Environment: %s\n' "$all"
      } | /usr/bin/env -i PATH=/usr/bin:/bin LC_ALL=C /bin/sh "$0" --clean "$1" 4<&0 <&3 3<&-
    } 3<&0
  )
  airlock_code=$?
  airlock_event=$1
  PATH=/usr/bin:/bin LC_ALL=C
  case $airlock_event:$airlock_code in
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
  esac || refuse "the hook gave no answer (exit code $airlock_code); type: airlock doctor"
  printf '%s' "$airlock_answer" || exit 2
  exit "$airlock_code"
fi

# ---- Second stage: fd 0 is the host's input, fd 4 the environment of the first stage as a header.
airlock_event=$2
here=${0%/*}
node= socket=
# shellcheck source=/dev/null
[ -f "$here/place.sh" ] && . "$here/place.sh"
nl='
'

# run PROGRAM: the same in Node, which can also start the daemon, say what is wrong, and decide without one (LOC-105).
run() {
  [ -n "$node" ] || node=$(PATH=/usr/local/bin:/opt/homebrew/bin:$PATH; command -v node)
  [ -x "$node" ] || refuse 'Node.js was not found; install Node.js 20.19 or newer, then type: airlock claude install'
  exec "$node" "$here/../lib/$1" "$airlock_event" --clean
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

# Prints headers and body of the answer, the size of the body and curl's exit code; an answer without end is cut off
# before that. -T - reads the input once it is connected.
post() {
  {
    curl -q -s -i --noproxy '*' --unix-socket "$socket" --max-time 315 -X POST -T - -w ':%{size_download}' \
      -H 'Expect:' -H 'Content-Type: application/json' -H @/dev/fd/4 \
      "http://localhost/v1/hooks/claude-code/$airlock_event" 2>/dev/null
    printf ':%s' "$?"
  } | head -c 65536
}

case $airlock_event in
  command) run command.js ;;
  # What Node does itself, and layers that ask again and again while the human is waited for.
  SessionStart | tool.*) run hook.cjs ;;
  '' | *[!A-Za-z.]*) refuse 'the hook was started without the name of an event; type: airlock doctor' ;;
esac
[ -n "$socket" ] && trusted && command -v curl >/dev/null || run hook.cjs
answer=$(post)
case $answer in
  *:0) answer=${answer%:0} ;;
  # Too old or broken to try, or nobody listens: the input was not read.
  :2 | :4 | :0:7 | :12[67]) run hook.cjs ;;
  *:28) refuse 'the daemon gave no answer in time; type: airlock doctor' ;;
  *) refuse 'the daemon gave no whole answer; type: airlock doctor' ;;
esac

size=${answer##*:}
answer=${answer%:*}
# Header lines end with a carriage return; the first line of nothing else ends them.
body=${answer#*"$nl"?"$nl"}
status= permission= code= why=
set -f
IFS=$nl
for line in ${answer%%"$nl"?"$nl"*}; do
  line=${line%?}
  case $line in
    HTTP/*) status=$status$line ;;
    [Aa]irlock-[Pp]ermission:*) permission=$permission${line#*: } ;;
    [Aa]irlock-[Ee]xit:*) code=$code${line#*: } ;;
    [Aa]irlock-[Rr]eason:*) why=${line#*: } ;;
  esac
done
# A shell drops NUL characters: then the size is another one.
[ "$status" = 'HTTP/1.1 200 OK' ] && [ ${#body} -eq "$size" ] &&
  # The first stage checks the form; here permission, exit code and body have to agree.
  case $airlock_event:$permission:$code:$body in
    *"$nl"*) false ;;
    'PreToolUse:allow:0:{"hookSpecificOutput"'* | PreToolUse:pass:0:{} | *:deny:2:*) ;;
    PreToolUse:*) false ;;
    *:pass:0:*) ;;
    *) false ;;
  esac || refuse 'the daemon gave an answer that is none; type: airlock doctor'
printf '%s' "$body" || exit 2
case $permission:$why in
  deny: | deny:*[!\ -~]*) printf 'airlock: denied\n' >&2 ;;
  deny:*) printf '%s\n' "$why" >&2 ;;
esac
exit "$code"
