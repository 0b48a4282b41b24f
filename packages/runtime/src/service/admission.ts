import { admission, unansweredRefresh } from '@airlock/enforcer';
import { isSameOrigin } from '../engine/sign-in-routes.js';
import type { Workspace } from '../state/state-store.js';
import { type Core, whenState } from './core.js';

/** How long a request waits for a token refresh or consent check that is under way, milliseconds. */
const ADMISSION_WAIT = 15_000;

/** Why nothing is permitted in a workspace at this moment, by anybody: a code, or null. Waits for nothing. */
export function closedBy(core: Core, workspace: Workspace | undefined): string | null {
  const [problem] = core.problems.all;
  if (problem !== undefined) return problem.code;
  if (workspace === undefined) return isSignedIn(core) ? 'not_paired' : 'not_signed_in';
  const now = admission(core.host.state, workspace.workspaceId);
  return now.kind === 'closed' ? now.code : null;
}

function isSignedIn(core: Core): boolean {
  const { name } = core.host.state.auth;
  return name === 'SignedIn' || name === 'Refreshing';
}

/**
 * Whether a request may be put to the human: `open`; `unreached` when the gateway, asked for a new token, gives no answer;
 * else a refusal.
 */
export type Admitted = { readonly kind: 'open' | 'unreached' } | { readonly kind: 'closed'; readonly code: string };

export interface AdmissionLimits {
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** Waits for a refresh or consent check under way. `mayFailOpen` is asked whether a gateway out of reach ends the wait. */
export async function admitted(
  core: Core,
  { workspaceId }: Workspace,
  { timeoutSeconds, signal, mayFailOpen }: AdmissionLimits & { readonly mayFailOpen: () => boolean },
): Promise<Admitted> {
  const settled = (): Admitted | null => {
    const now = admission(core.host.state, workspaceId);
    if (now.kind !== 'later') return now;
    return isOutOfReach(core) && mayFailOpen() ? { kind: 'unreached' } : null;
  };
  const withinMs = Math.min(ADMISSION_WAIT, timeoutSeconds * 1000);
  const found = await whenState(core, settled, { withinMs, signal });
  return found ?? { kind: 'closed', code: 'gateway_unreachable' };
}

/** An identity provider elsewhere says nothing about the gateway. */
function isOutOfReach(core: Core): boolean {
  const unanswered = unansweredRefresh(core.host.state);
  return unanswered !== null && isSameOrigin(unanswered.idpUrl, unanswered.gatewayUrl);
}
