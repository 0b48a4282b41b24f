import { rules } from '@airlock/conformance';
import { JsonError, parseJson } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('limits of a JSON text', () => {
  test.each([
    [64, undefined, true],
    [65, undefined, false],
    [32, 32, true],
    [33, 32, false],
  ])('%i levels under a limit of %s', (levels, maxDepth, accepted) => {
    const parse = () => parseJson(nested(levels), maxDepth === undefined ? {} : { maxDepth });
    if (accepted) expect(parse()).toBeInstanceOf(Array);
    else expect(parse).toThrow(JsonError);
  });

  test('a hundred thousand levels are refused, not a stack overflow', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow(JsonError);
    expect(() => parseJson('{"a":'.repeat(100_000))).toThrow(JsonError);
  });

  test('size is counted before anything is read', () => {
    expect(parseJson('{"a":1}', { maxBytes: 7 })).toEqual({ a: 1 });
    expect(() => parseJson('{"a":1} ', { maxBytes: 7 })).toThrow(JsonError);
    expect(() => parseJson(new Uint8Array(8).fill(0x20), { maxBytes: 7 })).toThrow(JsonError);
  });
});

describe(rules('INV-17')`ill-formed text`, () => {
  test.each([
    ['lone surrogate in the text', '{"a":"\ud800"}'],
    ['lone surrogate by escape', '{"a":"\\ud800"}'],
    ['reversed pair by escapes', '{"a":"\\ude00\\ud83d"}'],
    ['lone surrogate in a key', '{"\\udc00":1}'],
    ['duplicate key', '{"a":1,"a":1}'],
    ['duplicate prototype key', '{"__proto__":1,"__proto__":2}'],
    ['byte order mark', '\ufeff{}'],
    ['no-break space', '{\u00a0}'],
    ['infinite number', '1e999'],
    ['nothing', ''],
    ['two values', '{}{}'],
  ])('%s', (_name, text) => {
    expect(() => parseJson(text)).toThrow(JsonError);
  });

  test.each([
    ['malformed', '{'],
    ['not_utf8', Uint8Array.of(0xff)],
    ['lone_surrogate', '"\\ud800"'],
    ['duplicate_key', '{"a":1,"a":1}'],
    ['inexact_number', '0.10000000000000000001'],
    ['too_deep', '['.repeat(65)],
    ['too_large', ' '.repeat(100)],
  ])('is told apart: %s', (problem, text) => {
    expect(() => parseJson(text, { maxBytes: 99, exactNumbers: true })).toThrow(expect.objectContaining({ problem }));
  });

  test('every raw control character in a string', () => {
    for (let unit = 0; unit < 0x20; unit += 1) {
      expect(() => parseJson(`"${String.fromCharCode(unit)}"`)).toThrow(JsonError);
    }
    expect(parseJson('" \u007f\u2028"')).toBe(' \u007f\u2028');
  });

  test('malformed UTF-8 and a byte order mark in bytes', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xc0, 0x80, 0x22))).toThrow(JsonError);
    expect(() => parseJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toThrow(JsonError);
  });

  test('a prototype key is a member, not a prototype', () => {
    const value: any = parseJson('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value.polluted).toBeUndefined();
  });
});
