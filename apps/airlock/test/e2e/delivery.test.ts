import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { type HostileGateway, startHostileGateway } from '@airlock/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Site } from './harness/site.js';
import { WAIT } from './harness/wire.js';

const MINUTE = 60_000;

describe(rules('EXCH-040', 'GW-470', 'GW-490')`ways a decision reaches the enforcer`, () => {
  let site: Site;
  let between: HostileGateway | undefined;

  beforeEach(async () => {
    site = await Site.create();
  }, MINUTE);
  afterEach(async () => {
    await site.close();
    await between?.close();
  }, MINUTE);

  async function approvedCommandRuns(): Promise<void> {
    const file = join(site.developer.workspace, 'ran');
    const command = site.developer.start(['run', '--timeout', '40', '--', 'touch', file]);
    const [request] = await site.approver.pending();
    await site.approver.approve(request?.requestId ?? '');
    expect((await command.finished()).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  }

  test(
    'by WebSocket alone, when every wait is held back',
    async () => {
      between = await startHostileGateway({ target: site.gateway.url, upgrades: 'forward' });
      await site.pair(between.origin);
      await enforcerIs('online', 'websocket');
      between.tamper(WAIT, () => 'withhold');
      await approvedCommandRuns();
    },
    2 * MINUTE,
  );

  test(
    'by long poll alone, when no WebSocket opens',
    async () => {
      between = await startHostileGateway({ target: site.gateway.url, upgrades: 'refuse' });
      await site.pair(between.origin);
      await approvedCommandRuns();
    },
    2 * MINUTE,
  );

  /** Presence as the human sees it (PRES-010). */
  async function enforcerIs(status: string, transport: string): Promise<void> {
    let last: unknown;
    for (let i = 0; i < 200; i += 1) {
      last = await site.asHuman<unknown>('GET', '/v1/presence/enforcers?tenantId=me');
      const [record] = last as { status: string; transport?: string }[];
      if (record?.status === status && record.transport === transport) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`presence is ${JSON.stringify(last)}`);
  }
});
