import type { HostDesk } from './host-desk.js';

/** A message that a gateway of somebody else is about to forward, and whether it may. */
export interface CheckedMessage {
  /** Name of the server it is for, as the gateway knows it. */
  readonly server: string;
  /** Byte for byte. */
  readonly message: Uint8Array;
  /** Folder whose approver decides. */
  readonly workspace: string;
  readonly sessionId: string;
  /** How long the human is waited for, seconds. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface CheckAnswer {
  readonly permission: 'allow' | 'pass' | 'deny';
  /** What the caller is to get instead of an answer of the server; empty unless it is denied. */
  readonly body: string;
}

/** Reads one kind of message; handed to the daemon by the composing app. It translates, it does not decide. */
export type GatewayCheck = (desk: HostDesk) => (message: CheckedMessage) => Promise<CheckAnswer>;
