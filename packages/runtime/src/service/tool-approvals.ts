import { type McpTarget, mcpTarget } from '@airlock/actions';
import type { Asked } from './asked.js';
import type { Core } from './core.js';

/** Calls that are remembered; the oldest are forgotten first, which asks their tools again. */
const MOST = 1000;

interface ToolCall {
  readonly workspaceId: string;
  readonly target: McpTarget;
}

/** MCP calls between their question and the claim of a human's approval, which makes their tools known (ART-145). */
export class ToolApprovals {
  readonly #core: Pick<Core, 'tools'>;
  readonly #asked = new Map<string, ToolCall>();

  constructor(core: Pick<Core, 'tools'>) {
    this.#core = core;
  }

  /** What an agent only claims says nothing about the tool that is behind a name. */
  asked({ requestId, workspace, plaintext, isClaimed }: Asked): void {
    const target = isClaimed === true ? null : mcpTarget(plaintext.action);
    if (target === null) return;
    this.#asked.set(requestId, { workspaceId: workspace.workspaceId, target });
    const [oldest] = this.#asked.keys();
    if (oldest !== undefined && this.#asked.size > MOST) this.#asked.delete(oldest);
  }

  /** A human's approval was claimed, and the call is about to be made. */
  claimed(requestId: string): void {
    const call = this.#asked.get(requestId);
    if (call !== undefined) this.#core.tools.approved(call.workspaceId, call.target);
    this.ended(requestId);
  }

  /** Nothing will be claimed any more. */
  ended(requestId: string): void {
    this.#asked.delete(requestId);
  }
}
