import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Citation, findCitations } from './citations.js';
import type { Manifest } from './gate.js';
import { extractRuleIds } from './rule-ids.js';

const DOCUMENTS = ['docs/protocol.md', 'docs/invariants.md'];
const MANIFEST = 'tooling/conformance/manifest.json';
const IGNORED = new Set(['node_modules', 'dist', 'fixtures', 'coverage', '.turbo']);

/** What the gate needs from a checkout. `problems` are citations it cannot count. */
export interface Checkout {
  readonly documented: readonly string[];
  readonly manifest: Manifest;
  readonly citations: readonly Citation[];
  readonly problems: readonly string[];
  readonly testFiles: number;
}

/** Reads documents, manifest and every test file of the checkout at `root`. */
export function readCheckout(root: string): Checkout {
  const files = ['packages', 'apps', 'tooling'].flatMap((folder) => testFiles(root, folder));
  const found = files.map((file) => findCitations(file, readFileSync(path.join(root, file), 'utf8')));
  return {
    documented: DOCUMENTS.flatMap((file) => extractRuleIds(readFileSync(path.join(root, file), 'utf8'))),
    manifest: parseManifest(readFileSync(path.join(root, MANIFEST), 'utf8')),
    citations: found.flatMap(({ citations }) => citations),
    problems: found.flatMap(({ problems }) => problems),
    testFiles: files.length,
  };
}

/** Path of the manifest in the checkout at `root`. */
export function manifestPath(root: string): string {
  return path.join(root, MANIFEST);
}

function parseManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new TypeError(`${MANIFEST} must be an object`);
  return Object.fromEntries(Object.entries(value).map(([id, status]) => [id, String(status)]));
}

/** Test files are `*.test.ts` anywhere, and every TypeScript file of a `test` folder (shared suites). */
function testFiles(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : testFiles(root, file);
    const isTest = entry.name.endsWith('.test.ts') || (entry.name.endsWith('.ts') && file.includes('/test/'));
    return isTest ? [file] : [];
  });
}
