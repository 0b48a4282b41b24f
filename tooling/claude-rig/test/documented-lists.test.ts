import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DOCUMENTED, documented } from '../src/table/lists.js';
import { fateOf, runsIn } from '../src/table/row.js';
import { TABLE } from '../src/table/table.js';

const README = readFileSync(new URL('../../../apps/claude-plugin/plugin/README.md', import.meta.url), 'utf8');

describe('the failure table', () => {
  test.each(DOCUMENTED)('and the README of the plugin say the same: $name', (list) => {
    expect(
      README.includes(`${documented(list, TABLE)}\n\n`),
      `the README should say\n${documented(list, TABLE)}\n`,
    ).toBe(true);
  });

  test('has forty rows and more, each by a name of its own', () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(40);
    expect(new Set(TABLE.map(({ name }) => name)).size).toBe(TABLE.length);
  });

  test('has no row that managed settings leave open', () => {
    const open = TABLE.filter((row) => runsIn(fateOf(row, '2.1.330', 'managed'), 'bypass')).map(({ name }) => name);
    expect(open).toEqual(['the human approves']);
  });
});
