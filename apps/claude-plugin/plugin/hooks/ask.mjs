// One question to the daemon, and the only answers that let a call go on.
import { socket } from './place.mjs';

/** Above the daemon's own window for the approver (LOC-110), milliseconds. */
const LONGEST = 320_000;

/** What the hook script may print for a call that goes on (table 18.1). */
const GOES_ON =
  /^(\{\}|\{"hookSpecificOutput":\{"hookEventName":"PreToolUse","permissionDecision":"allow","permissionDecisionReason":"(?:[^"\\\n]|\\[^\n])*"\}\})\n?$/;

/** Variables by which a program is started with the library of somebody else, which would answer in its place: all empty. */
const LOADED = [
  'LD_AUDIT',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  'GCONV_PATH',
  'DYLD_INSERT_LIBRARIES',
  'DYLD_LIBRARY_PATH',
];
const NO_LIBRARIES = Object.fromEntries(LOADED.map((name) => [name, '']));

/** Null when the call, made in the folder `cwd`, may go on; else the reason why it may not. */
export async function refusal($, next, { event, cwd, call }) {
  const body = JSON.stringify({ ...(await about($, event, cwd)), ...call });
  const until = Date.now() + LONGEST;
  for (;;) {
    const answer = (await post($, event, body)) ?? (await throughScript($, event, body));
    if (answer.isDecided) return answer.refusal;
    if (next.signal.aborted) return 'Airlock: the call was interrupted';
    if (Date.now() > until) return 'Airlock: nobody answered in time';
  }
}

/** Tells the daemon that the module of this session is loaded. One that does not run yet is not started for that. */
export async function greet($) {
  const event = 'session.start';
  await post($, event, JSON.stringify(await about($, event, await $.session.cwd())));
}

async function about($, event, cwd) {
  return { session_id: await $.session.id(), cwd, hook_event_name: event };
}

/** The daemon's answer; null when it cannot be reached. */
async function post($, event, body) {
  if (socket === null) return null;
  try {
    const { status, headers } = await $.http.fetch(`http://airlock/v1/hooks/claude-code/${event}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      socketPath: socket,
    });
    if (status === 202) return { isDecided: false };
    const permission = headers['airlock-permission'];
    const goesOn = status === 200 && (permission === 'allow' || permission === 'pass');
    return { isDecided: true, refusal: goesOn ? null : (headers['airlock-reason'] ?? 'Airlock: the call is denied') };
  } catch {
    return null;
  }
}

/**
 * The same through the hook script, which checks the socket, starts the daemon when none runs, and waits by itself. The
 * host adds this environment to that of the session, which a repository sets.
 */
async function throughScript($, event, body) {
  const { CLAUDE_PLUGIN_ROOT } = await $.process.hookEnv();
  const argv = ['/bin/sh', '-p', `${CLAUDE_PLUGIN_ROOT}/hooks/hook.sh`, event];
  const done = await $.process.run(argv, { stdin: body, env: NO_LIBRARIES, timeoutMs: LONGEST + 10_000 });
  const said = done.stderr.trim();
  const goesOn = done.exitCode === 0 && GOES_ON.test(done.stdout);
  return { isDecided: true, refusal: goesOn ? null : said === '' ? 'Airlock: the call is denied' : said };
}
