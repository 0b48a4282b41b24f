import { rules } from '@airlock/conformance';
import {
  canonicalBytes,
  CanonicalizationError,
  canonicalize,
  canonicalizeStrings,
  hexDecode,
  hexEncode,
  hostInputJson,
  JsonError,
  parseCanonical,
  parseJson,
  rfc8785,
  utf8Decode,
  utf8Encode,
} from '@airlock/protocol';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from '../vectors.js';

const v = loadVectors('canonical-json');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe(rules('CRYP-120', 'INV-19')`canonical form`, () => {
  test.each(cases(v.accept))('%s', (_id, c) => {
    for (const input of [c.input, utf8Encode(c.input)]) {
      expect(canonicalize(parseJson(input))).toBe(c.canonical);
      expect(sha256(canonicalBytes(parseJson(input)))).toBe(c.sha256);
    }
  });

  test('the one top-level array is of strings', () => {
    expect(canonicalizeStrings(['a', 'é"', ''])).toBe('["a","é\\"",""]');
    expect(() => canonicalizeStrings(['\ud800'])).toThrow(CanonicalizationError);
  });
});

describe(rules('CRYP-130', 'INV-17')`values outside the profile`, () => {
  test.each(cases(v.refuseValue))('%s', (_id, c) => {
    expect(() => canonicalizeText(c.input)).toThrow(expect.objectContaining({ code: c.code }));
  });

  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  const sparse: number[] = [];
  sparse[1] = 2;
  const natives: Readonly<Record<string, unknown>> = {
    'undefined as a member value': undefined,
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    '-Infinity': Number.NEGATIVE_INFINITY,
    'a big integer type': 1n,
    'a function': () => 1,
    'a symbol': Symbol('a'),
    'a date object': new Date(0),
    'a typed array': new Uint8Array(1),
    'a map or set': new Map(),
    'a sparse array': sparse,
    'an object with a toJSON method': { toJSON: () => 'x' },
    'a cyclic object': cyclic,
    'an object with a symbol key': { [Symbol('a')]: 1 },
    'a boxed string or number': Object('x'),
  };

  test.each(cases(v.refuseNative))('%s', (_id, c) => {
    expect(Object.keys(natives)).toContain(c.value);
    for (const value of [{ a: natives[c.value] }, { a: [natives[c.value]] }]) {
      expect(() => canonicalize(value)).toThrow(expect.objectContaining({ code: c.code }));
    }
  });

  test('arrays with members besides their items are refused', () => {
    expect(() => canonicalize({ a: Object.assign([1], { extra: 2 }) })).toThrow(CanonicalizationError);
  });
});

describe(rules('CRYP-140', 'CRYP-130', 'INV-17')`canonical text`, () => {
  test.each(cases(v.refuseText))('refuses %s', (_id, c) => {
    const bytes = hexDecode(c.bytesHex);
    expect(() => parseCanonical(bytes)).toThrow(expect.objectContaining({ code: 'HARP_ERR_CANONICALIZATION' }));
    if (c.text !== undefined && c.text !== '' && hexEncode(utf8Encode(c.text)) === c.bytesHex) {
      expect(() => parseCanonical(c.text)).toThrow(CanonicalizationError);
    }
  });

  test.each(cases(v.acceptText))('accepts %s', (_id, c) => {
    const bytes = hexDecode(c.bytesHex);
    expect(canonicalBytes(parseCanonical(bytes))).toEqual(bytes);
    expect(parseCanonical(utf8Decode(bytes))).toEqual(parseCanonical(bytes));
  });
});

describe(rules('ART-140')`foreign JSON as RFC 8785 text`, () => {
  test.each(cases(v.rfc8785.objects))('%s', (_id, c) => {
    expect(rfc8785(parseJson(c.input))).toBe(c.output);
  });

  test.each(cases(v.rfc8785.numbers))('%s', (_id, c) => {
    expect(rfc8785(doubleOf(c.ieee754))).toBe(c.output);
  });

  test.each(cases(v.rfc8785.errors))('%s', (_id, c) => {
    expect(() => rfc8785(doubleOf(c.ieee754))).toThrow(CanonicalizationError);
  });

  test.each(cases(v.hostInput.accept))('host input %s', (_id, c) => {
    expect(hostInputJson(c.text)).toBe(c.inputJson);
    expect(hostInputJson(c.inputJson)).toBe(c.inputJson);
  });

  test.each(cases(v.hostInput.deny))('denies host input %s', (_id, c) => {
    expect(() => hostInputJson(c.text)).toThrow(JsonError);
  });

  test('a prototype member stays an ordinary member', () => {
    expect(hostInputJson('{"__proto__":{"a":1},"b":2}')).toBe('{"__proto__":{"a":1},"b":2}');
  });
});

/** Parsing may already refuse; callers see one code for both. */
function canonicalizeText(input: string): string {
  try {
    return canonicalize(parseJson(input));
  } catch (error) {
    if (error instanceof JsonError) return canonicalize(parseCanonical(input));
    throw error;
  }
}

function doubleOf(hex: string): number {
  return new DataView(Uint8Array.from(hexDecode(hex)).buffer).getFloat64(0);
}
