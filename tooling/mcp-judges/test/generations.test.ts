import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JudgeSite } from '../src/judge-site.js';
import { CLIENTS, type SdkClient } from '../src/sdk-clients.js';
import { isWhole } from '../src/selection.js';
import { proxied, SERVERS } from '../src/server-command.js';
import type { Transcript } from '../src/transcript.js';

/** Which client of which era speaks with which server; `old` has no 2026-07-28. */
const PAIRS: readonly (readonly [client: keyof typeof CLIENTS, server: 'old' | 'new'])[] = isWhole
  ? [
      ['sdk 1.32.2', 'old'],
      ['sdk 1.32.2', 'new'],
      ['client 2.4.0', 'old'],
      ['client 2.4.0', 'new'],
      ['client 2.4.0 in 2026-07-28', 'new'],
    ]
  : [['client 2.4.0 in 2026-07-28', 'new']];

describe('servers of both SDK generations say the same with and without the proxy', () => {
  let site: JudgeSite;
  beforeAll(async () => {
    site = await JudgeSite.open();
  });
  afterAll(() => site.close());

  it.each(PAIRS)('client of %s, server %s', async (client, server) => {
    const place = { env: site.environment, cwd: site.folder };
    const without = await visit(await CLIENTS[client](SERVERS[server], place));
    expect(JSON.stringify(without)).toContain('Hello Zoë');
    expect(await visit(await CLIENTS[client](proxied(server, SERVERS[server]), place))).toEqual(without);
  });
});

/** Everything that either server has; what it has not is an error that is compared too. */
async function visit(client: SdkClient): Promise<Transcript> {
  try {
    const steps = [
      () => client.listTools(),
      () => client.call('greet', { name: 'Zoë' }),
      () => client.call('greet', { name: 7 }),
      () => client.call('ask', { prompt: 'Is it so?' }),
      () => client.call('confirm'),
      () => client.getPrompt('hello'),
      () => client.readResource('test://note'),
    ];
    for (const step of steps) {
      await step().catch((error: unknown) => {
        if (error instanceof Error && /timed out/i.test(error.message)) throw error;
      });
    }
    return client.recorder.transcript();
  } finally {
    await client.close();
  }
}
