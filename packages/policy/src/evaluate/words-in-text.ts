const WORD_CHARACTER = /\w/;

/** A text that something interprets, as a denial reads it. */
export interface SearchableText {
  /** As it is, and with its escapes as gaps. */
  readonly plain: readonly string[];
  /** Without its quotes and backslashes. */
  readonly unquoted: string;
}

/** Prepares a text for any number of searches. */
export function searchable(text: string): SearchableText {
  return { plain: [text, text.replaceAll(/\\[\s\S]/g, '  ')], unquoted: unquoted(text) };
}

/** Whether a text contains words in this order, each standing by itself, in any of its readings. Linear in the text. */
export function holdsInOrder(text: SearchableText, words: readonly string[]): boolean {
  return text.plain.some((one) => isInOrder(one, words)) || isInOrder(text.unquoted, words.map(unquoted));
}

function unquoted(text: string): string {
  return text.replaceAll(/\\\n|["'\\]/g, '');
}

function isInOrder(text: string, words: readonly string[]): boolean {
  let from = 0;
  for (const word of words) {
    from = endOf(text, word, from);
    if (from < 0) return false;
  }
  return true;
}

/** Where the next occurrence that is no part of a longer word ends, or -1. */
function endOf(text: string, word: string, from: number): number {
  for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    const isPart = joins(text[at - 1], word[0]) || joins(word.at(-1), text[end]);
    if (!isPart) return end;
  }
  return -1;
}

function joins(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && right !== undefined && WORD_CHARACTER.test(left) && WORD_CHARACTER.test(right);
}
