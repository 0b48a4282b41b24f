import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScratchWorkspace, scratchWorkspace } from '../../gates/src/scratch-workspace.js';
import { type Cruise, cruiseCheckout } from '../src/cruise.js';
import { boundaryRules } from '../src/rules.js';

const here = path.dirname(fileURLToPath(import.meta.url));
const checkout = path.resolve(here, '..', '..', '..');
const fixtures = path.resolve(here, '..', 'fixtures');
const names = boundaryRules().map(({ name }) => name ?? '');

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));

describe('every rule of the boundaries', () => {
  let scratch: ScratchWorkspace;
  let clean: Cruise;
  let broken: Cruise;

  beforeAll(async () => {
    scratch = scratchWorkspace(checkout, ['zod', 'undici', 'fast-check', 'undeclared-library']);
    clean = await cruiseCheckout(scratch.root);
    for (const rule of readdirSync(fixtures)) scratch.overlay(path.join(fixtures, rule));
    broken = await cruiseCheckout(scratch.root);
  }, 60_000);

  afterAll(() => {
    scratch.remove();
  });

  it('holds in a workspace of empty packages', () => {
    expect(clean.violations).toEqual([]);
    expect(clean.modules.length).toBeGreaterThan(10);
  });

  it('has a fixture, and every fixture has a rule', () => {
    expect(readdirSync(fixtures).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('%s fails on its fixture', (rule) => {
    const files = filesOf(path.join(fixtures, rule));
    expect(
      broken.violations.filter((violation) => violation.rule === rule && files.includes(violation.from)),
    ).not.toEqual([]);
  });

  it('follows imports between packages through their source condition', () => {
    const edge = broken.violations.find(({ from }) => from === 'packages/gateway/src/wrong-edge.ts');
    expect(edge).toEqual({
      rule: 'edges-of-gateway',
      from: 'packages/gateway/src/wrong-edge.ts',
      to: 'packages/actions/src/index.ts',
    });
    expect(broken.crossings).toBeGreaterThan(10);
  });
});
