/** Where the members of JSON text stand. For text that a parser has accepted already: nothing is checked here. */

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /[^ \t\r\n,\]}]+/y;

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

function afterString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
  }
}

function afterValue(text: string, at: number): number {
  if (text[at] === '"') return afterString(text, at);
  if (text[at] !== '{' && text[at] !== '[') return after(SCALAR, text, at);
  let depth = 0;
  for (let here = at; ; ) {
    const mark = text[here];
    if (mark === '"') {
      here = afterString(text, here);
      continue;
    }
    if (mark === '{' || mark === '[') depth += 1;
    if (mark === '}' || mark === ']') depth -= 1;
    here += 1;
    if (depth === 0) return here;
  }
}

/** Source texts of the items of an array. */
export function* itemTexts(text: string): Generator<string> {
  let at = after(SPACE, text, after(SPACE, text, 0) + 1);
  while (text[at] !== ']') {
    const end = afterValue(text, at);
    yield text.slice(at, end);
    at = after(SPACE, text, end);
    if (text[at] === ',') at = after(SPACE, text, at + 1);
  }
}

/** Keys of an object, each with the source text of its value, in order and as often as they stand there. */
export function* memberTexts(text: string): Generator<readonly [key: string, value: string]> {
  let at = after(SPACE, text, after(SPACE, text, 0) + 1);
  while (text[at] !== '}') {
    const afterKey = afterString(text, at);
    const key: unknown = JSON.parse(text.slice(at, afterKey));
    const value = after(SPACE, text, after(SPACE, text, afterKey) + 1);
    const end = afterValue(text, value);
    yield [String(key), text.slice(value, end)];
    at = after(SPACE, text, end);
    if (text[at] === ',') at = after(SPACE, text, at + 1);
  }
}

/** Source text of the one member of an object that has this key; null without one. */
export function memberText(text: string, key: string): string | null {
  for (const [each, value] of memberTexts(text)) if (each === key) return value;
  return null;
}
