/**
 * Closing lines of a test run, from vitest's JSON report. A file that could not be collected and an error outside of
 * any test each count as one failure, so the numbers never look better than the exit code. With `filtered`, tests that
 * only the filter left out are not mentioned.
 */
export function summarize(report, exitCode, filtered = false) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const missing = new Map();
  for (const file of report.testResults ?? []) {
    const before = counts.failed;
    for (const test of file.assertionResults ?? []) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else if (!filtered || marker(test) !== undefined) {
        counts.skipped += 1;
        const what = marker(test) ?? titlesOf(test).join(' > ');
        missing.set(what, (missing.get(what) ?? 0) + 1);
      }
    }
    if (file.status === 'failed' && counts.failed === before) counts.failed += 1;
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  const skipLines = [...missing].map(([what, count]) => `skipped: ${what} (${count})`);
  const total = `${counts.passed} passed, ${counts.failed} failed`;
  return { ...counts, lines: [...skipLines, counts.skipped > 0 ? `${total}, ${counts.skipped} skipped` : total] };
}

/** `requiresProgram` marks its suites with `[needs zsh]`; a test skipped in any other way is named in full. */
function marker(test) {
  return titlesOf(test)
    .map((title) => /\[needs ([^\]]+)\]/.exec(title)?.[1])
    .find((what) => what !== undefined);
}

function titlesOf(test) {
  return [...(test.ancestorTitles ?? []), test.title];
}
