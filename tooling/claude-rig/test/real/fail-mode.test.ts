import { basename } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ClaudeSite,
  modesUnderTest,
  openSite,
  requiresClaude,
  runClaude,
  versionsUnderTest,
} from '../../src/index.js';
import { HOPELESS_SECONDS } from '../../src/table/arrange/daemon.js';
import { makeGround } from '../../src/table/ground.js';
import { DEPLOYMENTS, fateOf, type Row, runsIn } from '../../src/table/row.js';
import { account, runCell, touches, wasKilled } from '../../src/table/run-cell.js';
import { requiresDeployment } from '../../src/table/selection.js';

const ordinary = { arrange: () => undefined, isExclusive: false, isShort: true } as const;

/** What fail mode `open`, which the approver signed, makes of a call about which nobody can be asked. */
const OPEN: Row = {
  ...ordinary,
  name: 'passes to the permissions of Claude Code',
  cooperative: ['open', 'open'],
  managed: ['open', 'refused'],
};
const CLOSED_AGAIN: Row = {
  ...ordinary,
  name: 'is denied',
  cooperative: ['closed', 'closed'],
  managed: ['closed', 'refused'],
};

describe(rules('ENF-155', 'LOC-082', 'LOC-085')`while the gateway is away, a call`, () => {
  let site: ClaudeSite | undefined;
  beforeAll(async () => {
    site = await openSite({ plugin: 'none', approvalSeconds: HOPELESS_SECONDS });
    site.human.answering = () => 'approve';
    await site.airlock('fail-mode', 'open', '--for', '1');
    await site.site.gateway.stop('SIGKILL');
  });
  afterAll(() => site?.close());

  /** One test for each cell of a row. */
  function tests(row: Row): void {
    for (const version of versionsUnderTest) {
      for (const deployment of DEPLOYMENTS) {
        requiresDeployment(version, deployment)(`Claude Code ${version}, ${deployment}`, () => {
          test.each(modesUnderTest)(`${row.name}: %s mode`, async (mode) => {
            if (site === undefined) throw new Error('no site');
            const result = await runCell(site, row, { version, deployment, modes: [mode] });
            expect(wasKilled(result), account(result)).toBe(false);
            expect(result.ran, account(result)).toBe(runsIn(fateOf(row, version, deployment), mode));
          });
        });
      }
    }
  }

  describe('under fail mode open', () => {
    tests(OPEN);

    for (const version of versionsUnderTest) {
      requiresClaude(version)(`Claude Code ${version}`, () => {
        test('does not run where no rule allows it: it passed and was not allowed', async () => {
          if (site === undefined) throw new Error('no site');
          const ground = makeGround(site, { version, deployment: 'cooperative' });
          const effect = basename(ground.effect);
          const { ran } = await runClaude(site, {
            version,
            steps: [touches(ground)],
            project: { ...site.project, folder: ground.folder },
            effects: [effect],
            env: { HOME: ground.home },
          });
          expect(ran).toEqual({ [effect]: false });
        });
      });
    }
  });

  describe('after it was closed again', () => {
    beforeAll(async () => {
      await site?.airlock('fail-mode', 'closed');
    });
    tests(CLOSED_AGAIN);
  });
});
