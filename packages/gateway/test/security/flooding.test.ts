import { rmSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { openAdmin } from '../../src/index.js';
import { harness, LIMITS_OFF } from '../support/harness.js';

let dataDir: string | undefined;
afterEach(() => {
  if (dataDir !== undefined) rmSync(dataDir, { recursive: true, force: true });
});

const BUDGET = 3;

describe(rules('GW-160', 'GW-190', 'GW-230')`somebody without credentials who speaks another version all day`, () => {
  it('is told so every time, but fills neither the audit log nor the disk', async () => {
    const h = await harness({ limits: { ...LIMITS_OFF, anonymousPerMinute: BUDGET } });
    dataDir = h.dataDir;
    for (let n = 0; n < 20; n += 1) {
      const answer = await h.call('GET', '/v1/status', { headers: { 'X-HARP-Version': '9.9' } });
      expect([answer.status, answer.body.code]).toEqual([426, 'unsupported_version']);
    }
    // No answer waits for these entries; closing commits them.
    await h.gateway.close();
    const admin = await openAdmin(dataDir);
    const entries = (await admin.listAudit(100)).filter(({ kind }) => kind === 'transport.violation');
    await admin.close();
    expect(entries).toHaveLength(BUDGET);
  });
});
