import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { openAdmin } from '@airlock/gateway';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

const APP = fileURLToPath(new URL('..', import.meta.url));
const TSUP = fileURLToPath(new URL('../../../node_modules/tsup/dist/cli-default.js', import.meta.url));
const OUT = `${APP}node_modules/.airlock-test-app`;

beforeAll(() => {
  execFileSync(process.execPath, [TSUP, '--out-dir', OUT, '--silent'], { cwd: APP, stdio: 'pipe' });
}, 60_000);

const children: ChildProcess[] = [];
const dirs: string[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly exited: Promise<number | string | null>;
}

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'airlock-process-'));
  dirs.push(dir);
  return dir;
}

function launch(dataDir: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [`${OUT}/main.js`], {
    env: { AIRLOCK_GATEWAY_DATA_DIR: dataDir, AIRLOCK_GATEWAY_PORT: '0', PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    text.stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    text.stderr += data.toString();
  });
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  return { child, text, exited };
}

async function start(dataDir: string): Promise<Running> {
  const { child, text, exited } = launch(dataDir);
  await expect.poll(() => text.stdout + text.stderr, { timeout: 15_000 }).toContain('"event":"ready"');
  const ready: { url: string; pid: number } = JSON.parse(text.stdout);
  expect(ready.pid).toBe(child.pid);
  return { child, url: ready.url, exited };
}

async function call(url: string, method: string, headers: Record<string, string>, body?: unknown): Promise<any> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

interface Credentials {
  readonly enforcer: Record<string, string>;
  readonly approver: Record<string, string>;
}

/** A device key of the test's own, signed with by Node. */
function deviceKey() {
  const seed = randomBytes(32);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const jwk = key.export({ format: 'jwk' });
  return {
    publicKey: jwk.x ?? '',
    sign: (text: string): string => sign(null, Buffer.from(text), key).toString('base64url'),
  };
}

async function credentials(dataDir: string): Promise<Credentials> {
  const admin = await openAdmin(dataDir);
  await admin.identity.addUser('anna');
  const enforcer = await admin.identity.createPat({ user: 'anna', role: 'enforcer' });
  const approver = await admin.identity.createPat({ user: 'anna', role: 'approver' });
  await admin.close();
  return { enforcer: { 'X-PAT': enforcer.pat }, approver: { 'X-PAT': approver.pat } };
}

async function pairing(url: string, { enforcer, approver }: Credentials) {
  const key = deviceKey();
  const timestamp = new Date().toISOString();
  const { publicKey } = key;
  const registered = await call(`${url}/v1/approvers`, 'POST', approver, {
    approverLabel: 'Terminal',
    publicKey,
    timestamp,
    signature: key.sign(`airlock-enroll-v1||${publicKey}|${timestamp}`),
  });
  const { approverId } = registered.body;
  const enforcerId = `enf-${randomUUID()}`;
  const body = { deviceId: 'dev-1', enforcerId };
  const session = await call(`${url}/v1/pairing/initiate`, 'POST', enforcer, body);
  const { nonce } = session.body;
  const responseJson = JSON.stringify({
    signerKeyId: 'key-test',
    publicKey,
    pairingNonce: nonce,
    timestamp,
    x25519PublicKey: publicKey,
    signature: 'AA',
  });
  const answer = { nonce, approverId, publicKey, responseJson };
  const done = await call(`${url}/v1/pairing/complete`, 'POST', approver, answer);
  expect(done.status, JSON.stringify(done.body)).toBe(200);
  return { key, approverId, enforcerId, routingToken: done.body.routingToken };
}

type Pairing = Awaited<ReturnType<typeof pairing>>;

function submission(pair: Pairing) {
  return {
    msgId: 'm',
    msgType: 'artifact.submit',
    requestId: `req-${randomUUID()}`,
    createdAt: new Date().toISOString(),
    sender: { enforcerId: pair.enforcerId },
    body: {
      artifactType: 'command.review',
      artifactHash: randomBytes(32).toString('hex'),
      ciphertext: { alg: 'AES-256-GCM', data: 'AAAA', nonce: 'A'.repeat(16), tag: `${'A'.repeat(22)}==` },
      metadata: { routingToken: pair.routingToken },
    },
  };
}

function decision(pair: Pairing, sent: ReturnType<typeof submission>) {
  const { artifactHash } = sent.body;
  const nonce = randomBytes(16).toString('base64url');
  const signature = pair.key.sign(`${artifactHash}|approve|${nonce}`);
  return {
    msgType: 'decision.submit',
    requestId: sent.requestId,
    createdAt: new Date().toISOString(),
    sender: { approverId: pair.approverId },
    body: { artifactHash, decision: 'approve', signerKeyId: 'key-test', nonce, signature },
  };
}

/** Submits and decides without a pause until the gateway dies; remembers what was answered with 2xx. */
async function hammer(url: string, who: Credentials, pair: Pairing) {
  const submitted = new Set<string>();
  const decided = new Set<string>();
  const worker = async (): Promise<void> => {
    for (;;) {
      const sent = submission(pair);
      const accepted = await call(`${url}/v1/artifacts`, 'POST', who.enforcer, sent);
      if (accepted.status !== 202) return;
      submitted.add(sent.requestId);
      const made = await call(`${url}/v1/decisions`, 'POST', who.approver, decision(pair, sent));
      if (made.status !== 200) return;
      decided.add(sent.requestId);
    }
  };
  await Promise.allSettled(Array.from({ length: 8 }, worker));
  return { submitted, decided };
}

describe(rules('GW-180')`kill -9`, () => {
  it('at any moment loses nothing that was answered with 2xx', { timeout: 90_000 }, async () => {
    const dataDir = tempDir();
    const who = await credentials(dataDir);
    for (const delay of [150, 400, 900]) {
      const running = await start(dataDir);
      const pair = await pairing(running.url, who);
      const hammering = hammer(running.url, who, pair);
      await new Promise((resolve) => setTimeout(resolve, delay));
      running.child.kill('SIGKILL');
      expect(await running.exited).toBe('SIGKILL');
      const { submitted, decided } = await hammering;
      expect(submitted.size).toBeGreaterThan(0);
      const again = await start(dataDir);
      for (const id of submitted) {
        const found = await call(`${again.url}/v1/exchanges/${id}`, 'GET', who.enforcer);
        expect([id, found.status]).toEqual([id, 200]);
        if (decided.has(id)) expect(found.body.body).toMatchObject({ state: 'Decided' });
      }
      again.child.kill('SIGTERM');
      expect(await again.exited).toBe(0);
    }
    const admin = await openAdmin(dataDir);
    expect((await admin.verifyAudit()).ok).toBe(true);
    await admin.close();
  });
});

describe('the process', () => {
  it('stops in order on SIGTERM, with a wait parked', async () => {
    const dataDir = tempDir();
    const who = await credentials(dataDir);
    const running = await start(dataDir);
    const pair = await pairing(running.url, who);
    const sent = submission(pair);
    await call(`${running.url}/v1/artifacts`, 'POST', who.enforcer, sent);
    const path = `${running.url}/v1/exchanges/${sent.requestId}/wait?timeout=60`;
    const parked = call(path, 'GET', who.enforcer);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    running.child.kill('SIGTERM');
    expect((await parked).status).toBe(204);
    expect(await running.exited).toBe(0);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no data directory', { AIRLOCK_GATEWAY_DATA_DIR: '' }, 'AIRLOCK_GATEWAY_DATA_DIR'],
    ['plain HTTP on every address', { AIRLOCK_GATEWAY_HOST: '0.0.0.0' }, 'plain HTTP'],
    ['a port that is none', { AIRLOCK_GATEWAY_PORT: 'x' }, 'port'],
    ['TLS files that are not there', { AIRLOCK_GATEWAY_TLS_CERT: '/n', AIRLOCK_GATEWAY_TLS_KEY: '/n' }, 'TLS files'],
  ])('refuses to start with %s, in one line', async (_name, env, said) => {
    const { exited, text } = launch(tempDir(), env);
    expect(await exited).toBe(1);
    expect(text.stderr).toContain(said);
    expect(text.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a data directory that is in use', async () => {
    const dataDir = tempDir();
    await start(dataDir);
    const second = launch(dataDir);
    expect(await second.exited).toBe(1);
    expect(second.text.stderr).toContain('Another gateway');
  });
});
