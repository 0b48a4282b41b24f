import type { OpenedRequest } from '@airlock/approver';
import { shellWord } from '../cli/invocation.js';

/** Characters of a command in a list; `show` has all of it. */
const PREVIEW = 100;

/** What is asked, in one line; says how much of it is missing. */
export function preview(opened: OpenedRequest): string {
  const [first] = opened.content.kind === 'action' ? opened.content.card.computed : [];
  if (first === undefined) return '';
  const words = first.values.map(({ text }) => (first.shape === 'list' ? shellWord(text) : text));
  const characters = Array.from(words.join(' '));
  const rest = characters.length - PREVIEW;
  return rest <= 0 ? characters.join('') : `${characters.slice(0, PREVIEW).join('')}… (${rest} characters more)`;
}
