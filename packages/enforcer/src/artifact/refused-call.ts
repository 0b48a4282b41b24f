import { turn } from '../machine/table.js';
import type { GatewayFailure, Timed } from '../model/base.js';
import { end } from './ending.js';
import { classify, signalsOf } from './failures.js';
import type { ArtifactContext, ArtifactTurn, In } from './model.js';

/** A submission or wait that failed, and when. */
export interface RefusedCall {
  readonly input: Timed;
  readonly failure: GatewayFailure;
  readonly context: ArtifactContext;
  /** What to do when asking again may help. */
  readonly again: () => ArtifactTurn;
}

/** Parks a request until another credential is there: once, then it fails (ART-170). */
function credentialRefused(state: In<'Submitting'> | In<'AwaitingDecision'>, call: RefusedCall): ArtifactTurn {
  const version = state.stage.kind === 'calling' ? state.stage.version : -1;
  const heard = [{ kind: 'unauthorized', version }] as const;
  const stage = { kind: 'access', version } as const;
  if (!state.refreshed) return turn({ ...state, refreshed: true, stage }, [], heard);
  const where = { input: call.input, access: call.context.access };
  const ended = end(state, { name: 'Failed', outcome: 'failed', code: 'unauthorized' }, where);
  return turn(ended.state, ended.effects, heard);
}

/** What a failed submission or wait leads to (ENF-150). */
export function callRefused(state: In<'Submitting'> | In<'AwaitingDecision'>, call: RefusedCall): ArtifactTurn {
  const { failure, input, context } = call;
  switch (classify(failure)) {
    case 'again':
      return call.again();
    case 'credential':
      return credentialRefused(state, call);
    case 'final': {
      const where = { input, access: context.access };
      const ended = end(state, { name: 'Failed', outcome: 'failed', code: failure.code }, where);
      return turn(ended.state, ended.effects, [...ended.signals, ...signalsOf(failure)]);
    }
  }
}
