import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../scripts/test-summary.mjs';
import { hasProgram } from '../src/requires.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const vitest = path.resolve(here, '..', '..', '..', 'node_modules', '.bin', 'vitest');
const fixture = path.resolve(here, '..', 'fixtures', 'requires');

function runFixture(ci: string): readonly string[] {
  const env = { PATH: process.env['PATH'], CI: ci, NODE_ENV: 'test' };
  const run = spawnSync(vitest, ['run', '--root', fixture, '--reporter=json'], { cwd: fixture, encoding: 'utf8', env });
  return summarize(JSON.parse(run.stdout), run.status ?? 1).lines;
}

describe('a suite whose program is missing', () => {
  it('is skipped and named with the number of its tests', () => {
    expect(runFixture('')).toEqual(['skipped: a program nobody has (2)', '1 passed, 0 failed, 2 skipped']);
  }, 30_000);

  it('fails in CI', () => {
    expect(runFixture('true')).toEqual(['1 passed, 1 failed']);
  }, 30_000);
});

describe('a program', () => {
  it.each([
    ['sh', true],
    ['no-such-program-anywhere', false],
    ['', false],
  ])('%j is on PATH: %s', (name, present) => {
    expect(hasProgram(name)).toBe(present);
  });
});
