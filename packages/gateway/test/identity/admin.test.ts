import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentityAdmin } from '../../src/identity/admin.js';
import { systemPorts } from '../../src/ports.js';
import { openStore } from '../../src/store/open-store.js';
import { type Bench, bench } from './support.js';

const open = (dataDir: string) => openStore({ dataDir, use: 'shared', thread: 'inline' });

describe(rules('AUTH-095', 'AUTH-070')`the operator's console`, () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'airlock-admin-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  it('makes the first user, tokens, apps and codes with no gateway running', async () => {
    const store = await open(dataDir);
    const admin = createIdentityAdmin({ store, ports: systemPorts() });
    const alice = await admin.addUser('alice');
    expect(alice).toEqual({ userId: expect.stringMatching(/^usr-/), name: 'alice', createdAt: expect.any(Number) });
    await expect(admin.addUser('ALICE')).rejects.toMatchObject({ code: 'AlreadyExistsConflict' });
    expect(await admin.listUsers()).toEqual([alice]);
    const pat = await admin.createPat({ user: 'Alice', role: 'approver' });
    expect(pat).toEqual({
      pat: expect.stringMatching(/^airpat_/),
      id: expect.stringMatching(/^pat-/),
      expiresAt: expect.any(Number),
    });
    expect(await admin.listPats('alice')).toMatchObject([{ tokenId: pat.id, role: 'approver' }]);
    expect(await admin.listPats()).toHaveLength(1);
    await admin.revokePat(pat.id);
    await expect(admin.revokePat(pat.id)).rejects.toMatchObject({ code: 'NotFound' });
    expect(await admin.listPats()).toEqual([]);
    const app = await admin.createApp({ name: 'Example', kind: 'Agent' });
    expect(app).toMatchObject({ kind: 'Agent', clientSecret: expect.stringMatching(/^[A-Za-z0-9]{40}$/) });
    const rotated = await admin.rotateAppSecret(app.appId);
    expect(rotated.clientSecret).not.toBe(app.clientSecret);
    await admin.revokeApp(app.appId);
    expect(await admin.listApps()).toEqual([]);
    expect(await admin.enrollApprover('alice')).toMatchObject({ enrollmentCode: expect.stringMatching(/^enr-/) });
    await store.close();
  });

  const misuse: [string, (admin: ReturnType<typeof createIdentityAdmin>) => Promise<unknown>, string][] = [
    ['a token for nobody', (admin) => admin.createPat({ user: 'nobody', role: 'enforcer' }), 'NotFound'],
    ['a code for nobody', (admin) => admin.enrollApprover('nobody'), 'NotFound'],
    ['tokens of nobody', (admin) => admin.listPats('nobody'), 'NotFound'],
    ['an unknown app', (admin) => admin.rotateAppSecret('ABC-0000000'), 'NotFound'],
    ['a user without a name', (admin) => admin.addUser(''), 'invalid_request'],
    ['a user of spaces', (admin) => admin.addUser(' a '), 'invalid_request'],
    ['a user of controls', (admin) => admin.addUser('a\u001b[2J'), 'invalid_request'],
    ['a user of markup', (admin) => admin.addUser('<b>'), 'invalid_request'],
  ];
  it.each(misuse)('refuses %s', async (_what, act, code) => {
    const store = await open(dataDir);
    await expect(act(createIdentityAdmin({ store, ports: systemPorts() }))).rejects.toMatchObject({ code });
    await store.close();
  });
});

describe(rules('AUTH-095', 'AUTH-080')`beside a gateway that is serving the same directory`, () => {
  let b: Bench;
  beforeEach(async () => {
    b = await bench();
  });
  afterEach(() => b.close());

  it('works, and takes effect in the gateway at once', async () => {
    const store = await open(b.dataDir);
    const admin = createIdentityAdmin({ store, ports: { ...systemPorts(), now: () => b.clock.now } });
    await admin.addUser('alice');
    const pat = await admin.createPat({ user: 'alice', role: 'enforcer' });
    const status = async () => (await b.request('GET', '/v1/consent/status', { headers: { 'X-PAT': pat.pat } })).status;
    expect(await status()).toBe(200);
    await admin.revokePat(pat.id);
    expect(await status()).toBe(401);
    await store.close();
  });

  it('no route makes a user without one', () => {
    const open = b.identity.routes.filter(({ auth }) => auth === '-' || auth === 'optional');
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/auth/device',
      'POST /v1/auth/device/token',
      'POST /v1/auth/enforcer/refresh',
      'POST /v1/auth/refresh',
      'POST /v1/auth/logout',
      'POST /v1/approvers',
    ]);
  });
});
