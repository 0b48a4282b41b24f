import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClaudeSite, isShort, modesUnderTest, versionsUnderTest } from '../../src/index.js';
import { closeTableSite, openTableSite } from '../../src/table/arrange/gateway.js';
import { DEPLOYMENTS, fateOf, runsIn } from '../../src/table/row.js';
import { account, runCell, wasKilled } from '../../src/table/run-cell.js';
import { requiresDeployment, rowsUnderTest } from '../../src/table/selection.js';
import { APPROVED } from '../../src/table/table.js';

/** The rows of the failure table that break daemon, gateway or state for everybody: one after the other. */
describe(rules(
  'LOC-020',
  'LOC-065',
  'LOC-100',
  'INV-22',
  'INV-24',
  'ENF-120',
  'ENF-150',
)`the failure table, one row at a time`, () => {
  const rows = rowsUnderTest.filter((row) => row.isExclusive);
  let site: ClaudeSite | undefined;
  beforeAll(async () => {
    site = await openTableSite();
  });
  afterAll(() => closeTableSite(site));

  for (const version of versionsUnderTest) {
    for (const deployment of DEPLOYMENTS) {
      requiresDeployment(version, deployment)(
        `Claude Code ${version}, ${deployment}, ${modesUnderTest.join(' and ')}`,
        () => {
          test.each(rows)('$name', async (row) => {
            if (site === undefined) throw new Error('no site');
            const result = await runCell(site, row, { version, deployment, modes: modesUnderTest });
            const fate = fateOf(row, version, deployment);
            // Two modes share the effect, so only rows that stay closed in both can be told.
            expect(['closed', 'refused']).toContain(fate);
            expect(wasKilled(result), `a run that had to be killed proves nothing\n${account(result)}`).toBe(false);
            expect(result.ran, account(result)).toBe(false);
            expect(result.happened || fate === 'refused', `it never came to that\n${account(result)}`).toBe(true);
          });

          if (isShort) return;
          test('and then what the human approves runs: nothing is left broken', async () => {
            if (site === undefined) throw new Error('no site');
            const result = await runCell(site, APPROVED, { version, deployment, modes: ['bypass'] });
            expect(result.ran, account(result)).toBe(runsIn(fateOf(APPROVED, version, deployment), 'bypass'));
          });
        },
      );
    }
  }
});
