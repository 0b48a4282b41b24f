import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClaudeSite, modesUnderTest, versionsUnderTest } from '../../src/index.js';
import { closeTableSite, openTableSite } from '../../src/table/arrange/gateway.js';
import { DEPLOYMENTS, fateOf, runsIn } from '../../src/table/row.js';
import { account, runCell, wasKilled } from '../../src/table/run-cell.js';
import { requiresDeployment, rowsUnderTest } from '../../src/table/selection.js';

/** Every cell of the failure table whose rows do not disturb each other; the others are in table-alone.test.ts. */
describe(rules(
  'LOC-030',
  'LOC-070',
  'LOC-100',
  'LOC-120',
  'INV-22',
  'INV-23',
  'INV-24',
  'ENF-140',
)`the failure table`, () => {
  const rows = rowsUnderTest.filter((row) => !row.isExclusive);
  let site: ClaudeSite | undefined;
  beforeAll(async () => {
    site = await openTableSite();
  });
  afterAll(() => closeTableSite(site));

  for (const version of versionsUnderTest) {
    for (const deployment of DEPLOYMENTS) {
      requiresDeployment(version, deployment)(`Claude Code ${version}, ${deployment}`, () => {
        describe.each(modesUnderTest)('%s mode', { concurrent: true }, (mode) => {
          test.each(rows)('$name', async (row) => {
            if (site === undefined) throw new Error('no site');
            const result = await runCell(site, row, { version, deployment, modes: [mode] });
            const fate = fateOf(row, version, deployment);
            expect(wasKilled(result), `a run that had to be killed proves nothing\n${account(result)}`).toBe(false);
            expect(result.ran, `expected ${fate}\n${account(result)}`).toBe(runsIn(fate, mode));
            expect(result.happened || fate === 'refused', `it never came to that\n${account(result)}`).toBe(true);
            if (fate === 'refused') expect(result.results.map(({ exitCode }) => exitCode)).toEqual([1]);
          });
        });
      });
    }
  }
});
