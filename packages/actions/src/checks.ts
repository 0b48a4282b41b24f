import { hostInputJson, JsonError } from '@airlock/protocol';
import { ActionError } from './errors.js';

/** @throws ActionError `action_invalid` unless it holds */
export function check(holds: boolean, message: string, cause?: unknown): void {
  if (!holds) throw new ActionError('action_invalid', message, cause === undefined ? {} : { cause });
}

/** POSIX, drive or UNC path. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\');
}

/** The host's tool and its exact input, as they are bound (ART-140). */
export interface ToolCall {
  readonly tool: string;
  /** RFC 8785 text of the input; {@link hostInputJson} makes it. */
  readonly inputJson: string;
}

/** @throws ActionError `action_invalid` for a tool without a name, or an input that is not in the form of ART-140 */
export function checkToolCall({ tool, inputJson }: ToolCall): void {
  check(tool !== '', 'A tool call needs the name of the tool');
  try {
    check(hostInputJson(inputJson) === inputJson, 'The input of a tool call must be canonical');
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    check(false, 'The input of a tool call must be a JSON object that reads in one way only', cause);
  }
}

/** Extension member that binds the working directory of a tool call that is no command. */
export const CWD_EXTENSION = 'airlock.cwd';

/** @throws ActionError `action_invalid` for a folder that is not absolute */
export function cwdMember(cwd: string | undefined): { readonly extensions?: Readonly<Record<string, unknown>> } {
  if (cwd === undefined) return {};
  check(isAbsolute(cwd), 'Paths of an action must be absolute');
  return { extensions: { [CWD_EXTENSION]: cwd } };
}
