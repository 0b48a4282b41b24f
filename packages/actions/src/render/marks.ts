/** What the renderer and the card warn about. A closed list: approvers key their words on it (SECURITY-NOTES 5). */
export const RISK_MARKS = [
  'ill-formed',
  'control',
  'terminal-escape',
  'bidi',
  'invisible',
  'mixed-script',
  'non-ascii',
  'padding',
  'multi-line',
  'redirect',
  'substitution',
  'network',
  'outside-workspace',
  'touches-gate',
  'decoder-to-interpreter',
  'merge',
  'submodule',
  'symbolic-link',
  'mode-change',
  'lfs-pointer',
  'forced-reference',
  'deleted-reference',
] as const;

/** One of {@link RISK_MARKS}. */
export type RiskMark = (typeof RISK_MARKS)[number];

/** The marks of a set, each once, in the order of {@link RISK_MARKS}. */
export function orderedMarks(marks: ReadonlySet<RiskMark>): readonly RiskMark[] {
  return RISK_MARKS.filter((mark) => marks.has(mark));
}
