import type { Basis } from '@airlock/runtime/client';

/** What stands behind a call that may go ahead: a human's decision, a signed pattern or grant, or no gate at all. */
export type Decision = 'approved' | 'policy' | 'passed';

/** What a verdict says besides that it is not a denial; `null` when its parts do not belong together. */
export function decisionOf(verdict: 'allow' | 'pass', outcome: string, basis: Basis | undefined): Decision | null {
  if (verdict === 'allow' && outcome === 'approved') {
    return basis === undefined || isOneOf(basis, ['handed-over']) ? 'approved' : null;
  }
  if (verdict === 'allow') return outcome === 'policy' && isOneOf(basis, ['pattern', 'grant']) ? 'policy' : null;
  const known: readonly Basis['kind'][] = ['auto', 'gate-off', 'unmanaged', 'fail-open'];
  return outcome === 'passed' && isOneOf(basis, known) ? 'passed' : null;
}

/** A kind that this version does not know is none of them. */
function isOneOf(basis: Basis | undefined, kinds: readonly Basis['kind'][]): boolean {
  return basis !== undefined && kinds.includes(basis.kind);
}

/** Local time, with its day when that is not today. */
function timeOf(at: number, now: number): string {
  const pad = (value: number) => String(value).padStart(2, '0');
  const when = new Date(at);
  const time = `${pad(when.getHours())}:${pad(when.getMinutes())}`;
  if (when.toDateString() === new Date(now).toDateString()) return time;
  return `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())} ${time}`;
}

/** Why nobody was asked, in one line. */
export function basisLine(basis: Basis, now: number): string {
  switch (basis.kind) {
    case 'pattern': {
      const ids = [...new Set(basis.patternIds)];
      return `approved by your signed pattern${ids.length === 1 ? '' : 's'} ${ids.join(', ')} (airlock patterns)`;
    }
    case 'grant':
      return `approved by a standing permission of the approver, ${basis.policyId} (airlock policy show)`;
    case 'auto':
      return `not gated: auto mode is on until ${timeOf(basis.until, now)}`;
    case 'gate-off':
      return `not gated: the signed policy switches the gate "${basis.gate}" off`;
    case 'unmanaged':
      return `not gated: the signed policy leaves ${basis.path} alone`;
    case 'read':
      return 'not gated: it only reads, inside the workspace, and no secrets';
    case 'fail-open':
      return `not gated: fail mode is open until ${timeOf(basis.until, now)}, and the gateway cannot be reached`;
    case 'denial':
      return `denied by a standing policy of the approver, ${basis.policyId}`;
    case 'handed-over':
      return `approved a moment ago, as ${basis.requestId}`;
  }
}
