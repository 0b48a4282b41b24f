import type { OpenedRequest } from '@airlock/approver';
import type { Card } from './scenario.js';

/** What a human saw, as scenarios write it. */
export interface SeenCard {
  readonly requestId: string;
  readonly kind: string;
  /** First lines of the messages; those that were approved before say so. */
  readonly commits: readonly string[];
  /** Without object ids. */
  readonly refs: readonly string[];
  readonly notices: readonly string[];
  /** Every text of the card. */
  readonly text: string;
}

/** Reads the card that the approver shows. */
export function seenCard({ request: { requestId }, content, canApprove, obstacles }: OpenedRequest): SeenCard {
  if (content.kind !== 'action') throw new Error(`no card for ${requestId}`);
  if (!canApprove) throw new Error(`${requestId} cannot be approved: ${obstacles.join(', ')}`);
  const { action, card } = content;
  const { commits, refs } =
    action.kind === 'git-commit' || action.kind === 'git-push' ? action : { commits: [], refs: [] };
  const fields = [...card.computed, ...card.claimed];
  return {
    requestId,
    kind: action.kind,
    commits: commits.map(({ message, diff }) => {
      const subject = message.split('\n')[0] ?? '';
      return diff.startsWith('approved before: ') ? `${subject} (approved before)` : subject;
    }),
    refs: refs.map((line) => line.replace(/ (?:from|at) .*$/, '')),
    notices: [...(action.notices ?? []), ...card.marks.map((mark) => `mark ${mark}`)],
    text: fields.flatMap(({ label, values }) => [`${label}:`, ...values.map(({ text }) => text)]).join('\n'),
  };
}

/** What is not as the scenario says; empty when everything is. */
export function cardProblems(expected: Card, seen: SeenCard): readonly string[] {
  const { commits, refs, notices, shows, showsNot } = expected;
  const problems: string[] = [];
  const same = (what: string, wanted: string, found: string) => {
    if (wanted !== found) problems.push(`${what}: expected ${wanted || '(none)'}, seen ${found || '(none)'}`);
  };
  same('kind', expected.kind, seen.kind);
  if (typeof commits === 'number') same('number of commits', String(commits), String(seen.commits.length));
  else if (commits !== null) same('commits', commits.join(' | '), seen.commits.join(' | '));
  if (refs !== null) same('refs', [...refs].sort().join(' | '), [...seen.refs].sort().join(' | '));
  if (notices !== null) same('notices', [...notices].sort().join(' | '), [...seen.notices].sort().join(' | '));
  for (const text of shows) if (!seen.text.includes(text)) problems.push(`the card does not show: ${text}`);
  for (const text of showsNot) if (seen.text.includes(text)) problems.push(`the card shows: ${text}`);
  return problems.map((problem) => `line ${expected.line}, ${problem}`);
}
