import { utf8Decode } from '../encoding/utf8.js';
import { EncodingError, JsonError } from '../errors/local-errors.js';
import { denotesSameNumber } from './decimal.js';
import type { JsonValue } from './value.js';

/** Options of {@link parseJson}. */
export interface ParseJsonOptions {
  /** Levels of objects and arrays, the top level being the first; default 64 (GW-130). */
  readonly maxDepth?: number;
  /** Size limit in bytes of UTF-8 (of UTF-16 code units where a string was given). */
  readonly maxBytes?: number;
  /** Refuse numbers whose shortest text denotes another number (ART-140). */
  readonly exactNumbers?: boolean;
}

/**
 * Parses JSON strictly: what `JSON.parse` accepts, without duplicate keys, lone surrogates, a byte order mark,
 * infinite numbers or excessive depth. `__proto__` becomes an ordinary own member.
 * @throws JsonError
 */
export function parseJson(input: string | Uint8Array, options: ParseJsonOptions = {}): JsonValue {
  if (options.maxBytes !== undefined && input.length > options.maxBytes) {
    throw new JsonError('The JSON text is too large', { problem: 'too_large' });
  }
  return new JsonReader(typeof input === 'string' ? input : decoded(input), options).document();
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes);
  } catch (cause) {
    if (cause instanceof EncodingError) {
      throw new JsonError('The JSON text is not UTF-8', { problem: 'not_utf8', cause });
    }
    throw cause;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const DEFAULT_DEPTH = 64;

class JsonReader {
  private at = 0;
  private readonly maxDepth: number;
  private readonly exactNumbers: boolean;

  constructor(
    private readonly text: string,
    options: ParseJsonOptions,
  ) {
    this.maxDepth = options.maxDepth ?? DEFAULT_DEPTH;
    this.exactNumbers = options.exactNumbers ?? false;
  }

  document(): JsonValue {
    if (!this.text.isWellFormed()) {
      throw new JsonError('The JSON text has a lone surrogate', { problem: 'lone_surrogate' });
    }
    const value = this.value(1);
    this.skipSpace();
    if (this.at !== this.text.length) throw this.malformed();
    return value;
  }

  private value(depth: number): JsonValue {
    this.skipSpace();
    switch (this.text.charCodeAt(this.at)) {
      case 0x7b:
        return this.object(depth);
      case 0x5b:
        return this.array(depth);
      case 0x22:
        return this.string();
      case 0x74:
        return this.word('true', true);
      case 0x66:
        return this.word('false', false);
      case 0x6e:
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonValue {
    this.enter(depth);
    const members: Record<string, JsonValue> = {};
    if (this.take('}')) return members;
    do {
      this.skipSpace();
      const key = this.string();
      if (Object.hasOwn(members, key)) {
        throw new JsonError('A key occurs twice in one object', { problem: 'duplicate_key' });
      }
      this.expect(':');
      const value = this.value(depth + 1);
      // A plain assignment to `__proto__` would replace the prototype instead of adding a member.
      if (key === '__proto__') {
        Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
      } else {
        members[key] = value;
      }
    } while (this.take(','));
    this.expect('}');
    return members;
  }

  private array(depth: number): JsonValue {
    this.enter(depth);
    const items: JsonValue[] = [];
    if (this.take(']')) return items;
    do {
      items.push(this.value(depth + 1));
    } while (this.take(','));
    this.expect(']');
    return items;
  }

  private enter(depth: number): void {
    if (depth > this.maxDepth) {
      throw new JsonError(`The JSON text nests deeper than ${this.maxDepth}`, { problem: 'too_deep' });
    }
    this.at += 1;
  }

  private string(): string {
    if (this.text.charCodeAt(this.at) !== 0x22) throw this.malformed();
    this.at += 1;
    let value = '';
    let start = this.at;
    let isEscaped = false;
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit === 0x22) break;
      if (unit === 0x5c) {
        value += this.text.slice(start, this.at) + this.escape();
        start = this.at;
        isEscaped = true;
      } else if (unit >= 0x20) {
        this.at += 1;
      } else {
        throw this.malformed();
      }
    }
    value += this.text.slice(start, this.at);
    this.at += 1;
    // Escapes can spell surrogates that the text itself does not contain.
    if (isEscaped && !value.isWellFormed()) {
      throw new JsonError('A JSON string has a lone surrogate', { problem: 'lone_surrogate' });
    }
    return value;
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.malformed();
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = ESCAPES[letter];
    if (plain === undefined) throw this.malformed();
    this.at += 2;
    return plain;
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const source = NUMBER.exec(this.text)?.[0];
    if (source === undefined) throw this.malformed();
    const value = Number(source);
    if (!Number.isFinite(value)) throw new JsonError('A JSON number is out of range', { problem: 'inexact_number' });
    if (this.exactNumbers && !denotesSameNumber(source, value)) {
      throw new JsonError('A JSON number would become another number', { problem: 'inexact_number' });
    }
    this.at += source.length;
    return value;
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.malformed();
    this.at += word.length;
    return value;
  }

  private take(mark: string): boolean {
    this.skipSpace();
    if (this.text.charAt(this.at) !== mark) return false;
    this.at += 1;
    return true;
  }

  private expect(mark: string): void {
    if (!this.take(mark)) throw this.malformed();
  }

  private skipSpace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.at += 1;
    }
  }

  private malformed(): JsonError {
    return new JsonError(`Malformed JSON at character ${this.at}`, { problem: 'malformed' });
  }
}
