import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'undici';
import { type Account, pairedAccount } from '../exchanges/account.js';
import type { Row } from '../measure.js';
import { BenchProcess } from '../process.js';
import { withScratch } from '../scratch.js';

const WAITERS = 10_000;
const PER_EXCHANGE = 4;
const CLIENTS = 2;
const SETTLE_MS = 4000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function submit(url: string, account: Account): Promise<string> {
  const requestId = `req-${randomUUID()}`;
  const now = Date.now();
  const body = {
    msgType: 'artifact.submit',
    requestId,
    createdAt: new Date(now).toISOString(),
    sender: { enforcerId: account.enforcerId },
    body: {
      artifactType: 'command.review',
      artifactHash: randomBytes(32).toString('hex'),
      ciphertext: {
        alg: 'AES-256-GCM',
        data: randomBytes(64).toString('base64'),
        nonce: randomBytes(12).toString('base64'),
        tag: randomBytes(16).toString('base64'),
      },
      expiresAt: new Date(now + 600_000).toISOString(),
      metadata: { routingToken: account.routingToken },
    },
  };
  const answer = await request(`${url}/v1/artifacts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-pat': account.enforcerPat },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 202) throw new Error(`submit: ${answer.statusCode} ${text}`);
  return requestId;
}

/** KiB of resident memory per parked request, once everything is parked and collected. */
async function perWaiter(
  server: BenchProcess<{ readonly url: string }>,
  paths: readonly string[],
  pat: string,
): Promise<number> {
  server.child.send({ collect: true });
  await pause(SETTLE_MS / 2);
  const before = server.residentKiB();
  const share = Math.ceil(paths.length / CLIENTS);
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, i) =>
      BenchProcess.start('./waiters/client-process.ts', {
        url: server.ready.url,
        pat,
        paths: paths.slice(i * share, (i + 1) * share),
      }),
    ),
  );
  await pause(SETTLE_MS);
  server.child.send({ collect: true });
  await pause(SETTLE_MS / 2);
  const after = server.residentKiB();
  await Promise.all(clients.map((client) => client.stop()));
  return (after - before) / paths.length;
}

/** Memory per parked long-poll at 10,000 waiters, clients in other processes. */
export async function waiters(): Promise<Row[]> {
  return await withScratch(async (folder) => {
    const gateway = await BenchProcess.start<{ url: string; enforcerPat: string; approverPat: string }>(
      './gateway-process.ts',
      { dataDir: `${folder}/gateway` },
    );
    const bare = await BenchProcess.start<{ url: string }>('./waiters/bare-process.ts', {});
    try {
      const account = await pairedAccount(gateway.ready, randomBytes(32));
      const ids = await Promise.all(
        Array.from({ length: WAITERS / PER_EXCHANGE }, () => submit(gateway.ready.url, account)),
      );
      const waits = ids.flatMap((id) => Array<string>(PER_EXCHANGE).fill(`/v1/exchanges/${id}/wait?timeout=60`));
      const ours = await perWaiter(gateway, waits, account.enforcerPat);
      const floor = await perWaiter(bare, waits, account.enforcerPat);
      return [
        {
          what: `gateway: memory per parked long-poll, ${WAITERS} waiters`,
          ours: `${ours.toFixed(1)} KiB`,
          floor: `${floor.toFixed(1)} KiB`,
          ratio: ours / floor,
          goal: '<= 2',
        },
      ];
    } finally {
      await gateway.stop();
      await bare.stop();
    }
  });
}
