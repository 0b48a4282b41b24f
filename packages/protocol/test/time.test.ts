import { rules } from '@airlock/conformance';
import { EncodingError, formatTime, isTime, parseTime } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

describe(rules('GW-110')`emitting times`, () => {
  test('UTC with milliseconds and Z, for every instant of the years 0000 to 9999', () => {
    const instant = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(instant, (epochMs) => {
        expect(formatTime(epochMs)).toBe(new Date(epochMs).toISOString());
        expect(parseTime(formatTime(epochMs))).toBe(epochMs);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 253_402_300_800_000, -62_167_219_200_001])(
    'refuses %s',
    (value) => {
      expect(() => formatTime(value)).toThrow(EncodingError);
    },
  );
});

describe(rules('GW-120')`accepting times`, () => {
  test.each([
    ['2026-03-02T14:00:00Z', '2026-03-02T14:00:00.000Z'],
    ['2026-03-02T14:00:00.5Z', '2026-03-02T14:00:00.500Z'],
    ['2026-03-02T14:00:10.000008+00:00', '2026-03-02T14:00:10.000Z'],
    ['2026-03-02T14:00:00.123456789Z', '2026-03-02T14:00:00.123Z'],
    ['2026-03-02T14:00:00.999999999Z', '2026-03-02T14:00:00.999Z'],
    ['2026-03-02t14:00:00z', '2026-03-02T14:00:00.000Z'],
    ['2026-03-02T16:30:00+02:30', '2026-03-02T14:00:00.000Z'],
    ['2026-03-01T23:00:00-15:00', '2026-03-02T14:00:00.000Z'],
    ['2026-03-02T14:00:00-00:00', '2026-03-02T14:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T00:59:60+01:00', '2017-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
  ])('%s', (text, same) => {
    expect(formatTime(parseTime(text))).toBe(same);
    expect(isTime(text)).toBe(true);
  });

  test.each([
    '',
    '2026-03-02',
    '2026-03-02T14:00Z',
    '2026-03-02T14:00:00',
    '2026-03-02 14:00:00Z',
    '2026-03-02T14:00:00.Z',
    '2026-03-02T14:00:00.1234567890Z',
    '2026-03-02T14:00:00,5Z',
    '2026-03-02T24:00:00Z',
    '2026-03-02T14:60:00Z',
    '2026-03-02T14:00:60Z',
    '2026-03-02T14:00:61Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-00T00:00:00Z',
    '2026-03-02T14:00:00+24:00',
    '2026-03-02T14:00:00+00:60',
    '2026-03-02T14:00:00+0000',
    '2026-03-02T14:00:00 Z',
    ' 2026-03-02T14:00:00Z',
    '2026-03-02T14:00:00Z\n',
    '20260302T140000Z',
    '+002026-03-02T14:00:00Z',
    '２０２６-03-02T14:00:00Z',
  ])('refuses %j', (text) => {
    expect(() => parseTime(text)).toThrow(EncodingError);
    expect(isTime(text)).toBe(false);
  });

  test('any offset names the same instant', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_102_444_800_000 }),
        fc.integer({ min: -1439, max: 1439 }),
        (epochMs, offset) => {
          const local = new Date(epochMs + offset * 60_000).toISOString().slice(0, -1);
          const size = Math.abs(offset);
          const hours = String(Math.floor(size / 60)).padStart(2, '0');
          const text = `${local}${offset < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
          expect(parseTime(text)).toBe(epochMs);
        },
      ),
    );
  });
});
