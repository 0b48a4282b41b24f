/** Share of changed places that the tests must notice, in percent. */
export const GOAL = 95;

const NOTICED = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

/**
 * Scores of a Stryker report by folder of the policy: changes that a test noticed among those that could run. What does
 * not compile or was left out on purpose counts on neither side.
 */
export function scores(report) {
  const folders = new Map();
  for (const [file, { mutants }] of Object.entries(report.files)) {
    const [folder = ''] = file.replace(/^packages\/policy\/src\//, '').split('/');
    const name = folder.endsWith('.ts') ? 'others' : folder;
    const score = folders.get(name) ?? { name, noticed: 0, missed: 0, survivors: [] };
    for (const { status, location, mutatorName, replacement } of mutants) {
      if (NOTICED.has(status)) score.noticed += 1;
      if (!MISSED.has(status)) continue;
      score.missed += 1;
      const { line, column } = location.start;
      const change = `${mutatorName}: ${(replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 80)}`;
      score.survivors.push(`${file}:${line}:${column} ${change}${status === 'NoCoverage' ? ' (never run)' : ''}`);
    }
    folders.set(name, score);
  }
  return [...folders.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** In percent; a folder without any change is complete. */
export function percentOf({ noticed, missed }) {
  return noticed + missed === 0 ? 100 : (100 * noticed) / (noticed + missed);
}

/** The survivors, then one line per folder and one for all. */
export function scoreLines(folders) {
  const all = { name: 'all', noticed: 0, missed: 0 };
  for (const { noticed, missed } of folders) {
    all.noticed += noticed;
    all.missed += missed;
  }
  const line = (score) =>
    `${score.name.padEnd(12)} ${percentOf(score).toFixed(1).padStart(5)} %  (${score.noticed} of ${score.noticed + score.missed})`;
  return [...folders.flatMap(({ survivors }) => survivors), ...[...folders, all].map(line)];
}
