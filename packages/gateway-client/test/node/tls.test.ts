import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { rules } from '@airlock/conformance';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ChannelEvent, createGatewayClient, NO_RETRY } from '../../src/index.js';
import { type NodeTransport, nodeTransport } from '../../src/node.js';

const pem = (name: string) => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8');
const ECHO = JSON.stringify({ utc: 'u', local: 'l', timezone: 'UTC', offsetMinutes: 0 });

let requests = 0;
const server = createServer({ key: pem('key'), cert: pem('cert') }, (_, response) => {
  requests += 1;
  response.end(ECHO);
});
const sockets = new WebSocketServer({ server });
let origin = '';
const transports: NodeTransport[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const transport of transports.splice(0)) await transport.close();
});
afterAll(async () => {
  sockets.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function client(ca?: string) {
  const transport = nodeTransport(ca === undefined ? {} : { ca });
  transports.push(transport);
  const credentials = { user: { kind: 'bearer', token: async () => 'jwt' } } as const;
  return createGatewayClient({ origin, transport, credentials, retry: NO_RETRY });
}

/** First event of a channel that is not its end. */
function firstEvent(ca?: string): Promise<ChannelEvent> {
  return new Promise((resolve) => {
    const channel = client(ca).openChannel({
      role: 'enforcer',
      id: 'enf-1',
      onEvent: (event) => {
        resolve(event);
        channel.close();
      },
    });
  });
}

describe(rules('GW-040')`certificates are always verified`, () => {
  it.each([
    ['by default', undefined],
    ['even when the environment turns verification off', '0'],
  ])('%s', async (_, setting) => {
    if (setting !== undefined) vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', setting);
    const before = requests;
    await expect(client().discovery.echo()).rejects.toMatchObject({ kind: 'unreachable', sent: false });
    expect(requests).toBe(before);
    expect(await firstEvent()).toMatchObject({ type: 'closed', code: 1006 });
  });

  it('a certificate that the user trusts is accepted', async () => {
    expect(await client(pem('cert')).discovery.echo()).toEqual(JSON.parse(ECHO));
    expect(await firstEvent(pem('cert'))).toEqual({ type: 'open' });
  });
});
