import { isLoopbackHost } from '@airlock/protocol';
import { RuntimeError } from '@airlock/runtime/client';

/** Why a server on the network is not even tried. */
export type HttpServerCode = 'url_invalid' | 'url_insecure' | 'header_invalid';

/**
 * Address of a server: `https:`, or `http:` on a loopback host, without credentials; a fragment is dropped.
 * @throws RuntimeError `url_invalid`, `url_insecure`
 */
export function checkedAddress(text: string): URL {
  const url = parsed(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new RuntimeError<HttpServerCode>('url_invalid', 'The URL of a server starts with https://');
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new RuntimeError<HttpServerCode>(
      'url_insecure',
      'The URL of a server that is not on this machine must start with https://: anyone between could change what was approved',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new RuntimeError<HttpServerCode>(
      'url_invalid',
      'A URL must not hold credentials: the approver is shown it. Use --header-env',
    );
  }
  url.hash = '';
  return url;
}

/** Those that the transport itself says, or that would change how a request is framed. */
const OWN =
  /^(?:accept|accept-encoding|connection|content-.*|expect|host|keep-alive|last-event-id|mcp-.*|te|trailer|transfer-encoding|upgrade)$/;

/**
 * Headers that the user adds, by lower-case name.
 * @throws RuntimeError `header_invalid`; the message never holds a value
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const checked: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) throw refused(given, 'is no name of a header');
    if (OWN.test(name)) throw refused(given, 'is said by the transport itself');
    if (!/^[\t\x20-\x7e]*$/.test(value)) throw refused(given, 'has a value that no header can carry');
    checked[name] = value;
  }
  return checked;
}

function refused(name: string, why: string): RuntimeError<HttpServerCode> {
  return new RuntimeError<HttpServerCode>('header_invalid', `The header ${JSON.stringify(name)} ${why}`);
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new RuntimeError<HttpServerCode>('url_invalid', 'The URL of the server cannot be read', { cause });
  }
}
