import type { CallId, TimerId } from '../model/base.js';
import type { GatewayCallName } from '../model/gateway-calls.js';

/** Timers by the machine that owns them. */
export type TimerName =
  | 'auth.poll'
  | 'auth.device-expiry'
  | 'auth.refresh'
  | 'auth.consent'
  | 'auth.save'
  | 'pairing.poll'
  | 'pairing.expiry'
  | 'pairing.save'
  | 'presence.reconnect'
  | 'presence.heartbeat'
  | 'exchange.deadline'
  | 'exchange.resubmit'
  | 'exchange.pause'
  | 'exchange.claim'
  | 'exchange.withdraw'
  | 'exchange.forget'
  | 'orphan.withdraw'
  | 'ack.retry';

/** `<name>:<key>`; the key may contain anything. */
export function timerId(name: TimerName, key: string): TimerId {
  return `${name}:${key}`;
}

/** `<call>:<key>`. */
export function callId(call: GatewayCallName, key: string): CallId {
  return `${call}:${key}`;
}

/** Splits what {@link timerId} and {@link callId} made at its first colon. */
export function splitId(id: string): { readonly name: string; readonly key: string } {
  const colon = id.indexOf(':');
  return colon < 0 ? { name: id, key: '' } : { name: id.slice(0, colon), key: id.slice(colon + 1) };
}
