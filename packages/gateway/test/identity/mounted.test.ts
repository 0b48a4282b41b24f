import { get } from 'node:http';
import { rules } from '@airlock/conformance';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/index.js';
import { temporaryFolder } from '../support/temporary.js';
import { Browser } from './browser.js';

/** Status of a GET over a connection of its own, because a restart ends the kept ones. */
function statusOf(url: string, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    get(url, { agent: false, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

describe(rules('AUTH-200', 'GW-180')`the whole gateway`, () => {
  let dataDir: string;
  const open = () => createGateway({ dataDir, port: 0, logLevel: 'silent' });
  let gateway: Awaited<ReturnType<typeof open>>;
  let url: string;

  beforeAll(async () => {
    dataDir = temporaryFolder();
    gateway = await open();
    ({ url } = await gateway.listen());
  });
  afterAll(() => gateway.close());

  it('is found by discovery, signs in and keeps the sign-in over a restart', async () => {
    await gateway.admin.addUser('alice');
    const discovery = (await (await fetch(`${url}/v1/integrations/discovery`)).json()) as {
      idp: { baseUrl: string; clientId: string };
    };
    const { baseUrl, clientId } = discovery.idp;
    const config = await oidc.discovery(new URL(baseUrl), clientId, undefined, oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });
    const started = await oidc.initiateDeviceAuthorization(config, {});
    const { enrollmentCode } = await gateway.admin.enrollApprover('alice');
    const done = await new Browser().post(started.verification_uri, {
      user_code: started.user_code,
      code: enrollmentCode,
      decision: 'allow',
    });
    expect(done.status).toBe(200);
    const tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...started, interval: 0.01 });
    const works = (origin: string) => statusOf(`${origin}/v1/consent/status`, tokens.access_token);
    expect(await works(url)).toBe(200);
    const { port } = new URL(url);
    await gateway.close();
    gateway = await createGateway({ dataDir, port: Number(port), logLevel: 'silent' });
    ({ url } = await gateway.listen());
    expect(await works(url)).toBe(200);
  });
});
