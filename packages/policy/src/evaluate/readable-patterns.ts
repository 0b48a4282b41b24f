import type { PolicyPattern } from '@airlock/protocol';
import type { PatternInForce } from '../document/in-force.js';
import { type ReadPattern, readPattern } from '../patterns/match.js';

/** A pattern in force with what its text means. */
export interface ReadablePattern extends PatternInForce {
  readonly reading: ReadPattern;
}

type ByProgram = ReadonlyMap<string, readonly ReadablePattern[]>;

/** Policies stay the same objects while they are in force, so that a verdict finds their patterns read. */
const known = new WeakMap<readonly PatternInForce[], ByProgram>();
const readings = new WeakMap<PolicyPattern, ReadPattern | null>();

/** The valid ones of some patterns by their first word, in their order; an invalid one approves nothing (ENF-175). */
export function patternsByProgram(patterns: readonly PatternInForce[]): ByProgram {
  const found = known.get(patterns);
  if (found !== undefined) return found;
  const byProgram = new Map<string, ReadablePattern[]>();
  for (const { id, pattern } of patterns) {
    const reading = readingOf(pattern);
    if (reading === null) continue;
    const program = reading.argv[0] ?? '';
    byProgram.set(program, [...(byProgram.get(program) ?? []), { id, pattern, reading }]);
  }
  known.set(patterns, byProgram);
  return byProgram;
}

function readingOf(pattern: PolicyPattern): ReadPattern | null {
  const earlier = readings.get(pattern);
  if (earlier !== undefined) return earlier;
  const result = readPattern(pattern.text);
  const reading = result.ok ? result.pattern : null;
  readings.set(pattern, reading);
  return reading;
}
