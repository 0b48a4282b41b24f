import { toolAction } from '@airlock/actions';
import { hostInputJson, isJsonObject, JsonError, LIMITS, parseJson, rfc8785 } from '@airlock/protocol';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { advised, type Desk, readInput, withdrawnWith } from './approval-tools.js';
import type { Caller } from './caller.js';
import { ServeFailure } from './failure.js';
import { toolUseSchema } from './tool-list.js';
import { CLAIM, decisionText } from './words.js';

/** How long the human is waited for, seconds. */
const WAIT_SECONDS = LIMITS.approvalWaitMs / 1000;

/** The one form of a no. */
export function denyToolUse(message: string): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify({ behavior: 'deny', message }) }] };
}

/**
 * `approve_tool_use`: the permission prompt of Claude Code. One text block with `allow` and the approved input, or with
 * `deny`. What this throws has to become a {@link denyToolUse} too: a host cannot be trusted to read anything else as a no.
 *
 * @param argumentsText source text of the arguments; null where the call has none
 */
export async function approveToolUse(
  desk: Desk,
  argumentsText: string | null,
  caller: Caller,
): Promise<CallToolResult> {
  const { tool, inputJson } = readToolUse(argumentsText);
  const { requests, ports } = desk;
  const action = toolAction({
    tool,
    inputJson,
    cwd: ports.folder,
    description: `Permission prompt of the host: ${tool}`,
  });
  const request = requests.open({ action, timeoutSeconds: WAIT_SECONDS });
  const stay = withdrawnWith(caller, request);
  const stop = caller.progress(`waiting for the approver to decide about ${tool}`);
  try {
    const decision = advised(await request.decided, ports.asTyped);
    if (decision.state === 'approved' && !caller.signal.aborted) return allow(inputJson);
    return denyToolUse(`${decisionText(decision)}\nRequest ${request.requestId}. ${CLAIM}`);
  } finally {
    stop();
    stay();
  }
}

/** What is approved is what is given back: the text that was hashed, not another reading of it. */
function allow(inputJson: string): CallToolResult {
  return { content: [{ type: 'text', text: `{"behavior":"allow","updatedInput":${inputJson}}` }] };
}

/** Tool and input, the latter in the form of ART-140. Throws `input_invalid` for what reads in more than one way. */
function readToolUse(argumentsText: string | null): { readonly tool: string; readonly inputJson: string } {
  try {
    const value = parseJson(hostInputJson(argumentsText ?? ''));
    const { tool_name: tool } = readInput(toolUseSchema, value);
    const input = isJsonObject(value) ? value['input'] : undefined;
    return { tool, inputJson: hostInputJson(rfc8785(input ?? null)) };
  } catch (error) {
    if (error instanceof JsonError) throw new ServeFailure('input_invalid', error.message);
    throw error;
  }
}
