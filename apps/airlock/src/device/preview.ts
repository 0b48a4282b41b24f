import type { OpenedContent, OpenedRequest } from '@airlock/approver';
import { shellWord } from '../cli/invocation.js';

/** Characters of a command in a list; `show` has all of it. */
const PREVIEW = 100;

type Reading = NonNullable<Extract<OpenedContent, { readonly kind: 'action' }>['policy']>;

/** What is asked, in one line; says how much of it is missing. */
export function preview({ content }: OpenedRequest): string {
  if (content.kind !== 'action') return '';
  const { policy, card } = content;
  if (policy !== undefined) return shortened(policyWords(policy));
  const [first] = card.computed;
  if (first === undefined) return '';
  return shortened(first.values.map(({ text }) => (first.shape === 'list' ? shellWord(text) : text)).join(' '));
}

/** What is new in a policy, or all of it where that cannot be told; without the indented lines about each part. */
function policyWords({ comparison, permits }: Reading): string {
  const { kind } = comparison;
  const isWhole = (line: string) => !line.startsWith(' ');
  if (kind !== 'changes') return permits.filter(isWhole).join('; ');
  const { added, pinnedAnew, removed } = comparison;
  const parts = [
    ...added.filter(isWhole),
    ...pinnedAnew.filter(isWhole).map((line) => `other pins: ${line}`),
    ...removed.filter(isWhole).map((line) => `no longer: ${line}`),
  ];
  return parts.length === 0 ? 'the same policy, signed anew' : parts.join('; ');
}

function shortened(text: string): string {
  const characters = Array.from(text);
  const rest = characters.length - PREVIEW;
  return rest <= 0 ? text : `${characters.slice(0, PREVIEW).join('')}… (${rest} characters more)`;
}
