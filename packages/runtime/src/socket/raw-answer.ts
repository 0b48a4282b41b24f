import { RuntimeError } from '../errors.js';

/** What the daemon answered; whether that is an answer the hook may give is for the caller to check. */
export interface RawHookAnswer {
  readonly status: number;
  /** By names in small letters; those that came twice are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const STATUS = /^HTTP\/1\.1 (\d{3})(?: [ -~]*)?$/;

const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([ -~\t]*?)[ \t]*$/;

/** One whole answer of our daemon: it always tells the length of its body. Throws `bad_answer` for everything else. */
export function readRawAnswer(bytes: Buffer): RawHookAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
  const status = STATUS.exec(first)?.[1];
  const headers = headersOf(lines);
  const body = bytes.subarray(end + 4);
  if (end === -1 || status === undefined || headers['content-length'] !== String(body.length)) {
    throw new RuntimeError('bad_answer', 'the daemon gave no whole answer', { fix: 'airlock daemon status' });
  }
  return { status: Number(status), headers, body };
}

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new RuntimeError('bad_answer', 'the daemon gave no answer of HTTP', { fix: 'airlock daemon status' });
    }
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}
