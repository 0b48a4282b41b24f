import type {
  AuditEntry,
  DurableRecord,
  EffectOf,
  EnforcerEffect,
  GatewayEffect,
  JournalEntry,
} from '@airlock/enforcer';
import { type RuntimeError, toRuntimeError } from '../errors.js';
import type { RecordAnswer } from '../journal/journal.js';
import type { Channels } from './channels.js';
import type { ClaimDesk } from './claim-desk.js';
import type { Dispatch } from './engine-host.js';
import type { GatewayRunner } from './gateway-runner.js';
import type { ProgressHub } from './progress-hub.js';
import type { RecoveryCodes } from './recovery.js';
import type { EngineTimers } from './timers.js';

/** The files behind the engine. Each is missing after damage; everything is denied then. */
export interface Durables {
  persist(record: DurableRecord): Promise<void>;
  record(entry: JournalEntry): RecordAnswer;
  audit(entry: AuditEntry): void;
  /** Writes down the approval of a request that was just granted. Throws when it cannot. */
  approved(requestId: string): void;
}

export interface Performers {
  readonly dispatch: Dispatch;
  readonly timers: EngineTimers;
  readonly gateway: GatewayRunner;
  readonly channels: Channels;
  readonly durables: Durables;
  readonly recovery: RecoveryCodes;
  readonly claims: ClaimDesk;
  readonly hub: ProgressHub;
  /** A file that could not be written, or a journal that is damaged. */
  readonly onFailure: (error: unknown) => void;
}

/** Starts one effect of the engine. Whatever has an answer gets exactly one, through `dispatch`. */
export function perform(effect: EnforcerEffect, to: Performers): void {
  if (isGatewayCall(effect)) return to.gateway.start(effect);
  switch (effect.type) {
    case 'timer.set':
      return to.timers.set(effect.timerId, effect.afterMs);
    case 'timer.clear':
      return to.timers.clear(effect.timerId);
    case 'persist':
      return persist(effect, to);
    case 'journal.record':
      return record(effect, to);
    case 'audit.append':
      return to.durables.audit(effect.entry);
    case 'execution.grant':
      return grant(effect.requestId, to);
    case 'execution.refuse':
      return to.claims.answer(effect.requestId, { granted: false, code: effect.code });
    case 'recovery.verify':
      return to.dispatch({
        type: 'recovery.verified',
        pairingId: effect.pairingId,
        ok: to.recovery.verify(effect.pairingId, effect.hash),
      });
    case 'recovery.create':
      return to.dispatch({
        type: 'recovery.created',
        pairingId: effect.pairingId,
        hash: to.recovery.create(effect.pairingId),
      });
    case 'channel.open':
      return to.channels.open(effect);
    case 'channel.close':
      return to.channels.close(effect.workspaceId);
    case 'notify.request':
    case 'notify.pairing':
    case 'notify.auth':
      return to.hub.publish(effect);
    case 'gateway.cancel':
      return to.gateway.cancel(effect.callId);
    default:
      return effect satisfies never;
  }
}

/** Nothing is executed whose approval is not written down. */
function grant(requestId: string, to: Performers): void {
  try {
    to.durables.approved(requestId);
  } catch (cause) {
    const { code } = toRuntimeError(cause);
    to.onFailure(cause);
    to.dispatch({ type: 'execution.outcome', requestId, outcome: 'failed', detail: code });
    to.claims.answer(requestId, { granted: false, code });
    return;
  }
  to.claims.answer(requestId, { granted: true });
}

function isGatewayCall(effect: EnforcerEffect): effect is GatewayEffect {
  return effect.type.startsWith('gateway.') && effect.type !== 'gateway.cancel';
}

function persist({ persistId, record: stored }: EffectOf<'persist'>, to: Performers): void {
  to.durables.persist(stored).then(
    () => to.dispatch({ type: 'persist.done', persistId }),
    (cause: unknown) => {
      to.onFailure(cause);
      to.dispatch({ type: 'persist.failed', persistId });
    },
  );
}

function record({ requestId, entry }: EffectOf<'journal.record'>, to: Performers): void {
  const answer = to.durables.record(entry);
  switch (answer.result) {
    case 'recorded':
      return to.dispatch({ type: 'journal.recorded', requestId });
    case 'replayed':
      return to.dispatch({ type: 'journal.replayed', requestId });
    case 'unavailable':
      to.onFailure(answer.error satisfies RuntimeError<string>);
      return to.dispatch({ type: 'journal.unavailable', requestId });
    default:
      return answer satisfies never;
  }
}
