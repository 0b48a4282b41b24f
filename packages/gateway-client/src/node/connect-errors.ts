/** The request never left: the connection could not be made. The client's `sent: false` comes from here. */
export class NotSentError extends Error {
  readonly sent = false;

  constructor(cause: unknown) {
    super('No connection to the gateway', { cause });
    this.name = 'NotSentError';
  }
}

const CONNECTING = new Set(['connect', 'getaddrinfo']);
const TLS_REFUSED =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT|ERR_TLS_|HOSTNAME_MISMATCH$|UND_ERR_CONNECT_TIMEOUT$)/;

/** Marks an error of a request that failed before a connection was there. */
export function markUnsent(error: unknown): unknown {
  return failedToConnect(error) ? new NotSentError(error) : error;
}

function failedToConnect(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(failedToConnect);
  if ('syscall' in error && typeof error.syscall === 'string' && CONNECTING.has(error.syscall)) return true;
  return 'code' in error && typeof error.code === 'string' && TLS_REFUSED.test(error.code);
}
