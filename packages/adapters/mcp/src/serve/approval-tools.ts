import { toolAction } from '@airlock/actions';
import { rfc8785 } from '@airlock/protocol';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { type Caller, within } from './caller.js';
import type { Decision } from './decision.js';
import { advisable, ServeFailure } from './failure.js';
import type { ServePorts } from './ports.js';
import type { OpenedRequest, Requests } from './requests.js';
import { checkApprovalSchema, type decisionSchema, requestApprovalSchema } from './tool-list.js';
import { CLAIM, decisionText, pendingText, shown } from './words.js';

/** What the tools work with. */
export interface Desk {
  readonly requests: Requests;
  readonly ports: ServePorts;
}

/** Reads the arguments of a tool. Throws `input_invalid`. */
export function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`);
  throw new ServeFailure('input_invalid', problems.join('; '));
}

/** `request_approval`: asks, and answers with the decision, or "pending" when there is none in time. */
export async function requestApproval(desk: Desk, input: unknown, caller: Caller): Promise<CallToolResult> {
  const { title, reason, details, waitSeconds, timeoutSeconds } = readInput(requestApprovalSchema, input);
  const action = toolAction({
    tool: 'request_approval',
    inputJson: rfc8785({
      title,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
    }),
    cwd: desk.ports.folder,
    description: readable({ title, reason, details }),
  });
  const same = desk.requests.openWith(action);
  if (same !== undefined) {
    throw new ServeFailure(
      'already_open',
      `exactly this waits for the approver already, as ${same.requestId}`,
      'call check_approval with that requestId',
    );
  }
  const request = desk.requests.open({ action, timeoutSeconds });
  const stay = withdrawnWith(caller, request);
  try {
    return await answer(desk, request, { waitSeconds, caller });
  } finally {
    stay();
  }
}

/** The same words as the input, with their lines: JSON text is no reading for a human. */
function readable({
  title,
  reason,
  details,
}: Pick<z.infer<typeof requestApprovalSchema>, 'title' | 'reason' | 'details'>) {
  const why = reason === undefined ? [] : [`Why: ${reason}`];
  return [title, ...why, ...(details === undefined ? [] : [details])].join('\n\n');
}

/** Withdraws a request when its caller leaves before the result is called. */
export function withdrawnWith({ signal }: Pick<Caller, 'signal'>, request: OpenedRequest): () => void {
  const withdraw = () => request.withdraw();
  if (signal.aborted) withdraw();
  signal.addEventListener('abort', withdraw, { once: true });
  return () => signal.removeEventListener('abort', withdraw);
}

/** `check_approval`: the decision about a request of this process, as often as asked. */
export async function checkApproval(desk: Desk, input: unknown, caller: Caller): Promise<CallToolResult> {
  const { requestId, waitSeconds } = readInput(checkApprovalSchema, input);
  const request = desk.requests.find(requestId);
  if (request === undefined) {
    throw new ServeFailure('request_unknown', 'request_approval of this session gave no such requestId, or long ago');
  }
  return await answer(desk, request, { waitSeconds, caller });
}

interface Wait {
  readonly waitSeconds: number;
  readonly caller: Caller;
}

async function answer({ ports }: Desk, request: OpenedRequest, { waitSeconds, caller }: Wait): Promise<CallToolResult> {
  const { requestId } = request;
  if (request.decision !== null) return decisionResult(requestId, request.decision, ports);
  const stop = caller.progress(`waiting for the approver to decide about ${requestId}`);
  try {
    const end = { ms: waitSeconds * 1000, late: null, caller, timer: ports.timer };
    const decision = await within(request.decided, end);
    return decision === null ? pendingResult(requestId) : decisionResult(requestId, decision, ports);
  } finally {
    stop();
  }
}

function decisionResult(
  requestId: string,
  decision: Decision,
  { asTyped }: Pick<ServePorts, 'asTyped'>,
): CallToolResult {
  const told = advised(decision, asTyped);
  const message = `${decisionText(told)}\nRequest ${requestId}. ${CLAIM}`;
  return result({ requestId, state: told.state, approved: told.state === 'approved', message, ...structured(told) });
}

function result(answer: Omit<z.infer<typeof decisionSchema>, 'claimedByAgent'>): CallToolResult {
  return {
    content: [{ type: 'text', text: answer.message }],
    structuredContent: { ...answer, claimedByAgent: true },
  };
}

function structured(decision: Decision): Readonly<Record<string, string>> {
  switch (decision.state) {
    case 'rejected':
      return decision.reason === '' ? {} : { reason: shown(decision.reason) };
    case 'denied':
      return {
        code: shown(decision.code),
        reason: shown(decision.message),
        ...(decision.fix === undefined ? {} : { fix: shown(decision.fix) }),
      };
    case 'not-gated':
      return { reason: decision.basis };
    case 'approved':
    case 'timeout':
    case 'withdrawn':
      return {};
  }
}

/** A decision whose advice can be typed on this machine. */
export function advised(decision: Decision, asTyped: ServePorts['asTyped']): Decision {
  return decision.state === 'denied' ? { state: 'denied', ...advisable(decision, asTyped) } : decision;
}

function pendingResult(requestId: string): CallToolResult {
  return result({ requestId, state: 'pending', approved: false, message: `${pendingText(requestId)} ${CLAIM}` });
}
