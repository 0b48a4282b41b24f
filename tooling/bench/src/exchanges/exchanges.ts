import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { Agent, request } from 'undici';
import type { Row } from '../measure.js';
import { BenchProcess } from '../process.js';
import { withScratch } from '../scratch.js';
import { type Account, pairedAccount } from './account.js';

const LANES = 64;
const LIFECYCLES = 3000;
const ROUNDS = 3;

/** Everything one lifecycle sends, made before the clock starts. */
interface Prepared {
  readonly id: string;
  readonly submit: string;
  readonly decide: string;
}

type Send = (method: 'GET' | 'POST', path: string, role: 'enforcer' | 'approver', body?: string) => Promise<string>;

function prepared(account: Account, key: KeyObject): Prepared {
  const id = `req-${randomUUID()}`;
  const createdAt = new Date().toISOString();
  const artifactHash = randomBytes(32).toString('hex');
  const nonce = randomBytes(16).toString('base64url');
  const signature = sign(null, Buffer.from(`${artifactHash}|approve|${nonce}`), key).toString('base64url');
  const ciphertext = {
    alg: 'AES-256-GCM',
    data: randomBytes(1024).toString('base64'),
    nonce: randomBytes(12).toString('base64'),
    tag: randomBytes(16).toString('base64'),
  };
  const envelope = (msgType: string, sender: object, body: object) =>
    JSON.stringify({ msgId: `msg-${randomUUID()}`, msgType, requestId: id, createdAt, sender, body });
  return {
    id,
    submit: envelope(
      'artifact.submit',
      { enforcerId: account.enforcerId },
      {
        artifactType: 'command.review',
        artifactHash,
        ciphertext,
        expiresAt: new Date(Date.now() + 600_000).toISOString(),
        metadata: { routingToken: account.routingToken },
      },
    ),
    decide: envelope(
      'decision.submit',
      { approverId: account.approverId },
      { artifactHash, decision: 'approve', signerKeyId: account.signerKeyId, nonce, signature },
    ),
  };
}

function sender(url: string, account: Account, agent: Agent): Send {
  return async (method, path, role, body) => {
    const answer = await request(`${url}${path}`, {
      method,
      dispatcher: agent,
      headers: {
        'content-type': 'application/json',
        'x-pat': role === 'enforcer' ? account.enforcerPat : account.approverPat,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text;
  };
}

async function ourLifecycle(send: Send, one: Prepared): Promise<void> {
  await send('POST', '/v1/artifacts', 'enforcer', one.submit);
  const waiting = send('GET', `/v1/exchanges/${one.id}/wait?timeout=60`, 'enforcer');
  await send('POST', '/v1/decisions', 'approver', one.decide);
  const { msgId } = JSON.parse(await waiting) as { msgId: string };
  const now = new Date().toISOString();
  const ack = { msgId: `ack-${one.id}`, msgType: 'ack.submit', requestId: one.id, createdAt: now };
  const body = JSON.stringify({ ...ack, body: { msgId, status: 'processed', ackAt: now } });
  await send('POST', '/v1/acks', 'enforcer', body);
}

async function floorLifecycle(send: Send, one: Prepared): Promise<void> {
  await send('POST', `/submit/${one.id}`, 'enforcer', one.submit);
  const waiting = send('GET', `/wait/${one.id}`, 'enforcer');
  await send('POST', `/decide/${one.id}`, 'approver', one.decide);
  await waiting;
  await send('POST', `/ack/${one.id}`, 'enforcer', '{"status":"processed"}');
}

/** Lifecycles per second over `LANES` concurrent lanes. */
async function rate(all: readonly Prepared[], run: (one: Prepared) => Promise<void>): Promise<number> {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let one = all[next++]; one !== undefined; one = all[next++]) await run(one);
    }),
  );
  return (all.length * 1000) / (performance.now() - start);
}

/** Durable exchange lifecycles per second: submit, parked wait, decision, delivery, ack; three of them commits. */
export async function exchanges(): Promise<Row[]> {
  return await withScratch(async (folder) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const x = publicKey.export({ format: 'jwk' }).x ?? '';
    const gateway = await BenchProcess.start<{ url: string; enforcerPat: string; approverPat: string }>(
      './gateway-process.ts',
      { dataDir: `${folder}/gateway` },
    );
    const floor = await BenchProcess.start<{ url: string }>('./floor-process.ts', { dataDir: folder, publicKey: x });
    const agent = new Agent({ connections: LANES * 2, pipelining: 1 });
    try {
      const account = await pairedAccount(gateway.ready, seed);
      const signing = createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' });
      const [ours, bare] = [sender(gateway.ready.url, account, agent), sender(floor.ready.url, account, agent)];
      const best = { ours: 0, floor: 0 };
      for (let round = 0; round < ROUNDS; round += 1) {
        const make = () => Array.from({ length: LIFECYCLES }, () => prepared(account, signing));
        best.ours = Math.max(best.ours, await rate(make(), (one) => ourLifecycle(ours, one)));
        best.floor = Math.max(best.floor, await rate(make(), (one) => floorLifecycle(bare, one)));
      }
      return [
        {
          what: `gateway: durable exchange lifecycles/s, ${LANES} lanes, best of ${ROUNDS}`,
          ours: best.ours.toFixed(0),
          floor: best.floor.toFixed(0),
          ratio: best.ours / best.floor,
          goal: '>= 0.5',
        },
      ];
    } finally {
      await agent.close();
      await gateway.stop();
      await floor.stop();
    }
  });
}
