import { render, type RenderMode } from '@airlock/actions';
import type { JsonObject } from '@airlock/protocol';
import type { Basis, HostVerdict } from '@airlock/runtime/client';
import type { Coded } from '../failure.js';

type Denied = Extract<HostVerdict, { permission: 'deny' }>;
type Allowed = Extract<HostVerdict, { permission: 'allow' }>;

/** Characters of a reason: what does not fit is cut, visibly. */
const MAX_REASON = 4000;
const CUT = ' [cut]';

/** A reason whose parts from outside are rendered, so that none of them can pass for ours. */
export type Reason = (mode: RenderMode) => string;

/** A reason on one line of printable ASCII, for the header `Airlock-Reason`. */
export function asciiReason(reason: Reason): string {
  return limited(reason('command').replaceAll('\n', ' '));
}

/** A reason for human and model, letters of every script included. */
export function readableReason(reason: Reason): string {
  return limited(reason('text'));
}

function limited(text: string): string {
  return text.length <= MAX_REASON ? text : `${text.slice(0, MAX_REASON - CUT.length)}${CUT}`;
}

/** A refusal that no human made: what happened, why, what to type next. */
export function refusalReason({ code, message, fix }: Coded): Reason {
  return (mode) => {
    const shown = (text: string) => render(text, mode).text;
    const why = `Airlock did not let this call through (${shown(code)}): ${shown(message.replace(/\.$/, ''))}.`;
    return `${why} Nothing was executed.${fix === undefined ? '' : ` Next: ${shown(fix)}`}`;
  };
}

/** Why a change of the host's settings is held back. */
export function settingsReason({ message, fix }: Coded): Reason {
  return (mode) => {
    const shown = (text: string) => render(text, mode).text;
    return `Airlock holds back a change of settings: ${shown(message)}.${fix === undefined ? '' : ` Next: ${shown(fix)}`}`;
  };
}

/** The reason of a denial; what the human wrote is attributed to the human. */
export function denialReason({ code, reason, fix, isHuman }: Denied): Reason {
  if (!isHuman) return refusalReason({ code, message: reason, ...(fix === undefined ? {} : { fix }) });
  return (mode) => {
    const why = reason === '' ? '(no reason given)' : render(reason, mode).text;
    return `Rejected by the approver: ${why}\nNothing was executed. Do not repeat this call and do not reach the same in another way: follow the reason, or ask the user.`;
  };
}

/** The reason of an allowance: a signature or a signed policy is behind it (LOC-045). */
export function allowanceReason({ basis, requestId }: Allowed): Reason {
  const words = basis === null ? 'approved by the approver' : basisWords(basis);
  return (mode) => `Airlock: ${words} (request ${render(requestId, mode).text})`;
}

function basisWords(basis: Basis): string {
  switch (basis.kind) {
    case 'pattern':
      return 'allowed by a signed pattern';
    case 'grant':
      return 'allowed by a signed standing approval';
    case 'auto':
    case 'gate-off':
    case 'read':
    case 'unmanaged':
    case 'fail-open':
    case 'denial':
    case 'handed-over':
      return `allowed (${basis.kind})`;
  }
}

/** Tells human and model, after a call, that what happened is not what was approved. */
export function incidentNotice(
  event: string,
  { incident, message }: { readonly incident: string; readonly message: string },
): JsonObject {
  const text = `Airlock (${incident}): ${render(message, 'text').text}. It is recorded as an incident. Look at it before going on.`;
  return { systemMessage: text, hookSpecificOutput: { hookEventName: event, additionalContext: text } };
}
