import { isUtf8 } from 'node:buffer';
import type { RawHookAnswer } from '@airlock/runtime/client';

/** What the hook gives the host: text for standard output and standard error, and how it ends. */
export interface HookOutput {
  readonly exit: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Said to the host when a denial comes without a reason that can be shown. */
const DENIED = 'airlock: denied';

/** The body for a tool call with a decision: ASCII, as our daemon writes it. `hook.pl` takes no more than this form, but any letters. */
const DECISION =
  /^\{"hookSpecificOutput":\{"hookEventName":"PreToolUse","permissionDecision":"(allow|deny)","permissionDecisionReason":"(?:[ !#-[\]-~]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"\}\}$/;

/** Whether the answer to an event decides about a tool call, so that it needs a decision in its body (table 18.1). */
export function isToolCall(event: string): boolean {
  return event === 'PreToolUse' || event.startsWith('tool.');
}

/**
 * The output that an answer of the daemon stands for, or null: an answer in which permission, exit code and body do not
 * have one of the well-formed forms together is none (LOC-040, INV-24).
 */
export function wellFormed(event: string, answer: RawHookAnswer): HookOutput | null {
  if (answer.status !== 200) return null;
  const { 'airlock-permission': permission, 'airlock-exit': exit, 'airlock-reason': reason } = answer.headers;
  const body = textOf(answer.body);
  if (body === null || permission === undefined || !isBodyFor(event, permission, body)) return null;
  if (permission === 'deny') return exit === '2' ? { exit: 2, stdout: body, stderr: shown(reason) } : null;
  return exit === '0' ? { exit: 0, stdout: body, stderr: '' } : null;
}

function isBodyFor(event: string, permission: string, body: string): boolean {
  if (!isToolCall(event)) return permission !== 'allow' && /^(?:\{[^\n]*)?$/.test(body);
  if (permission === 'pass') return body === '{}';
  return permission === DECISION.exec(body)?.[1];
}

function textOf(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : null;
}

function shown(reason: string | undefined): string {
  return reason !== undefined && /^[ -~]{1,4000}$/.test(reason) ? reason : DENIED;
}
