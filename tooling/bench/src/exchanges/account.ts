import { randomBytes, randomUUID } from 'node:crypto';
import { completePairing, registration } from '@airlock/approver';
import { x25519PublicKey } from '@airlock/crypto';
import { createGatewayClient } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import { base64UrlEncode } from '@airlock/protocol';
import { keysInMemory } from '@airlock/testkit/in-memory-approver';

/** What a load generator needs to speak for both sides of one pairing. */
export interface Account {
  readonly enforcerPat: string;
  readonly approverPat: string;
  readonly enforcerId: string;
  readonly approverId: string;
  readonly routingToken: string;
  readonly signerKeyId: string;
}

/** Registers an approver with the given Ed25519 seed and pairs an enforcer with it over the real routes. */
export async function pairedAccount(
  site: { readonly url: string; readonly enforcerPat: string; readonly approverPat: string },
  seed: Uint8Array,
): Promise<Account> {
  const transport = nodeTransport();
  const as = (pat: string) =>
    createGatewayClient({ origin: site.url, transport, credentials: { user: { kind: 'pat', pat } } });
  const [enforcer, approver] = [as(site.enforcerPat), as(site.approverPat)];
  const keys = keysInMemory(seed, randomBytes(32));
  const { approverId } = await approver.approvers.register(
    await registration({ approverLabel: 'bench', at: Date.now() }, keys.signer),
  );
  const enforcerId = `enf-${randomUUID()}`;
  const started = await enforcer.pairing.initiate({
    deviceId: 'bench',
    enforcerId,
    x25519PublicKey: base64UrlEncode(x25519PublicKey(randomBytes(32))),
  });
  const resolution = await approver.pairing.resolve(started.pairingCode);
  const answer = await completePairing({ resolution, approverId, capabilities: [], at: Date.now() }, keys);
  const { routingToken } = await approver.pairing.complete(answer.request);
  await transport.close();
  return { ...site, enforcerId, approverId, routingToken, signerKeyId: answer.record.signerKeyId };
}
