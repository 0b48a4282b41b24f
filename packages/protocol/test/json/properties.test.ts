import { rules } from '@airlock/conformance';
import {
  CanonicalizationError,
  canonicalize,
  hostInputJson,
  JsonError,
  type JsonValue,
  parseCanonical,
  parseJson,
  rfc8785,
} from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const key = fc
  .string({ minLength: 1, maxLength: 128, unit: fc.constantFrom(...'!#$%()*+,-./09:;=?@AZ[]^_`az{|}~') })
  .filter((text) => text !== '__proto__');
const text = fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed());
const { object: profileObject } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.boolean(), fc.maxSafeInteger(), tie('object'), fc.array(tie('value'))),
  object: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

/** The profile written a second time: JSON.stringify of an object rebuilt in key order. */
function secondWriter(value: any): string {
  const rebuilt = (one: any): any => {
    if (Array.isArray(one)) return `[${one.map(rebuilt).join(',')}]`;
    if (typeof one !== 'object') return JSON.stringify(one);
    const keys = Object.keys(one).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${keys.map((name) => `${JSON.stringify(name)}:${rebuilt(one[name])}`).join(',')}}`;
  };
  return rebuilt(value);
}

describe(rules('CRYP-120', 'CRYP-130', 'CRYP-140', 'INV-19')`canonicalisation`, () => {
  test('is idempotent, keeps the value and equals a second writer', () => {
    fc.assert(
      fc.property(profileObject, (value) => {
        const canonical = canonicalize(value);
        expect(canonical).toBe(secondWriter(value));
        expect(canonicalize(parseJson(canonical))).toBe(canonical);
        expect(canonicalize(parseCanonical(canonical))).toBe(canonical);
      }),
    );
  });

  test('accepts exactly one text for a value: any other spelling is refused', () => {
    const respell = fc.constantFrom<(canonical: string) => string>(
      (canonical) => ` ${canonical}`,
      (canonical) => `${canonical}\n`,
      (canonical) => `\ufeff${canonical}`,
      (canonical) => canonical.replace('{', '{ '),
      (canonical) => JSON.stringify(JSON.parse(canonical), null, 1),
    );
    fc.assert(
      fc.property(profileObject, respell, (value, change) => {
        const canonical = canonicalize(value);
        const other = change(canonical);
        fc.pre(other !== canonical);
        expect(() => parseCanonical(other)).toThrow(CanonicalizationError);
      }),
    );
  });
});

describe(rules('INV-17', 'CRYP-130')`refused before anything is hashed`, () => {
  const poison = fc.constantFrom<unknown>(
    null,
    1.5,
    2 ** 53,
    -(2 ** 53),
    Number.NaN,
    '\ud800',
    'x\udc00',
    undefined,
    1n,
  );

  test('one bad value anywhere refuses the whole', () => {
    fc.assert(
      fc.property(profileObject, poison, fc.nat(20), (value: any, bad, depth) => {
        let nested: unknown = bad;
        for (let i = 0; i < depth; i += 1) nested = i % 2 === 0 ? [nested] : { inner: nested };
        expect(() => canonicalize({ ...value, poison: nested })).toThrow(CanonicalizationError);
      }),
    );
  });

  test('depth: 32 levels pass, 33 do not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.boolean(), (levels, arrays) => {
        let value: unknown = {};
        for (let i = 1; i < levels; i += 1) value = arrays && i < levels - 1 ? [value] : { a: value };
        if (levels <= 32) expect(canonicalize(value)).toContain('{}');
        else expect(() => canonicalize(value)).toThrow(CanonicalizationError);
      }),
    );
  });

  test('a duplicate key is refused at any depth and in any spelling', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'grapheme' }), fc.nat(5), (other, name, depth) => {
        const plain = JSON.stringify(name);
        const escaped = `"${Array.from({ length: name.length }, (_, i) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
        const inner = `{${plain}:1,"z z":${JSON.stringify(other)},${escaped}:2}`;
        const wrapped = '{"w":'.repeat(depth) + inner + '}'.repeat(depth);
        fc.pre(name !== 'z z');
        expect(() => parseJson(wrapped)).toThrow(JsonError);
        expect(() => hostInputJson(wrapped)).toThrow(JsonError);
      }),
    );
  });
});

describe(rules('ART-140')`strict parsing`, () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(JSON.stringify(value).isWellFormed());
        const source = JSON.stringify(value);
        expect(parseJson(source)).toStrictEqual(JSON.parse(source));
        expect(JSON.parse(rfc8785(parseJson(source)))).toEqual(JSON.parse(source));
      }),
    );
  });

  test('never accepts what JSON.parse refuses, and never reads it differently', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'{}[]",:0123456789.eE+-truefalsn \\u\t\n') });
    fc.assert(
      fc.property(fc.oneof(noise, mutated()), (source) => {
        const mine = attempt(() => parseJson(source));
        const theirs = attempt(() => JSON.parse(source) as JsonValue);
        if (mine !== undefined) expect(mine).toEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });

  test('a number is kept only when its text denotes the same number', () => {
    const decimal = fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.nat(30), fc.integer({ min: -330, max: 310 }))
      .map(([negative, digits, point, power]) => `${negative ? '-' : ''}${withPoint(String(digits), point)}e${power}`);
    fc.assert(
      fc.property(decimal, (source) => {
        const kept = attempt(() => hostInputJson(`{"n":${source}}`));
        const same = Number.isFinite(Number(source)) && fraction(source) === fraction(String(Number(source)));
        expect(kept !== undefined).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });
});

function mutated(): fc.Arbitrary<string> {
  return fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ' ', '"', ',', '0', '\\', '{', '\u0000'))
    .map(([source, at, put]) => {
      const index = at % (source.length + 1);
      return source.slice(0, index) + put + source.slice(index + (put === '' ? 1 : 0));
    });
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

function withPoint(digits: string, point: number): string {
  const padded = digits.padStart(point + 1, '0');
  const whole = padded.slice(0, padded.length - point);
  return point === 0 ? whole : `${whole}.${padded.slice(padded.length - point)}`;
}

/** The exact value of a decimal text as a fraction in lowest terms of ten. */
function fraction(source: string): string {
  const [mantissa = '', power = '0'] = source.toLowerCase().split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  let digits = BigInt(whole.replace('-', '') + decimals);
  let exponent = Number(power) - decimals.length;
  if (digits === 0n) return '0';
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return `${source.startsWith('-') ? '-' : ''}${digits}e${exponent}`;
}
