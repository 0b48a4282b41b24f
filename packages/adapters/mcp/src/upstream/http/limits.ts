const SECOND = 1000;
const MIB = 1024 * 1024;

/** What is granted to a server on the network. Names end in their unit. */
export interface HttpLimits {
  /** Until a connection with TLS stands. */
  readonly connectMs: number;
  /** Without one byte of an answer. A call's own time limit is its client's business. */
  readonly silenceMs: number;
  /** For the receipt of a notification or of an answer of the client. */
  readonly receiptMs: number;
  /** How long a cancellation waits for a sign that the server has the request: it comes on another connection. */
  readonly overtakingMs: number;
  /** For the last answers, then for the end of the session. */
  readonly closeMs: number;
  /** How long an answered or cancelled call's stream may stay open. */
  readonly lingerMs: number;
  /** Shortest and longest pause before a stream is opened again. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** How often in a row a broken stream is opened again without anything new on it. */
  readonly retries: number;
  /** One message of the server. */
  readonly messageBytes: number;
  /** Calls under way at one time. */
  readonly openCalls: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connectMs: 10 * SECOND,
  silenceMs: 1800 * SECOND,
  receiptMs: 30 * SECOND,
  overtakingMs: SECOND,
  closeMs: 2 * SECOND,
  lingerMs: 10 * SECOND,
  retryMinMs: SECOND / 10,
  retryMaxMs: 30 * SECOND,
  retries: 5,
  messageBytes: 16 * MIB,
  openCalls: 256,
};
