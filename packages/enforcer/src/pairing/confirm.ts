import { timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { RecoveryHash, RevokedKey, Standing } from '../model/durable.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { Candidate, ConfirmStage, PairingState } from '../model/pairing.js';
import type { PairingContext, PairingIn, PairingInput, PairingTurn } from './model.js';
import { atRest, clearTimers, refuse, revokeToken, saveWorkspace, tell } from './rest.js';

type Confirming = PairingIn<'AwaitingConfirm'>;
type Input<Type extends PairingInput['type']> = Extract<PairingInput, { readonly type: Type }>;

/**
 * Whether the pinned approver stands behind a candidate (PAIR-260): nothing is pinned, the pinned key itself answered
 * (without lowering the assurance it was pinned with), or the old approver or the recovery code authorised it.
 */
export function isAuthorised(standing: Standing, candidate: Candidate): boolean {
  const { pin } = standing;
  if (pin === null || candidate.authorised) return true;
  if (pin.publicKey !== candidate.record.publicKey) return false;
  return candidate.record.assurance === 'verified' || pin.assurance === 'gateway-trusted';
}

/** The first verified pairing makes a code; a used one is replaced, whatever it brought in: it works once. */
function needsRecoveryCode(standing: Standing, candidate: Candidate): boolean {
  return candidate.recovered || (candidate.record.assurance === 'verified' && standing.recovery === null);
}

function waitFor(standing: Standing, candidate: Candidate, stage: ConfirmStage): PairingState {
  return { name: 'AwaitingConfirm', standing, candidate, stage };
}

/** What an accepted candidate still needs, one thing after the other; then it is stored. */
export function settle(standing: Standing, candidate: Candidate, input: Timed): PairingTurn {
  const { pairingId, record, fingerprint, confirmed } = candidate;
  const { signerKeyId, publicKey, safetyNumber, assurance } = record;
  if (!isAuthorised(standing, candidate)) {
    const reachable = standing.active !== null;
    return turn(waitFor(standing, candidate, { kind: 'old-approver' }), [
      tell(standing, pairingId, { kind: 'needs-old-approver', signerKeyId, publicKey, reachable }),
    ]);
  }
  if (assurance === 'gateway-trusted' && !confirmed) {
    return turn(waitFor(standing, candidate, { kind: 'terminal' }), [
      tell(standing, pairingId, { kind: 'confirm', safetyNumber, fingerprint }),
    ]);
  }
  if (needsRecoveryCode(standing, candidate)) {
    return turn(waitFor(standing, candidate, { kind: 'recovery-code' }), [
      { type: 'recovery.create', pairingId, workspaceId: standing.workspaceId },
    ]);
  }
  return store(standing, candidate, { input, newRecovery: null });
}

function replacedKey(standing: Standing, candidate: Candidate, input: Timed): readonly RevokedKey[] {
  const { pin } = standing;
  if (pin === null || pin.publicKey === candidate.record.publicKey) return [];
  return [{ signerKeyId: pin.signerKeyId, publicKey: pin.publicKey, revokedAt: input.at }];
}

function nextStanding(
  standing: Standing,
  candidate: Candidate,
  parts: { readonly input: Timed; readonly newRecovery: RecoveryHash | null },
): Standing {
  const { record, recovered } = candidate;
  const { signerKeyId, publicKey, assurance } = record;
  const { at } = parts.input;
  return {
    ...standing,
    active: record,
    revoked: false,
    pin: { publicKey, signerKeyId, assurance, pinnedAt: at },
    recovery: parts.newRecovery ?? standing.recovery,
    recoveryUsedAt: recovered ? at : standing.recoveryUsedAt,
    revokedKeys: [...standing.revokedKeys, ...replacedKey(standing, candidate, parts.input)],
  };
}

function store(
  standing: Standing,
  candidate: Candidate,
  parts: { readonly input: Timed; readonly newRecovery: RecoveryHash | null },
): PairingTurn {
  const next = nextStanding(standing, candidate, parts);
  const effect = saveWorkspace(`pair.${candidate.pairingId}.1`, next);
  const persistId = effect.type === 'persist' ? effect.persistId : '';
  const stage = { kind: 'saving', persistId, attempt: 1, next, newRecovery: parts.newRecovery } as const;
  return turn(waitFor(standing, candidate, stage), [...clearTimers(candidate.pairingId), effect]);
}

function declined(state: Confirming, input: PairingInput, context: PairingContext): PairingTurn {
  const { candidate } = state;
  const order = {
    pairingId: candidate.pairingId,
    reason: input.type === 'confirm' ? ('declined' as const) : ('cancelled' as const),
    routingToken: candidate.record.routingToken,
  };
  return refuse(state, order, { input, access: context.access });
}

/** The human compared the safety number, or declined (PAIR-210). */
export function confirm(state: Confirming, input: Input<'confirm'>, context: PairingContext): PairingTurn {
  if (state.stage.kind !== 'terminal') return turn(state);
  if (!input.accept) return declined(state, input, context);
  return settle(state.standing, { ...state.candidate, confirmed: true }, input);
}

/** The user gave up, at any point before the pairing is being stored. */
export function cancel(state: Confirming, input: PairingInput, context: PairingContext): PairingTurn {
  return state.stage.kind === 'saving' ? turn(state) : declined(state, input, context);
}

/** The old approver approved a key: only exactly this candidate's (PAIR-260). */
export function approvedByOld(state: Confirming, input: Input<'approvedByOld'>): PairingTurn {
  const { stage, candidate, standing } = state;
  if (stage.kind !== 'old-approver' || input.publicKey !== candidate.record.publicKey) return turn(state);
  return settle(standing, { ...candidate, authorised: true }, input);
}

/** The new recovery code exists; only its hash comes here. */
export function recoveryCreated(
  state: Confirming,
  input: Input<'recoveryCreated'>,
  context: PairingContext,
): PairingTurn {
  const { stage, candidate, standing } = state;
  if (stage.kind !== 'recovery-code') return turn(state);
  if (input.hash === null) {
    const { pairingId, record } = candidate;
    const order = { pairingId, reason: 'recovery_unavailable', routingToken: record.routingToken } as const;
    return refuse(state, order, { input, access: context.access });
  }
  return store(standing, candidate, { input, newRecovery: input.hash });
}

function auditOf(state: Confirming, input: Timed, hasNewRecovery: boolean): readonly EnforcerEffect[] {
  const { candidate, standing } = state;
  const { pairingId, record, recovered } = candidate;
  const { signerKeyId, assurance } = record;
  const common = { at: input.at, workspaceId: standing.workspaceId, pairingId };
  const replaced = replacedKey(standing, candidate, input)[0];
  const entries: readonly EnforcerEffect[] = [
    { type: 'audit.append', entry: { kind: 'pairing.completed', ...common, signerKeyId, assurance } },
  ];
  return [
    ...(replaced === undefined
      ? []
      : [
          {
            type: 'audit.append',
            entry: { kind: 'pairing.key-replaced', ...common, signerKeyId: replaced.signerKeyId },
          } as const,
        ]),
    ...(recovered ? [{ type: 'audit.append', entry: { kind: 'recovery.used', ...common } } as const] : []),
    ...(hasNewRecovery ? [{ type: 'audit.append', entry: { kind: 'recovery.created', ...common } } as const] : []),
    ...entries,
  ];
}

/** The pairing is stored: from now on it is in force. */
export function saved(state: Confirming, input: Input<'saved'>, { access }: PairingContext): PairingTurn {
  const { stage, candidate, standing } = state;
  if (stage.kind !== 'saving' || stage.persistId !== input.persistId) return turn(state);
  const { signerKeyId, assurance, safetyNumber } = candidate.record;
  const replaced = replacedKey(standing, candidate, input).length > 0;
  const newRecoveryCode = stage.newRecovery !== null;
  const old = standing.active;
  const isOld = old !== null && access !== null && old.gatewayUrl === access.gatewayUrl;
  return turn(atRest(stage.next), [
    ...(isOld ? revokeToken(access, standing.workspaceId, old.routingToken) : []),
    ...auditOf(state, input, newRecoveryCode),
    tell(standing, candidate.pairingId, {
      kind: 'paired',
      signerKeyId,
      assurance,
      safetyNumber,
      replaced,
      newRecoveryCode,
    }),
  ]);
}

/** The pairing could not be stored: a few more attempts, then it never was. */
export function saveFailed(state: Confirming, input: Input<'saveFailed'>, context: PairingContext): PairingTurn {
  const { stage, candidate } = state;
  if (stage.kind !== 'saving' || stage.persistId !== input.persistId) return turn(state);
  const { pairingId, record } = candidate;
  if (stage.attempt >= ENGINE_LIMITS.persistAttempts) {
    const order = { pairingId, reason: 'state_unwritable', routingToken: record.routingToken } as const;
    return refuse(state, order, { input, access: context.access });
  }
  return turn(state, [
    { type: 'timer.set', timerId: timerId('pairing.save', pairingId), afterMs: ENGINE_LIMITS.persistBackoffMs },
  ]);
}

/** Tries to store the pairing again. */
export function saveAgain(state: Confirming): PairingTurn {
  const { stage, candidate } = state;
  if (stage.kind !== 'saving') return turn(state);
  const attempt = stage.attempt + 1;
  const effect = saveWorkspace(`pair.${candidate.pairingId}.${attempt}`, stage.next);
  const persistId = effect.type === 'persist' ? effect.persistId : '';
  return turn({ ...state, stage: { ...stage, persistId, attempt } }, [effect]);
}
