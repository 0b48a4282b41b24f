import { FactsError, type HostAction, loginDifferences } from '@airlock/runtime/client';
import type { ToolEvent } from '../events/tool-event.js';

/** One tool call in its place. */
export interface ToolCall {
  readonly event: ToolEvent;
  /** Real path of the folder it happens in. */
  readonly cwd: string;
  /** Environment that the host started the hook with; null where nobody told it. */
  readonly environment: Readonly<Record<string, string>> | null;
}

/** A file as it is now and as an approved call leaves it. */
export interface ExpectedFile {
  /** Real path. */
  readonly path: string;
  /** `hex64` before; null where there is no file. */
  readonly before: string | null;
  /** `hex64` after. */
  readonly after: string;
}

/** A tool call described for policy and human, and what it will leave behind as far as that can be told. */
export interface DescribedTool extends HostAction {
  readonly leaves: ExpectedFile | null;
}

/** Nothing on disk decides what the call does. */
export function nothingToRecheck(): Promise<null> {
  return Promise.resolve(null);
}

/** Differences of the environment from a bare login; null where they are not known or cannot be told. */
export function knownDifferences({ environment }: ToolCall): Readonly<Record<string, string>> | null {
  if (environment === null) return null;
  try {
    return loginDifferences(environment);
  } catch (error) {
    if (error instanceof FactsError) return null;
    throw error;
  }
}

/** Longest label that a request takes. */
const MAX_LABEL = 128;

/** Short text beside the request in lists. */
export function labelOf(tool: string): { readonly label?: string } {
  return tool.length > MAX_LABEL ? {} : { label: tool };
}
