import type { JsonObject } from '@airlock/protocol';
import type { HookAnswer, HookPending, HostVerdict } from '@airlock/runtime/client';
import { readCoded } from '../failure.js';
import { allowanceReason, asciiReason, denialReason, type Reason, readableReason, refusalReason } from './reason.js';

/** Exit code that blocks, whatever stands on standard output (table 18.1). */
const BLOCK = 2;

/** The answer for a tool call, exactly in the form of table 18.1 (LOC-140). */
export function verdictAnswer(verdict: HostVerdict): HookAnswer | HookPending {
  switch (verdict.permission) {
    case 'allow':
      return { permission: 'allow', exit: 0, body: decision('allow', allowanceReason(verdict)) };
    case 'pass':
      return { permission: 'pass', exit: 0, body: '{}' };
    case 'deny':
      return denyAnswer(denialReason(verdict));
    case 'pending':
      return { permission: 'pending' };
  }
}

/** Blocks a tool call. */
export function denyAnswer(reason: Reason): HookAnswer {
  return { permission: 'deny', exit: BLOCK, body: decision('deny', reason), reason: asciiReason(reason) };
}

/** Blocks with a code, for whatever was thrown (LOC-100). */
export function failureAnswer(thrown: unknown): HookAnswer {
  return denyAnswer(refusalReason(readCoded(thrown)));
}

/** Refuses an event that is no tool call. */
export function refuseEvent(reason: Reason): HookAnswer {
  return { permission: 'deny', exit: BLOCK, body: '', reason: asciiReason(reason) };
}

/** Lets an event that is no tool call go on; `say` is shown by the host. */
export function goOn(say?: JsonObject): HookAnswer {
  return { permission: 'pass', exit: 0, body: say === undefined ? '' : asciiJson(say) };
}

function decision(permissionDecision: 'allow' | 'deny', reason: Reason): string {
  return asciiJson({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision,
      permissionDecisionReason: readableReason(reason),
    },
  });
}

/** One line of ASCII: no shell and no terminal on the way can change it. */
function asciiJson(value: JsonObject): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
