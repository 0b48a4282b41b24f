import type { PolicyComparison, PolicyReading } from '@airlock/approver';

const rows = (lines: readonly string[]): readonly string[] => lines.map((line) => `    |${line}|`);

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`  ${title}: nothing`] : [`  ${title}:`, ...rows(lines)];
}

function comparisonLines(comparison: PolicyComparison): readonly string[] {
  switch (comparison.kind) {
    case 'first':
      return ['  You signed no policy for this workspace before: all of it is new.'];
    case 'unknown':
      return [
        `  What it changes cannot be said: of version ${comparison.version}, the newest you signed, the text was not kept.`,
      ];
    case 'changes': {
      const { version, added, removed, pinnedAnew } = comparison;
      return [
        `  Against version ${version}, the newest you signed:`,
        ...section('New', added),
        ...section('Gone', removed),
        ...(pinnedAnew.length === 0
          ? []
          : section('The same words, but other programs, configuration or environment', pinnedAnew)),
      ];
    }
  }
}

/** What signing a policy document means, worked out by this approver; every line of it is inert already. */
export function policyLines(policy: PolicyReading): readonly string[] {
  const { version, permits, replacesApprover, comparison } = policy;
  const title = `COMPUTED by this approver from the whole document, version ${version}:`;
  if (replacesApprover) {
    return [
      title,
      '  It names the approver that takes your place, and puts no policy in force: after it everything is asked.',
      ...rows(permits),
    ];
  }
  return [
    title,
    '  This is the whole policy. What is not listed here is asked, whatever was in force before:',
    ...rows(permits),
    ...comparisonLines(comparison),
  ];
}
