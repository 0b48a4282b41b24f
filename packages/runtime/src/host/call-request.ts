import { RuntimeError } from '../errors.js';
import { type RequestBody, type RequestEvent, requestBodySchema } from '../socket/api.js';
import type { Permit } from './call-ports.js';
import type { HostAction, HostCall } from './host-desk.js';
import { REFUSALS } from './refusals.js';

/** The part of a call that its request is made of. */
export type RequestedCall = Pick<HostCall, 'host' | 'sessionId' | 'tool' | 'inputJson' | 'timeoutSeconds'>;

/** Adapters are a part of this process: action and facts have their types, and the action is checked as it becomes a plaintext. */
const fromHostSchema = requestBodySchema.omit({ action: true, facts: true });

/**
 * The request of a call. Throws `not_the_call` when the action to be shown is not the call that will run (ENF-140), and
 * `bad_request` for what no request may hold.
 */
export function bodyOf(call: RequestedCall, { action, facts, label, workspace, isClaimed }: HostAction): RequestBody {
  if (action.inputJson !== call.inputJson || !isNamed(call.tool, action)) {
    throw new RuntimeError('not_the_call', REFUSALS.not_the_call);
  }
  const parsed = fromHostSchema.safeParse({
    workspace,
    label,
    timeoutSeconds: call.timeoutSeconds,
    sessionId: call.sessionId,
    source: call.host,
    ...(isClaimed === undefined ? {} : { isClaimed }),
  });
  if (parsed.success) return { ...parsed.data, action, facts };
  const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new RuntimeError('bad_request', `missing or wrong: ${where}`, { cause: parsed.error });
}

/** A host puts the server in front of the name that the server itself has for its tool. */
function isNamed(tool: string, action: HostAction['action']): boolean {
  if (action.kind !== 'mcp-call') return action.tool === tool;
  return typeof action.tool === 'string' && action.tool !== '' && tool.endsWith(action.tool);
}

/** What a decided request permits, or null. Throws `internal_error` for a pass without anything behind it (LOC-045). */
export function permitOf(event: Extract<RequestEvent, { readonly event: 'decided' }>): Permit | null {
  const { requestId, basis } = event;
  switch (event.verdict) {
    case 'deny':
      return null;
    case 'allow':
      return { permission: 'allow', requestId, basis: basis ?? null };
    case 'pass':
      if (basis === undefined) throw new RuntimeError('internal_error', 'a pass without a basis');
      return { permission: 'pass', requestId, basis };
  }
}
