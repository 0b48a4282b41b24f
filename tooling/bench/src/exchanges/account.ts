import { randomBytes, randomUUID } from 'node:crypto';
import { completePairing, registration } from '@airlock/approver';
import { ed25519PublicKey, ed25519Sign, x25519PublicKey, x25519SharedSecret } from '@airlock/crypto';
import { createGatewayClient } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import { base64UrlEncode } from '@airlock/protocol';

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
  const own = randomBytes(32);
  const keys = {
    signer: {
      publicKey: ed25519PublicKey(seed),
      sign: (message: Uint8Array) => Promise.resolve(ed25519Sign(seed, message)),
    },
    agreement: {
      publicKey: x25519PublicKey(own),
      agree: (peer: Uint8Array) => Promise.resolve(x25519SharedSecret(own, peer)),
    },
  };
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
