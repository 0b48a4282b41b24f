import { rules } from '@airlock/conformance';
import { expect, it } from 'vitest';
import { harness } from './support/harness.js';

it(rules('ERR-050')`a store that is gone is an outage, never a wrong credential`, async () => {
  const h = await harness();
  const user = await h.party();
  await h.gateway.close();
  for (const headers of [user.enforcer, user.device.headers, { 'X-PAT': 'airpat_wrong' }]) {
    const answer = await h.call('GET', '/v1/pairings', { headers });
    expect([answer.status, answer.body.code, answer.body.retryable]).toEqual([503, 'unavailable', true]);
  }
});
