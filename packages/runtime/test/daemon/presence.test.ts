import { nodeTransport } from '@airlock/gateway-client/node';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import type { GatewayPorts } from '../../src/daemon/node-gateway.js';
import type { ChannelHandlers } from '../../src/engine/channels.js';
import { signInRoutes } from '../../src/engine/sign-in-routes.js';
import { ask, lastOf, paired } from '../support/daemon.js';
import { until } from '../support/policy-scene.js';

const SLOW = { timeout: 30_000 };

/** A gateway whose WebSockets are opened and closed by hand. */
function byHand() {
  const transport = nodeTransport({});
  const channels: { readonly handlers: ChannelHandlers; isClosed: boolean }[] = [];
  const gateway: GatewayPorts = {
    transport,
    signIn: signInRoutes(transport),
    close: () => transport.close(),
    openChannel: (_, handlers) => {
      const channel = { handlers, isClosed: false };
      channels.push(channel);
      return () => {
        channel.isClosed = true;
      };
    },
  };
  return { gateway, channels };
}

describe(rules('PRES-010', 'PRES-030')`presence`, () => {
  it('falls back to heartbeats where there is no channel, and nothing depends on it', SLOW, async () => {
    const made = await paired();
    await until(() => made.relay.seen.includes('POST /v1/presence/heartbeat'));
    expect((await made.client.status()).presence).not.toBe('online');
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });

  it('is online by a channel, without heartbeats; opened again after a pause when it breaks', SLOW, async () => {
    const { gateway, channels } = byHand();
    const made = await paired({ gateway });
    const presence = async () => (await made.client.status()).presence;
    await until(() => channels.length === 1);
    channels[0]!.handlers.opened();
    expect(await presence()).toBe('online');
    const heartbeats = () => made.relay.seen.filter((line) => line === 'POST /v1/presence/heartbeat').length;
    const before = heartbeats();
    // Longer than two heartbeats by the quick clock.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(heartbeats()).toBe(before);
    channels[0]!.handlers.closed();
    expect(await presence()).toBe('backoff');
    await until(() => heartbeats() > before, 'a heartbeat');
    await until(() => channels.length === 2, 'another channel');
    channels[1]!.handlers.opened();
    expect(await presence()).toBe('online');
    await made.client.signOut();
    expect([await presence(), channels[1]!.isClosed]).toEqual(['offline', true]);
  });
});
