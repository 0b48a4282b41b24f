import type { Asked } from './asked.js';

/** Commands that are remembered; the oldest are forgotten first. */
const MOST = 1000;

const GIT = /\bgit\b/;

/**
 * Commands with the word git in them that a human or a signed policy approved, from the claim until their outcome is told. What
 * a commit is told of them is information for the human and never a reason to approve (LOC-148): the commit may come from
 * another program that runs beside the command.
 */
export class RunningCommands {
  /** Workspace by request; of those that may still be approved, and of those that are under way. */
  readonly #asked = new Map<string, string>();
  readonly #running = new Map<string, string>();

  asked({ requestId, workspace, plaintext: { action } }: Pick<Asked, 'requestId' | 'workspace' | 'plaintext'>): void {
    if (action.kind === 'command' && GIT.test(action.commandText)) put(this.#asked, requestId, workspace.workspaceId);
  }

  claimed(requestId: string): void {
    const workspaceId = this.#asked.get(requestId);
    if (workspaceId === undefined) return;
    this.#asked.delete(requestId);
    put(this.#running, requestId, workspaceId);
  }

  ended(requestId: string): void {
    this.#asked.delete(requestId);
    this.#running.delete(requestId);
  }

  isIn(workspaceId: string): boolean {
    return [...this.#running.values()].includes(workspaceId);
  }
}

function put(into: Map<string, string>, requestId: string, workspaceId: string): void {
  into.set(requestId, workspaceId);
  const [oldest] = into.keys();
  if (oldest !== undefined && into.size > MOST) into.delete(oldest);
}
