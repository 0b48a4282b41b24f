import { createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { options, ready } from './process.js';

/**
 * The floor: bare `node:http`, one table, group commit with WAL and FULL, one Ed25519 verification per decision, parked
 * waits. Nothing else: no accounts, no parsing of messages, no limits, no state machine.
 */
const { dataDir, publicKey } = await options<{ dataDir: string; publicKey: string }>();
const database = new DatabaseSync(join(dataDir, 'floor.db'));
database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (id TEXT, body TEXT)');
const insert = database.prepare('INSERT INTO row VALUES (?, ?)');
const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
const waiting = new Map<string, ServerResponse>();
const decided = new Map<string, string>();
let batch: Array<{ id: string; body: string; done: () => void }> = [];

function flush(): void {
  const rows = batch;
  batch = [];
  database.exec('BEGIN IMMEDIATE');
  for (const { id, body } of rows) insert.run(id, body);
  database.exec('COMMIT');
  for (const { done } of rows) done();
}

function commit(id: string, body: string): Promise<void> {
  return new Promise((done) => {
    if (batch.length === 0) setImmediate(flush);
    batch.push({ id, body, done });
  });
}

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(body);
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, verb, id = ''] = (request.url ?? '').split('/');
  if (verb === 'read') return answer(response, decided.get(id) ?? '{}');
  if (verb === 'wait') {
    const body = decided.get(id);
    if (body === undefined) waiting.set(id, response);
    else answer(response, body);
    return;
  }
  const body = await text(request);
  if (verb === 'decide') {
    const { artifactHash, decision, nonce, signature } = (JSON.parse(body) as { body: Record<string, string> }).body;
    const signed = Buffer.from(`${artifactHash}|${decision}|${nonce}`);
    if (!verify(null, signed, key, Buffer.from(signature ?? '', 'base64url'))) throw new Error('floor: bad signature');
  }
  await commit(id, body);
  if (verb === 'decide') {
    decided.set(id, body);
    const waiter = waiting.get(id);
    waiting.delete(id);
    if (waiter !== undefined) answer(waiter, body);
  }
  answer(response, '{}');
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => response.destroy(error as Error));
});
process.on('message', () => globalThis.gc?.());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  ready({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
