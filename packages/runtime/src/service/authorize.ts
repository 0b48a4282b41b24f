import { type ActionContent, mcpCallAction, toolAction } from '@airlock/actions';
import { hostInputJson } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type { HostAction, HostCall, HostDesk, HostVerdict } from '../host/host-desk.js';
import { thrownDenial } from '../host/refusals.js';
import type { AuthorizeAnswer, AuthorizeBody } from '../socket/authorize-api.js';

/** Gates of Airlock itself, and everything that begins like one: who asks from outside goes by a name of its own. */
const OWN_GATES: readonly string[] = ['airlock', 'approve', 'claude', 'gateway', 'git', 'hook', 'mcp', 'run'];

/** An asker from outside reports each of its calls once. */
const LAYER = 'authorize';

/** `POST /v1/authorize` without its transport. */
export type Authorize = (body: AuthorizeBody, signal: AbortSignal) => Promise<AuthorizeAnswer>;

/**
 * Asks for programs of others (docs/authorize.md). `hosts` are the adapters that are installed. Rejects with `bad_request`, and
 * with `source_reserved` for the name of a gate that is ours.
 */
export function authorizing(desk: HostDesk, hosts: readonly string[]): Authorize {
  return async (body, signal) => {
    const { callId, sessionId, source, waitSeconds } = body;
    if (isReserved(source, hosts)) {
      desk.incident({ host: source, sessionId, code: 'source_reserved' });
      throw new RuntimeError(
        'source_reserved',
        `"${source}" is a gate of Airlock itself; ask under a name of your own`,
      );
    }
    if (waitSeconds !== undefined && callId === undefined) {
      throw new RuntimeError(
        'bad_request',
        'waitSeconds needs a callId: without one nobody could come back for the answer',
      );
    }
    return answerOf(await decided(desk, body, signal));
  };
}

function isReserved(source: string, hosts: readonly string[]): boolean {
  return hosts.includes(source) || OWN_GATES.some((gate) => source === gate || source.startsWith(`${gate}-`));
}

async function decided(desk: HostDesk, body: AuthorizeBody, signal: AbortSignal): Promise<HostVerdict> {
  try {
    return await desk.decide(callOf(body, signal));
  } catch (cause) {
    return thrownDenial(null, cause);
  }
}

/** Throws `JsonError` for arguments that read in more than one way (ART-140), and `bad_request`. */
function callOf(body: AuthorizeBody, signal: AbortSignal): HostCall {
  const { callId, description, server, sessionId, source, timeoutSeconds, tool, waitSeconds } = body;
  const inputJson = hostInputJson(body.inputJson);
  const workspace = folderOf(body);
  return {
    host: source,
    layer: LAYER,
    sessionId,
    toolUseId: callId ?? null,
    agentId: null,
    cwd: workspace,
    tool,
    inputJson,
    rest: JSON.stringify([server ?? null, description ?? null]),
    describe: async () => actionOf(body, { inputJson, workspace }),
    timeoutSeconds,
    ...(waitSeconds === undefined ? {} : { waitMs: waitSeconds * 1000, returnsWithinMs: timeoutSeconds * 1000 }),
    signal,
  };
}

function folderOf({ workspace }: AuthorizeBody): string {
  if (workspace === undefined) throw new RuntimeError('bad_request', 'missing or wrong: workspace');
  return workspace;
}

/** Nothing is known but what the asker says, and nobody here can look at it again. */
function actionOf(
  { description, server, tool }: AuthorizeBody,
  { inputJson, workspace }: { readonly inputJson: string; readonly workspace: string },
): HostAction {
  const call = { cwd: workspace, inputJson, tool };
  const action: ActionContent =
    server === undefined
      ? toolAction({ ...call, description: description ?? 'Call a tool' })
      : mcpCallAction({ ...call, server, ...(description === undefined ? {} : { description }) });
  return { action: { ...action }, isClaimed: true, recheck: async () => null, workspace };
}

function answerOf(verdict: HostVerdict): AuthorizeAnswer {
  switch (verdict.permission) {
    case 'allow': {
      const { basis, requestId } = verdict;
      return basis === null ? { decision: 'allow', requestId } : { decision: 'allow', requestId, basis };
    }
    case 'pass':
      return { decision: 'pass', requestId: verdict.requestId, basis: verdict.basis };
    case 'deny': {
      const { code, fix, reason, requestId } = verdict;
      const denied = { decision: 'deny', requestId, code, reason } as const;
      return fix === undefined ? denied : { ...denied, fix };
    }
    case 'pending':
      return { decision: 'pending' };
  }
}
