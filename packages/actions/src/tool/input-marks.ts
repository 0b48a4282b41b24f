import { JsonError, parseJson } from '@airlock/protocol';
import { pathMarks } from '../command/command-marks.js';
import type { RiskMark } from '../render/marks.js';

/** What the input of a tool warns about: every string in it that may be a path by itself. */
export function inputMarks(inputJson: string, root: string | undefined): readonly RiskMark[] {
  return pathMarks(
    strings(parsed(inputJson)).filter((text) => !text.includes('\n')),
    root,
  );
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    // Shown as it stands; only an enforcer that breaks ART-140 sends it.
    if (error instanceof JsonError) return text;
    throw error;
  }
}

/** Every string and key of a JSON value. */
function strings(value: unknown): readonly string[] {
  const found: string[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') found.push(next);
    else if (typeof next === 'object' && next !== null) {
      for (const [key, member] of Object.entries(next)) open.push(...(Array.isArray(next) ? [member] : [key, member]));
    }
  }
  return found;
}
