import { gatewayOrigin, UrlError } from '@airlock/protocol';
import { InvalidArgumentError, Option } from 'commander';

/** An integer option within bounds. */
export function integer(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
  };
}

/** The origin of a gateway: https, or http on this machine (GW-040). */
export function gatewayUrl(text: string): string {
  try {
    return gatewayOrigin(text);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    throw new InvalidArgumentError(`${error.message}, for example https://gateway.example.`);
  }
}

/** Text without control characters, for labels and ids. */
export function shortText(maximum: number): (text: string) => string {
  return (text) => {
    if (text.length > 0 && text.length <= maximum && !/\p{Cc}/u.test(text)) return text;
    throw new InvalidArgumentError(`Give 1 to ${maximum} characters without control characters.`);
  };
}

/** Positive hours or minutes, fractions allowed. */
export function positiveNumber(maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}(?:\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a number above 0 and up to ${maximum}.`);
  };
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON on standard output and nothing else there');
}
