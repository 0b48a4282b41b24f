import { timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Access, PairingId, Timed } from '../model/base.js';
import { callId } from '../machine/names.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { Standing } from '../model/durable.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { PairingState } from '../model/pairing.js';
import type { PairingProgress, PairingRefusal } from '../model/progress.js';
import type { NewWorkspace, PairingContext, PairingIn, PairingInput, PairingTurn } from './model.js';

/** A workspace nothing is known about. */
export function newStanding(workspace: NewWorkspace): Standing {
  const { workspaceId, enforcerId, enforcerLabel, workspaceName } = workspace;
  return {
    workspaceId,
    enforcerId,
    enforcerLabel,
    workspaceName,
    active: null,
    revoked: false,
    pin: null,
    recovery: null,
    recoveryUsedAt: null,
    revokedKeys: [],
  };
}

/** The state a workspace is in when no attempt is under way. */
export function atRest(standing: Standing): PairingState {
  if (standing.active !== null) return { name: 'Paired', standing };
  return { name: standing.revoked ? 'Revoked' : 'Unpaired', standing };
}

/** Attempt under way, or null. */
export function attemptOf(state: PairingState): PairingId | null {
  switch (state.name) {
    case 'Initiated':
    case 'Claimed':
      return state.session.pairingId;
    case 'AwaitingConfirm':
      return state.candidate.pairingId;
    case 'Unpaired':
    case 'Paired':
    case 'Revoked':
    case 'Expired':
      return null;
  }
}

/** Progress for whoever pairs. */
export function tell(standing: Standing, pairingId: PairingId, progress: PairingProgress): EnforcerEffect {
  return { type: 'notify.pairing', pairingId, workspaceId: standing.workspaceId, progress };
}

/** Timers of an attempt. */
export function clearTimers(pairingId: PairingId): readonly EnforcerEffect[] {
  const names = ['pairing.poll', 'pairing.expiry', 'pairing.save'] as const;
  return names.map((name) => ({ type: 'timer.clear', timerId: timerId(name, pairingId) }));
}

/** Takes a routing token back that the gateway issued for a pairing we do not store. */
export function revokeToken(access: Access | null, pairingId: string, routingToken: string): readonly EnforcerEffect[] {
  if (access === null) return [];
  return [
    { type: 'gateway.revokePairing', callId: callId('revokePairing', pairingId), request: { access, routingToken } },
  ];
}

/** How an attempt ends without storing anything. */
export interface RefusalOrder {
  readonly pairingId: PairingId;
  readonly reason: PairingRefusal;
  /** The answer failed a check of PAIR-190: S is burnt and somebody may have listened in (PAIR-200). */
  readonly interception?: boolean;
  /** Token of the refused pairing. */
  readonly routingToken?: string;
}

/** Ends an attempt: secrets and keys gone, what was in force stays. */
export function refuse(
  state: PairingState,
  order: RefusalOrder,
  where: { readonly input: Timed; readonly access: Access | null },
): PairingTurn {
  const { standing } = state;
  const { pairingId, reason, routingToken } = order;
  const interception = order.interception ?? false;
  const taken = routingToken === undefined ? [] : revokeToken(where.access, pairingId, routingToken);
  return turn(atRest(standing), [
    ...clearTimers(pairingId),
    ...taken,
    ...(isStoring(state) ? [saveWorkspace('drop1', standing)] : []),
    {
      type: 'audit.append',
      entry: {
        kind: 'pairing.refused',
        at: where.input.at,
        workspaceId: standing.workspaceId,
        pairingId,
        reason,
        ...(interception ? { outcome: 'possible-interception' } : {}),
      },
    },
    tell(standing, pairingId, { kind: 'refused', reason, interception }),
  ]);
}

/** Ends an attempt whose time is up. */
export function expire(
  state: PairingState,
  pairingId: PairingId,
  where: { input: Timed; access: Access | null },
): PairingTurn {
  const { standing } = state;
  const { input, access } = where;
  const token = state.name === 'AwaitingConfirm' ? state.candidate.record.routingToken : null;
  const next: PairingState = standing.active === null ? { name: 'Expired', standing, pairingId } : atRest(standing);
  return turn(next, [
    ...clearTimers(pairingId),
    ...(token === null ? [] : revokeToken(access, pairingId, token)),
    {
      type: 'audit.append',
      entry: { kind: 'pairing.expired', at: input.at, workspaceId: standing.workspaceId, pairingId },
    },
    tell(standing, pairingId, { kind: 'expired' }),
  ]);
}

/** Writes a workspace to stable storage. `label` makes the id of the answer. */
export function saveWorkspace(label: string, standing: Standing): EnforcerEffect {
  const { workspaceId } = standing;
  return {
    type: 'persist',
    persistId: `workspace.${label}:${workspaceId}`,
    record: { kind: 'workspace', workspaceId, value: standing },
  };
}

function withStanding(state: PairingState, standing: Standing): PairingState {
  const isRest = attemptOf(state) === null && state.name !== 'Expired';
  return isRest ? atRest(standing) : { ...state, standing };
}

function isStoring(state: PairingState): boolean {
  return state.name === 'AwaitingConfirm' && state.stage.kind === 'saving';
}

/** The gateway says the pairing is over. It may always take trust away; the pin stays (PAIR-260). */
export function revoke(state: PairingState, input: Timed): PairingTurn {
  const { standing } = state;
  if (standing.active === null) return turn(state);
  const next: Standing = { ...standing, active: null, revoked: true };
  const { signerKeyId } = standing.active;
  return turn(withStanding(state, next), [
    // A pairing that is being stored already supersedes the dropped one; writing now would undo it.
    ...(isStoring(state) ? [] : [saveWorkspace('drop1', next)]),
    {
      type: 'audit.append',
      entry: { kind: 'pairing.revoked', at: input.at, workspaceId: standing.workspaceId, signerKeyId },
    },
  ]);
}

/** Unpair: at once, any attempt included; the pin stays (LOC-065). */
export function unpair(state: PairingState, input: PairingInput, context: PairingContext): PairingTurn {
  const pairingId = attemptOf(state);
  const where = { input, access: context.access };
  const stopped =
    pairingId === null ? turn<PairingState>(state) : refuse(state, { pairingId, reason: 'cancelled' }, where);
  const { standing } = state;
  const next: Standing = { ...standing, active: null, revoked: false };
  const { active } = standing;
  const taken =
    active === null || context.access === null || active.gatewayUrl !== context.access.gatewayUrl
      ? []
      : revokeToken(context.access, standing.workspaceId, active.routingToken);
  return turn(atRest(next), [
    ...stopped.effects,
    saveWorkspace('drop1', next),
    ...taken,
    {
      type: 'audit.append',
      entry: { kind: 'pairing.unpaired', at: input.at, workspaceId: standing.workspaceId },
    },
  ]);
}

/** Dropping a pairing could not be stored: it is dropped all the same, and stored again a few times. */
export function dropAgain(
  state: PairingState,
  input: Extract<PairingInput, { readonly type: 'saveFailed' }>,
): PairingTurn {
  const match = /^workspace\.drop([0-9]):/.exec(input.persistId);
  const attempt = Number(match?.[1] ?? Number.NaN);
  if (!(attempt < ENGINE_LIMITS.persistAttempts)) return turn(state);
  return turn(state, [saveWorkspace(`drop${attempt + 1}`, state.standing)]);
}

/** A state in which an attempt runs. */
export type Attempt = PairingIn<'Initiated'> | PairingIn<'Claimed'> | PairingIn<'AwaitingConfirm'>;
