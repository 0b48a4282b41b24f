import { AirlockError } from '@airlock/protocol';
import { RuntimeError, toRuntimeError } from '../errors.js';
import type { RequestEvent } from '../socket/api.js';
import type { HostRefusal, HostVerdict } from './host-desk.js';

/** A verdict that refuses. */
export type Denial = Extract<HostVerdict, { readonly permission: 'deny' }>;

type Decided = Extract<RequestEvent, { readonly event: 'decided' }>;

/** A refusal that is ours. */
export function denial(requestId: string | null, { code, message, fix }: HostRefusal): Denial {
  const base = { permission: 'deny', requestId, code, reason: message, isHuman: false } as const;
  return fix === undefined ? base : { ...base, fix };
}

/** What something thrown refuses with: a coded error with its code, everything else as `internal_error`. */
export function thrownDenial(requestId: string | null, thrown: unknown): Denial {
  if (thrown instanceof AirlockError && !(thrown instanceof RuntimeError)) {
    return denial(requestId, { code: thrown.code, message: thrown.message });
  }
  const { code, message, fix } = toRuntimeError(thrown);
  return denial(requestId, { code, message, ...(fix === undefined ? {} : { fix }) });
}

/** The refusal of a decided request: the approver's own, or one of ours. */
export function decidedDenial({ requestId, outcome, code, reason, fix }: Decided): Denial {
  const isHuman = outcome === 'rejected';
  const base = { permission: 'deny', requestId, code: code ?? outcome, isHuman } as const;
  const said = reason ?? (isHuman ? '' : `refused: ${code ?? outcome}`);
  return fix === undefined ? { ...base, reason: said } : { ...base, reason: said, fix };
}

/** Everything this part refuses with on its own account. */
export const REFUSALS = {
  call_over: 'this call is over; a new one is asked anew',
  collected_again: 'this layer was answered already; each is answered once',
  input_changed: 'another layer reported other input for this very call',
  not_the_call: 'what was described is not what the host reported',
  session_over: 'the session of this call has ended',
  verdict_lapsed: 'the approval of this call is no longer valid',
  withdrawn: 'nobody waited for this call any more, so it was withdrawn',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

/** One of {@link REFUSALS}. */
export function ownDenial(requestId: string | null, code: RefusalCode): Denial {
  return denial(requestId, { code, message: REFUSALS[code] });
}
