/** Why one request to a server on the network came to nothing; `data.code` of the error that the client gets. */
export type HttpFaultCode =
  | 'answer_invalid'
  | 'answer_timeout'
  | 'answer_too_large'
  | 'connection_lost'
  | 'forbidden'
  | 'http_status'
  | 'redirect_refused'
  | 'server_unreachable'
  | 'session_lost'
  | 'stream_ended'
  | 'tls_untrusted'
  | 'too_many_calls'
  | 'transport_too_old'
  | 'unauthorized';

/** The message holds no text of the server. */
export class HttpFault extends Error {
  constructor(
    readonly code: HttpFaultCode,
    message: string,
    /** False: nothing of the request left. */
    readonly wasSent: boolean,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'HttpFault';
  }
}

const UNTRUSTED = /CERT|^ERR_TLS_|HOSTNAME_MISMATCH|^ERR_SSL_|^EPROTO$/;
const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const UNREADABLE = /^(?:HPE_|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_RES_CONTENT_LENGTH_MISMATCH$)/;

/** What a failure of the connection means for the request on it. */
export function faultOf(error: unknown, wasSent: boolean): HttpFault {
  if (error instanceof HttpFault) return error;
  const code = codeOf(error);
  const fault = (name: HttpFaultCode, message: string) => new HttpFault(name, message, wasSent, { cause: error });
  if (TIMEOUTS.has(code)) return fault('answer_timeout', 'the server said nothing for too long');
  if (UNREADABLE.test(code)) return fault('answer_invalid', 'the answer of the server is no HTTP that can be read');
  if (wasSent) return fault('connection_lost', 'the connection to the server broke');
  if (UNTRUSTED.test(code)) return fault('tls_untrusted', `the certificate of the server is not trusted (${code})`);
  return fault('server_unreachable', `no connection to the server${code === '' ? '' : ` (${code})`}`);
}

/** What a status that is no success means. */
export function faultOfStatus(status: number, hasSession: boolean): HttpFault {
  const fault = (code: HttpFaultCode, message: string) => new HttpFault(code, message, true);
  if (status === 401) {
    return fault('unauthorized', 'the server wants a sign-in (401): give its token with --header-env');
  }
  if (status === 403) return fault('forbidden', 'the server refuses this (403)');
  if (status === 404 && hasSession) {
    return fault('session_lost', 'the server no longer knows this session (404): start the client again');
  }
  if (status >= 300 && status < 400) {
    return fault('redirect_refused', `the server points elsewhere (${status}), which is not followed`);
  }
  return fault('http_status', `the server answered with HTTP status ${status}`);
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
