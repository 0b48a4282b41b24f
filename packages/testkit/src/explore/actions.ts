import type { StepFunction } from '../engine/frozen-step.js';
import { type HostileMessage, signatureId } from './messages.js';
import type { World } from './world.js';

/** What can happen next. */
export type WorldAction =
  | { readonly kind: 'sign'; readonly word: 'approve' | 'reject'; readonly requestId: string }
  | { readonly kind: 'accept' | 'lose'; readonly requestId: string }
  | {
      readonly kind: 'deliver';
      readonly message: HostileMessage;
      readonly to: string;
      readonly over: 'wait' | 'channel';
    }
  | { readonly kind: 'journal'; readonly requestId: string; readonly works: boolean }
  | { readonly kind: 'claim' | 'withdraw' | 'deny' | 'reopen'; readonly requestId: string }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'jump'; readonly ms: number }
  | { readonly kind: 'revoke' | 'restart' };

/** How large a world is. */
export interface HostileWorldOptions {
  /** One or two requests. */
  readonly requests: 1 | 2;
  /** The pairing announced `harp-decision/1`. */
  readonly harpRequired: boolean;
  /** Deliver only what the approver signed, as it signed it; for deep worlds. */
  readonly genuineOnly?: boolean;
  /** Kinds of actions to leave out. */
  readonly without?: readonly WorldAction['kind'][];
  /** The engine; the shipped one unless a weakened one is given. */
  readonly step?: StepFunction;
  /** A journal that forgets what it recorded: a weakness to be found. */
  readonly forgetfulJournal?: boolean;
}

/** Lifetime of explored artifacts and of signed decisions, in milliseconds. */
export const EXPLORED_ARTIFACT_MS = 600_000;
export const EXPLORED_DECISION_MS = 120_000;

/** An action in words, for traces. */
export function describeAction(action: WorldAction): string {
  switch (action.kind) {
    case 'sign':
      return `approver signs ${action.word} of ${action.requestId}`;
    case 'deliver':
      return `gateway delivers ${action.message.id} to ${action.to} over ${action.over}`;
    case 'journal':
      return `journal ${action.works ? 'answers' : 'fails'} for ${action.requestId}`;
    case 'pass':
      return `${action.ms} ms pass`;
    case 'jump':
      return `wall clock jumps by ${action.ms} ms`;
    case 'accept':
    case 'lose':
    case 'claim':
    case 'withdraw':
    case 'deny':
    case 'reopen':
      return `${action.kind} ${action.requestId}`;
    case 'revoke':
    case 'restart':
      return action.kind;
  }
}

/** What a world is made of, as far as its actions need it. */
export interface ActionSource {
  readonly requestIds: readonly string[];
  readonly messages: readonly HostileMessage[];
  readonly without: readonly WorldAction['kind'][];
  /** Monotonic time of the start. */
  readonly startMono: number;
}

function signActions(world: World, { requestIds }: ActionSource): readonly WorldAction[] {
  return requestIds.flatMap((requestId) => {
    const isAnswered = world.signed.some(
      (id) => id === signatureId('approve', requestId) || id === signatureId('reject', requestId),
    );
    const words = isAnswered ? [] : (['approve', 'reject'] as const);
    return words.map((word) => ({ kind: 'sign', word, requestId }) as const);
  });
}

function deliverActions(world: World, { messages }: ActionSource): readonly WorldAction[] {
  const waits = world.pending.filter(({ call }) => call === 'wait').map(({ requestId }) => requestId);
  const known = messages.filter(({ needs }) => needs === null || world.signed.includes(needs));
  return known.flatMap((message) => {
    const channel = { kind: 'deliver', message, to: message.names, over: 'channel' } as const;
    return [channel, ...waits.map((to) => ({ kind: 'deliver', message, to, over: 'wait' }) as const)];
  });
}

function gatewayActions(world: World): readonly WorldAction[] {
  return world.pending.flatMap(({ requestId, call }) =>
    call === 'submitArtifact' ? (['accept', 'lose'] as const).map((kind) => ({ kind, requestId }) as const) : [],
  );
}

function journalActions(world: World): readonly WorldAction[] {
  return world.recording.flatMap(({ requestId }) =>
    [true, false].map((works) => ({ kind: 'journal', requestId, works }) as const),
  );
}

function callerActions(world: World, { requestIds }: ActionSource): readonly WorldAction[] {
  return requestIds.flatMap((requestId) => {
    const isKnown = world.engine.exchanges[requestId] !== undefined;
    const kinds = isKnown ? (['claim', 'withdraw', 'deny'] as const) : (['reopen', 'claim'] as const);
    return kinds.map((kind) => ({ kind, requestId }) as const);
  });
}

function clockActions(world: World, { startMono }: ActionSource): readonly WorldAction[] {
  const isOver = world.mono >= startMono + 2 * EXPLORED_ARTIFACT_MS;
  const passing = isOver ? [] : [EXPLORED_DECISION_MS + 60_000, EXPLORED_ARTIFACT_MS];
  return [
    ...passing.map((ms) => ({ kind: 'pass', ms }) as const),
    ...(world.jumps < 1 ? [{ kind: 'jump', ms: -3_600_000 } as const] : []),
  ];
}

/** Everything that can happen next in a world. */
export function actionsOf(world: World, source: ActionSource): readonly WorldAction[] {
  const all: readonly WorldAction[] = [
    ...signActions(world, source),
    ...gatewayActions(world),
    ...deliverActions(world, source),
    ...journalActions(world),
    ...callerActions(world, source),
    ...clockActions(world, source),
    ...(world.revoked ? [] : [{ kind: 'revoke' } as const]),
    ...(world.restarts < 1 ? [{ kind: 'restart' } as const] : []),
  ];
  return all.filter(({ kind }) => !source.without.includes(kind));
}
