import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from './failure.js';

/** An integer option within bounds. */
export function integer(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
  };
}

const ORIGINS = new WeakSet<Option>();

/** An option that takes the origin of a gateway: https, or http on this machine (GW-040); {@link readOrigins} reads it. */
export function gatewayUrl(flags: string, description: string): Option {
  const option = new Option(flags, description);
  ORIGINS.add(option);
  return option;
}

/** Reads the origins among a command's options. Apart from parsing, because what checks them takes long to load. */
export async function readOrigins(command: Command): Promise<void> {
  for (const option of command.options.filter((each) => ORIGINS.has(each))) {
    const name = option.attributeName();
    const text: unknown = command.getOptionValue(name);
    if (typeof text !== 'string') continue;
    const { gatewayOrigin, UrlError } = await import('@airlock/protocol');
    try {
      command.setOptionValue(name, gatewayOrigin(text));
    } catch (error) {
      if (!(error instanceof UrlError)) throw error;
      throw new UsageError(`${option.flags}: ${error.message}, for example https://gateway.example`);
    }
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

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** A day, which begins at midnight UTC, or a time with its zone; epoch milliseconds. */
export function instant(text: string): number {
  const value = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give a day like 2026-03-02 or a time like 2026-03-02T14:00:00Z.');
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON on standard output and nothing else there');
}
