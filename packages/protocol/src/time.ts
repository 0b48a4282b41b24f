import { z } from 'zod';
import { EncodingError } from './errors/local-errors.js';

const FORM = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const DAY = 86_400_000;
const MINUTE = 60_000;
/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what four-digit years can say. */
const EARLIEST = -62_167_219_200_000;
const LATEST = 253_402_300_799_999;

/**
 * Emits a time in UTC with milliseconds and `Z` (GW-110).
 * @param epochMs integer milliseconds since 1970, within the years 0000 to 9999
 * @throws EncodingError outside that range
 */
export function formatTime(epochMs: number): Rfc3339 {
  if (!Number.isInteger(epochMs) || epochMs < EARLIEST || epochMs > LATEST) {
    throw new EncodingError('The time is out of range');
  }
  const day = Math.floor(epochMs / DAY);
  const inDay = epochMs - day * DAY;
  const { year, month, date } = civilFromDays(day);
  const time = [Math.floor(inDay / 3_600_000), Math.floor(inDay / MINUTE) % 60, Math.floor(inDay / 1000) % 60];
  const clock = time.map((part) => pad(part, 2)).join(':');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}T${clock}.${pad(inDay % 1000, 3)}Z` as Rfc3339;
}

/**
 * Reads a time in any RFC 3339 form (GW-120) as epoch milliseconds; finer fractions are cut off. A leap second is read
 * as the second after it.
 * @throws EncodingError
 */
export function parseTime(text: string): number {
  const match = FORM.exec(text);
  if (match === null) throw new EncodingError('Not an RFC 3339 time');
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const offset = offsetMinutes(match[8], match[9], match[10]);
  const isReal =
    month >= 1 && month <= 12 && date >= 1 && date <= daysInMonth(year, month) && hour <= 23 && minute <= 59;
  const minutes = hour * 60 + minute - offset;
  const isLeapSecond = second === 60 && ((minutes % 1440) + 1440) % 1440 === 1439;
  if (!isReal || (second > 59 && !isLeapSecond)) throw new EncodingError('Not a time that exists');
  const millis = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return daysFromCivil(year, month, date) * DAY + minutes * MINUTE + second * 1000 + millis;
}

/** A timestamp in any RFC 3339 form (GW-120), kept as received. */
export const rfc3339Schema = z.string().refine(isTime, { error: 'must be an RFC 3339 time' }).brand<'Rfc3339'>();
/** What {@link rfc3339Schema} accepts. */
export type Rfc3339 = z.infer<typeof rfc3339Schema>;

/** Tells whether a text is an RFC 3339 time. */
export function isTime(text: string): boolean {
  try {
    parseTime(text);
    return true;
  } catch (error) {
    if (error instanceof EncodingError) return false;
    throw error;
  }
}

function offsetMinutes(sign: string | undefined, hours = '0', minutes = '0'): number {
  if (sign === undefined) return 0;
  if (Number(hours) > 23 || Number(minutes) > 59) throw new EncodingError('Not a time offset');
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === '-' ? -offset : offset;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 of a proleptic Gregorian date, counted in eras of 400 years that start in March. */
function daysFromCivil(year: number, month: number, date: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { readonly year: number; readonly month: number; readonly date: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
