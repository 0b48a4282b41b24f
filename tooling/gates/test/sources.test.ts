import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readSources } from '../src/sources.js';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true });
});

test('code is read, what is built or passes by is not', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'sources-'));
  made.push(root);
  const files = [
    'packages/a/src/a.ts',
    'packages/a/tsup.config.ts',
    'packages/a/tsup.config.bundled_0abc.mjs',
    'packages/a/dist/a.js',
    'packages/a/README.md',
    'apps/b/main.mjs',
    'tooling/c/fixtures/bad.ts',
    'docs/examples/d/d.ts',
    'docs/d.md',
  ];
  for (const file of files) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), file);
  }
  expect(
    readSources(root)
      .map(({ file }) => file)
      .sort(),
  ).toEqual(['apps/b/main.mjs', 'docs/examples/d/d.ts', 'packages/a/src/a.ts', 'packages/a/tsup.config.ts']);
});
