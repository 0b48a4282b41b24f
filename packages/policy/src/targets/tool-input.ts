/** Levels of JSON inside strings of JSON that are looked into. */
const MAX_NESTING = 4;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function collect(value: unknown, texts: Set<string>, nesting: number): void {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') {
      texts.add(next);
      const inner = nesting < MAX_NESTING && /^\s*[[{"]/.test(next) ? parsed(next) : undefined;
      if (inner !== undefined) collect(inner, texts, nesting + 1);
    } else if (typeof next === 'object' && next !== null) {
      if (!Array.isArray(next)) for (const key of Object.keys(next)) texts.add(key);
      open.push(...Object.values(next).filter((each) => typeof each === 'string' || typeof each === 'object'));
    }
  }
}

/**
 * Every string and every key of a tool's input, those of JSON inside strings too, and the input as it stands: a member
 * that is there twice is read by each program in its own way.
 */
export function inputTexts(inputJson: string): readonly string[] {
  const texts = new Set([inputJson]);
  collect(parsed(inputJson), texts, 0);
  return [...texts];
}
