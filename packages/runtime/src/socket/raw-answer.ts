import { RuntimeError } from '../errors.js';

/** What the daemon answered; whether that is an answer the hook may give is for the caller to check. */
export interface RawHookAnswer {
  readonly status: number;
  /** By names in small letters; those that came twice are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A whole head: a status, and headers by names in small letters, as our daemon writes them. */
const HEAD = /^HTTP\/1\.1 \d{3}(?: [ -~]*)?(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[ -~\t]*)*$/;

/** One whole answer of our daemon: it always tells the length of its body. Throws `bad_answer` for everything else. */
export function readRawAnswer(bytes: Buffer): RawHookAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, Math.max(end, 0));
  if (!HEAD.test(head)) throw bad('the daemon gave no answer of HTTP');
  const [first = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const body = bytes.subarray(end + 4);
  if (headers['content-length'] !== String(body.length)) throw bad('the daemon gave no whole answer');
  return { status: Number(first.slice(9, 12)), headers, body };
}

function bad(message: string): RuntimeError {
  return new RuntimeError('bad_answer', message, { fix: 'airlock daemon status' });
}
