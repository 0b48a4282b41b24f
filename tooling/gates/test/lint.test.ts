import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScratchWorkspace, scratchWorkspace } from '../src/scratch-workspace.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const checkout = path.resolve(here, '..', '..', '..');
const fixtures = path.resolve(here, '..', 'fixtures', 'lint');
const bin = path.join(checkout, 'node_modules', '.bin');

interface Diagnostic {
  readonly code?: string;
  readonly message: string;
  readonly filename: string;
  readonly severity: string;
}

/** `typescript(no-floating-promises)` is the fixture `typescript-no-floating-promises`. */
const fixtureOf = ({ code, message }: Diagnostic): string =>
  code?.replace('(', '-').replace(')', '') ?? (message.startsWith('Unused') ? 'unused-directive' : message);

describe('every lint rule we rely on', () => {
  let scratch: ScratchWorkspace;
  let found: readonly Diagnostic[];

  beforeAll(() => {
    scratch = scratchWorkspace(checkout, []);
    cpSync(path.join(checkout, '.oxlintrc.json'), path.join(scratch.root, '.oxlintrc.json'));
    for (const rule of readdirSync(fixtures)) scratch.overlay(path.join(fixtures, rule));
    const env = { ...process.env, OXLINT_TSGOLINT_PATH: path.join(bin, 'tsgolint') };
    const run = spawnSync(path.join(bin, 'oxlint'), ['--format', 'json'], { cwd: scratch.root, encoding: 'utf8', env });
    found = (JSON.parse(run.stdout) as { diagnostics: Diagnostic[] }).diagnostics;
  }, 60_000);

  afterAll(() => {
    scratch.remove();
  });

  // The type-aware ones get their types from another workspace package: they only fail when its source is resolved.
  it.each(readdirSync(fixtures))('%s fails on its fixture', (rule) => {
    const files = readdirSync(path.join(fixtures, rule), { recursive: true, encoding: 'utf8' });
    const hits = found.filter((diagnostic) => fixtureOf(diagnostic) === rule && diagnostic.severity === 'error');
    expect(hits.filter(({ filename }) => files.includes(filename))).not.toEqual([]);
  });
});
