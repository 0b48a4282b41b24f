import { setTimeout as delay } from 'node:timers/promises';
import { admission } from '@airlock/enforcer';
import { releaseLocks, takeDaemonLocks } from '../daemon/instance-lock.js';
import { Problems } from '../engine/problems.js';
import { RuntimeError, toRuntimeError } from '../errors.js';
import type { Lock } from '../lock/lock.js';
import { bodyOf } from '../host/call-request.js';
import type { HostAction } from '../host/host-desk.js';
import type { RuntimePaths } from '../paths/paths.js';
import { nodePorts, type Ports } from '../ports/ports.js';
import { type Asked, prepare, questionOf } from '../service/asked.js';
import { explain } from '../service/explain.js';
import { auditBasis, failOpenUntil, recordTaint } from '../service/judge.js';
import { realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';
import { type OfflineCore, withOfflineCore } from './offline-core.js';

/** One tool call of a host that no daemon can be asked about. */
export interface OfflineCall {
  /** Host of the adapter. */
  readonly host: string;
  readonly sessionId: string;
  readonly tool: string;
  /** RFC 8785 text of the host's exact input (ART-140). */
  readonly inputJson: string;
  /** The adapter's own description, the same as for the daemon. */
  readonly describe: () => Promise<HostAction>;
}

/** `pass` under a signed fail mode that is open until then (epoch milliseconds), else why not. */
export type OfflineVerdict =
  | { readonly permission: 'pass'; readonly until: number }
  | { readonly permission: 'deny'; readonly code: string; readonly reason: string; readonly fix?: string };

/** Only a part of what is described; nobody is waited for. */
const NO_WAIT_SECONDS = 1;

/** How long and how often the daemon's locks are tried for, milliseconds. */
const LOCK_WAIT = 2000;
const LOCK_POLL = 50;

/**
 * What LOC-105 permits when no daemon runs and none can be started: `pass` when everything that a daemon would verify is
 * there and intact, and a signed policy says that the fail mode is open and applies (ENF-155). It is on record before it is
 * given. The daemon's locks are held meanwhile: where one runs, however badly, this denies. Never rejects.
 */
export async function offlineVerdict(
  paths: RuntimePaths,
  call: OfflineCall,
  ports: Ports = nodePorts,
): Promise<OfflineVerdict> {
  try {
    const action = await call.describe();
    const locks = await takeLocks(paths);
    try {
      return await withOfflineCore(paths, ports, (core) => verdictOf(core, call, action));
    } finally {
      releaseLocks(locks);
    }
  } catch (cause) {
    const { code, message, fix } = toRuntimeError(cause);
    return { permission: 'deny', code, reason: message, ...(fix === undefined ? {} : { fix }) };
  }
}

/** Another hook may be deciding the same way at this moment; a daemon keeps its locks. Rejects with `lock_held`. */
async function takeLocks(paths: RuntimePaths): Promise<readonly Lock[]> {
  const until = performance.now() + LOCK_WAIT;
  for (;;) {
    try {
      return takeDaemonLocks(paths);
    } catch (cause) {
      const isHeld = cause instanceof RuntimeError && cause.code === 'lock_held';
      if (!isHeld || performance.now() > until) throw cause;
    }
    await delay(LOCK_POLL);
  }
}

function verdictOf(core: OfflineCore, call: OfflineCall, action: HostAction): OfflineVerdict {
  const asked = askedOf(core, call, action);
  const { problem } = core.policies.standing(asked.workspace.workspaceId);
  if (problem !== null) throw problem;
  const until = failOpenUntil(core, asked);
  if (until === null) {
    throw new RuntimeError('daemon_not_running', 'no daemon can be started, and no signed policy lets this call pass', {
      fix: 'airlock doctor',
    });
  }
  recordTaint(core, asked);
  core.audit({
    kind: 'policy.passed',
    at: Math.floor(core.ports.now()),
    requestId: asked.requestId,
    workspaceId: asked.workspace.workspaceId,
    contentSha256: asked.plaintext.contentSha256,
    ...auditBasis({ kind: 'fail-open', until }),
  });
  return { permission: 'pass', until };
}

/** The call as the daemon would put it to the human. Throws the refusal where it would put it to nobody. */
function askedOf(core: OfflineCore, call: OfflineCall, action: HostAction): Asked {
  const body = bodyOf({ ...call, timeoutSeconds: NO_WAIT_SECONDS }, action);
  const workspace = workspaceOf(realWorkspacePath(body.workspace), core.workspaces);
  if (workspace === undefined) throw refusal(core.isSignedIn ? 'not_paired' : 'not_signed_in');
  const gate = admission(core.host.state, workspace.workspaceId);
  if (gate.kind === 'closed') throw refusal(gate.code);
  const asked = prepare(core, `req-${core.ports.uuid()}`, questionOf(workspace, body));
  if (asked === null) throw refusal('not_paired');
  return asked;
}

const noProblems = { problems: new Problems(() => undefined) };

function refusal(code: string): RuntimeError<string> {
  const { reason, fix } = explain(noProblems, code) ?? { reason: `refused: ${code}` };
  return new RuntimeError<string>(code, reason, fix === undefined ? {} : { fix });
}
