import type { Finding } from './sources.js';

/** What may lie at the top of the repository, dot-files aside. */
const TOP = new Set(
  (
    'package.json pnpm-workspace.yaml pnpm-lock.yaml turbo.json tsconfig.json vitest.config.ts packages apps tooling docs ' +
    'README.md SECURITY.md CONTRIBUTING.md LICENSE'
  ).split(' '),
);

/** Judges the tracked entries of the root: a reader should see the whole project in one glance. */
export function judgeRoot(entries: readonly string[]): readonly Finding[] {
  return entries
    .filter((entry) => !entry.startsWith('.') && !TOP.has(entry))
    .map((entry) => `${entry} does not belong to the top level: at most ${String(TOP.size)} known entries live there`);
}

/** One changeset file: its name and text. */
export interface ChangesetFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Judges the changesets: each names packages of this workspace with a bump and says what changed,
 * and every package that was never versioned (0.0.0) is announced by one of them.
 */
export function judgeChangesets(
  changesets: readonly ChangesetFile[],
  versions: ReadonlyMap<string, string>,
): readonly Finding[] {
  const announced = new Set<string>();
  const findings: Finding[] = [];
  for (const { file, text } of changesets) {
    const [, front = '', body = ''] = /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(text) ?? [];
    const bumps = [...front.matchAll(/^['"]?([^'":]+)['"]?: (major|minor|patch)$/gm)].map(([, name = '']) => name);
    if (bumps.length === 0 && front.trim() !== '') findings.push(`${file} names no package with major, minor or patch`);
    if (body.trim() === '') findings.push(`${file} does not say what changed`);
    for (const name of bumps) {
      if (!versions.has(name)) findings.push(`${file} names ${name}, which is no package of this workspace`);
      announced.add(name);
    }
  }
  for (const [name, version] of versions) {
    if (version === '0.0.0' && !announced.has(name)) findings.push(`${name} is new and no changeset announces it`);
  }
  return findings;
}
