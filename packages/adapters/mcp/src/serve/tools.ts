import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { checkApproval, type Desk, requestApproval } from './approval-tools.js';
import type { Caller } from './caller.js';
import { advisable, readCoded, ServeFailure } from './failure.js';
import { approveToolUse, denyToolUse } from './prompt-tool.js';
import { airlockStatus } from './status-tool.js';
import { TOOLS, type ToolName } from './tool-list.js';
import { failureText, refusalText } from './words.js';

/** Calls that may be under way at once: what waits costs a connection each. */
const MAX_CALLS = 64;

export interface ToolCall {
  readonly name: string;
  readonly input: unknown;
  /** Source text of the input; null without any. */
  readonly argumentsText: string | null;
  readonly caller: Caller;
}

/** Runs the tools. Every failure of a known tool is a result that says so, with a code. */
export class Tools {
  readonly #desk: Desk;
  #running = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Throws `ProtocolError` for a tool that does not exist. */
  async call(call: ToolCall): Promise<CallToolResult> {
    const name = TOOLS.find((tool) => tool.name === call.name)?.name;
    if (name === undefined) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool', { code: 'tool_unknown' });
    }
    if (this.#running >= MAX_CALLS) {
      return this.#failed(name, new ServeFailure('too_many_calls', `${MAX_CALLS} calls are under way already`));
    }
    this.#running += 1;
    try {
      return await this.#run(name, call);
    } catch (error) {
      return this.#failed(name, error);
    } finally {
      this.#running -= 1;
    }
  }

  #run(name: ToolName, { input, argumentsText, caller }: ToolCall): Promise<CallToolResult> {
    switch (name) {
      case 'request_approval':
        return requestApproval(this.#desk, input, caller);
      case 'check_approval':
        return checkApproval(this.#desk, input, caller);
      case 'airlock_status':
        return airlockStatus(this.#desk, input, caller);
      case 'approve_tool_use':
        return approveToolUse(this.#desk, argumentsText, caller);
    }
  }

  #failed(name: ToolName, thrown: unknown): CallToolResult {
    const why = advisable(readCoded(thrown), this.#desk.ports.asTyped);
    if (name === 'approve_tool_use') return denyToolUse(refusalText(why));
    const text = name === 'request_approval' ? refusalText(why) : failureText(why);
    return { content: [{ type: 'text', text }], isError: true };
  }
}
