import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import {
  ensureDaemon,
  hookEnvironment,
  offlineVerdict,
  resolvePaths,
  RuntimeError,
  type RuntimePaths,
} from '@airlock/runtime/client';
import { readEvent } from '../events/read-event.js';
import { toolEvent } from '../events/tool-event.js';
import { HOST } from '../host.js';
import { describeTool } from '../tools/describe-tool.js';
import { type HookOutput, isToolCall } from './answer-form.js';
import type { HookAsk } from './model.js';

/**
 * Starts the daemon; then null, and it is to be asked. Where none can be started, what LOC-105 says: `pass` under a signed
 * fail mode, else the refusal is thrown.
 */
export async function startDaemonFor(ask: HookAsk): Promise<HookOutput | null> {
  const paths = resolvePaths({ fixedHome: ask.fixedHome });
  const session = sessionVariables();
  Object.assign(process.env, session);
  try {
    await ensureDaemon({ paths, command: ask.daemonCommand, environment: session });
    return null;
  } catch (cause) {
    if (!isToolCall(ask.event) || !cannotBeStarted(cause)) throw cause;
    return await withoutDaemon(ask, paths, cause);
  }
}

/** A daemon that was stopped, or that is there and does not answer as it should, is another matter. */
function cannotBeStarted(cause: unknown): boolean {
  return !(cause instanceof RuntimeError) || cause.code === 'daemon_start_failed';
}

async function withoutDaemon(
  { input, environment }: HookAsk,
  paths: RuntimePaths,
  cause: unknown,
): Promise<HookOutput> {
  const event = toolEvent(readEvent(input));
  const variables = hookEnvironment(environment ?? undefined);
  const verdict = await offlineVerdict(paths, {
    host: HOST,
    sessionId: event.sessionId,
    tool: event.tool,
    inputJson: event.inputJson,
    describe: () => describeTool(event, variables),
  });
  if (verdict.permission === 'pass') return { exit: 0, stdout: '{}', stderr: '' };
  const { code, reason, fix } = verdict;
  throw new RuntimeError<string>(code, reason, { cause, ...(fix === undefined ? {} : { fix }) });
}

/**
 * The way to the user's keychain, which an empty environment does not tell: where the system puts it, and only if it is the
 * user's own. Whatever the caller's environment says about it does not count (LOC-030).
 */
export function sessionVariables(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  const { uid } = userInfo();
  const folder = `/run/user/${uid}`;
  const bus = join(folder, 'bus');
  if (!isOwn(folder, uid)) return {};
  return {
    XDG_RUNTIME_DIR: folder,
    ...(isOwn(bus, uid) ? { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` } : {}),
  };
}

function isOwn(path: string, uid: number): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === uid;
}
