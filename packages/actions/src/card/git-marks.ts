import type { ActionOf } from '@airlock/protocol';
import { type DiffFile, readDiff } from '../git/read-diff.js';
import type { RiskMark } from '../render/marks.js';

/** What the commits and references of a git action warn about, beside their characters. */
export function gitMarks(action: ActionOf<'git-commit' | 'git-push'>): readonly RiskMark[] {
  const { commits, refs } = action;
  return [
    ...(commits.some(({ parents }) => parents.length > 1) ? (['merge'] as const) : []),
    ...(refs.some((line) => line.startsWith('force ')) ? (['forced-reference'] as const) : []),
    ...(refs.some((line) => line.startsWith('delete ')) ? (['deleted-reference'] as const) : []),
    ...commits.flatMap(({ diff }) => (readDiff(diff) ?? []).flatMap(fileMarks)),
  ];
}

function fileMarks({ kind, from, to, modes: [before, after], isLfsPointer }: DiffFile): readonly RiskMark[] {
  const marks: RiskMark[] = [];
  if ([before, after].includes('160000')) marks.push('submodule');
  if ([before, after].includes('120000')) marks.push('symbolic-link');
  if (before !== after || (kind === 'new' && after === '100755')) marks.push('mode-change');
  if (isLfsPointer) marks.push('lfs-pointer');
  if ([from, to].some(leavesWorkTree)) marks.push('outside-workspace');
  return marks;
}

/** Parts that git puts into no work tree; who makes such a tree wants another reader to follow them. */
function leavesWorkTree(path: string): boolean {
  return path.split('/').some((part) => /^(?:|\.{1,2}|\.git)$/i.test(part));
}
