import type { Access, Timed, WorkspaceId } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { Standing } from '../model/durable.js';
import type { EnforcerEffect } from '../model/effects.js';
import type { PresenceState } from '../model/presence.js';
import { backoffMs } from '../machine/backoff.js';
import { callId, timerId } from '../machine/names.js';
import { act, dispatch, ignore, type Table, turn, type Turn } from '../machine/table.js';

/** What a presence machine hears. */
export type PresenceInput = Timed &
  (
    | { readonly type: 'start' }
    | { readonly type: 'stop' }
    | { readonly type: 'opened' }
    | { readonly type: 'closed' }
    | { readonly type: 'reconnect' }
    | { readonly type: 'heartbeat' }
  );

/** What a presence machine reads besides. `access` is null while there is no usable credential. */
export interface PresenceContext {
  readonly standing: Standing;
  readonly access: Access | null;
}

type PresenceTurn = Turn<PresenceState, never>;

const BOUNDS = { minMs: ENGINE_LIMITS.reconnectMinMs, maxMs: ENGINE_LIMITS.reconnectMaxMs };

function later(name: 'presence.reconnect' | 'presence.heartbeat', key: WorkspaceId, afterMs: number): EnforcerEffect {
  return { type: 'timer.set', timerId: timerId(name, key), afterMs };
}

function clear(name: 'presence.reconnect' | 'presence.heartbeat', key: WorkspaceId): EnforcerEffect {
  return { type: 'timer.clear', timerId: timerId(name, key) };
}

function open({ standing, access }: PresenceContext): readonly EnforcerEffect[] {
  if (access === null) return [];
  const { workspaceId, enforcerId, enforcerLabel, workspaceName } = standing;
  return [{ type: 'channel.open', workspaceId, enforcerId, enforcerLabel, workspaceName, access }];
}

function beat({ standing, access }: PresenceContext): readonly EnforcerEffect[] {
  const { workspaceId, enforcerId, enforcerLabel, workspaceName } = standing;
  const next = later('presence.heartbeat', workspaceId, ENGINE_LIMITS.heartbeatMs);
  if (access === null) return [next];
  const request = { access, enforcerId, enforcerLabel, workspaceName };
  return [{ type: 'gateway.heartbeat', callId: callId('heartbeat', workspaceId), request }, next];
}

function connect(failures: number, context: PresenceContext): PresenceTurn {
  const { workspaceId } = context.standing;
  if (context.access === null) return backOff(failures + 1, context);
  return turn<PresenceState>({ name: 'Connecting', workspaceId, failures }, open(context));
}

function backOff(failures: number, { standing }: PresenceContext): PresenceTurn {
  const { workspaceId } = standing;
  return turn<PresenceState>({ name: 'Backoff', workspaceId, failures }, [
    later('presence.reconnect', workspaceId, backoffMs(failures, BOUNDS)),
  ]);
}

function goOffline(_state: PresenceState, _input: PresenceInput, { standing }: PresenceContext): PresenceTurn {
  const { workspaceId } = standing;
  return turn<PresenceState>({ name: 'Offline', workspaceId }, [
    clear('presence.reconnect', workspaceId),
    clear('presence.heartbeat', workspaceId),
    { type: 'channel.close', workspaceId },
  ]);
}

const nothing = (why: string) => ignore<PresenceState, never>(why);

/** Decision table of the presence machine. Nothing that decides anything reads its state (PRES-030). */
export const PRESENCE_TABLE: Table<PresenceState, PresenceInput, PresenceContext, PresenceTurn> = {
  Offline: {
    start: act('Connecting: open channel, heartbeat', (_state, _input, context) => {
      const { state, effects } = connect(0, context);
      return turn<PresenceState>(state, [...effects, ...beat(context)]);
    }),
    stop: nothing('already offline'),
    opened: nothing('a channel nobody wants; its close was ordered'),
    closed: nothing('already offline'),
    reconnect: nothing('not wanted'),
    heartbeat: nothing('not wanted'),
  },
  Connecting: {
    start: nothing('already wanted'),
    stop: act('Offline: close channel', goOffline),
    opened: act('Online: heartbeats end', (_state, _input, { standing }) => {
      const { workspaceId } = standing;
      return turn<PresenceState>({ name: 'Online', workspaceId }, [clear('presence.heartbeat', workspaceId)]);
    }),
    closed: act('Backoff: reconnect later', (state, _input, context) => backOff(state.failures + 1, context)),
    reconnect: nothing('already connecting'),
    heartbeat: act('Connecting: heartbeat', (state, _input, context) => turn<PresenceState>(state, beat(context))),
  },
  Online: {
    start: nothing('already wanted'),
    stop: act('Offline: close channel', goOffline),
    opened: nothing('already online'),
    closed: act('Backoff: heartbeat, reconnect later', (_state, _input, context) => {
      const { state, effects } = backOff(1, context);
      return turn<PresenceState>(state, [...effects, ...beat(context)]);
    }),
    reconnect: nothing('already online'),
    heartbeat: nothing('the channel shows presence'),
  },
  Backoff: {
    start: nothing('already wanted'),
    stop: act('Offline: close channel', goOffline),
    opened: nothing('a channel that was given up'),
    closed: nothing('already waiting'),
    reconnect: act('Connecting: open channel', (state, _input, context) => connect(state.failures, context)),
    heartbeat: act('Backoff: heartbeat', (state, _input, context) => turn<PresenceState>(state, beat(context))),
  },
};

/** One turn of a presence machine. */
export function stepPresence(state: PresenceState, event: PresenceInput, context: PresenceContext): PresenceTurn {
  return dispatch(PRESENCE_TABLE, { state, event, context });
}
