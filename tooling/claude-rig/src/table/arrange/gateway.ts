import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { type HostileGateway, jsonResponse, startHostileGateway } from '@airlock/testkit';
import {
  type DeliveredEnvelope,
  onDecision,
  requestIdOf,
  SUBMIT,
  WAIT,
} from '../../../../../apps/airlock/test/e2e/harness/wire.js';
import { type ClaudeSite, openSite } from '../../site.js';
import { APPROVAL_SECONDS, repair } from './daemon.js';
import type { Arrange } from '../row.js';

type Rewrite = (envelope: DeliveredEnvelope) => unknown;

/** What lies between a site and its gateway. */
interface Between {
  readonly gateway: HostileGateway;
  /** What becomes of the decision about a request. */
  readonly lies: Map<string, Rewrite>;
}

const between = new WeakMap<ClaudeSite, Between>();

/** A site whose gateway lies when a row tells it to. */
export async function openTableSite(): Promise<ClaudeSite> {
  let gateway: HostileGateway | undefined;
  const site = await openSite({
    plugin: 'none',
    approvalSeconds: APPROVAL_SECONDS,
    through: async (target) => {
      gateway = await startHostileGateway({ target });
      return gateway.origin;
    },
  });
  if (gateway === undefined) throw new Error('nothing was put between');
  const lies = new Map<string, Rewrite>();
  onDecision(gateway, (envelope) => lies.get(envelope.requestId)?.(envelope) ?? envelope);
  between.set(site, { gateway, lies });
  return site;
}

export async function closeTableSite(site: ClaudeSite | undefined): Promise<void> {
  if (site === undefined) return;
  await site.close();
  await between.get(site)?.gateway.close();
}

function betweenOf(site: ClaudeSite): Between {
  const found = between.get(site);
  if (found === undefined) throw new Error('nothing lies between this site and its gateway');
  return found;
}

export const gatewayDown: Arrange = async ({ site }) => {
  await site.site.gateway.stop('SIGKILL');
  // Until then a submission is tried again.
  return { restore: () => site.site.gateway.start() };
};

/** The human decides, and the gateway makes something else of it. */
function delivers(rewrite: Rewrite, word: 'approve' | 'reject' = 'approve'): Arrange {
  return ({ site }) => ({
    answering: ({ request }) => {
      betweenOf(site).lies.set(request.requestId, rewrite);
      return word === 'approve' ? 'approve' : { reject: 'no' };
    },
  });
}

const changed =
  (members: Readonly<Record<string, unknown>>): Rewrite =>
  (envelope) => ({
    ...envelope,
    body: { ...envelope.body, ...members },
  });

const without =
  (...members: readonly string[]): Rewrite =>
  (envelope) => ({
    ...envelope,
    body: Object.fromEntries(Object.entries(envelope.body).filter(([name]) => !members.includes(name))),
  });

const signedByGateway: Rewrite = (envelope) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { artifactHash, decision, nonce } = envelope.body;
  const signature = sign(null, Buffer.from(`${artifactHash}|${decision}|${nonce}`), privateKey).toString('base64url');
  return changed({ signature })(envelope);
};

const flipped: Rewrite = (envelope) => {
  const bytes = Buffer.from(envelope.body.signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
  return changed({ signature: bytes.toString('base64url') })(envelope);
};

const otherHash = createHash('sha256').update('other').digest('hex');
let earlier: DeliveredEnvelope | undefined;

/** What a gateway may try with a decision (table 17.1). */
export const GATEWAY_LIES = {
  'strips the signature': delivers(without('signature')),
  'strips everything signed': delivers(without('signature', 'nonce', 'signerKeyId', 'harpDecision')),
  'strips the canonical form': delivers(without('harpDecision')),
  'signs itself': delivers(signedByGateway),
  'flips a bit of the signature': delivers(flipped),
  'names another artifact': delivers(changed({ artifactHash: otherHash })),
  'says APPROVE': delivers(changed({ decision: 'APPROVE' })),
  'adds a member': delivers(changed({ status: 'approved' })),
  'turns reject into approve': delivers(changed({ decision: 'approve' }), 'reject'),
  'names another request': delivers((e) => ({ ...e, requestId: 'req-00000000-0000-4000-8000-000000000000' })),
  'replays an earlier decision': delivers((e) => {
    const replayed = earlier ?? { ...e, body: { ...e.body, nonce: 'A'.repeat(22) } };
    earlier = e;
    return replayed;
  }),
} as const satisfies Readonly<Record<string, Arrange>>;

/** The human signed out; the pairing is still there. */
export const signedOut: Arrange = async (ground) => {
  const { site } = ground;
  await site.airlock('sign-out');
  return {
    answering: () => 'approve',
    restore: async () => {
      await site.project.machine.signIn(betweenOf(site).gateway.origin, site.site.enforcerPat);
      await repair(ground);
    },
  };
};

/** It invents an approval that nobody gave. */
export const gatewayInvents: Arrange = ({ site }) => ({
  answering: () => 'wait',
  restore: betweenOf(site).gateway.tamper(WAIT, (request) =>
    jsonResponse(200, {
      msgId: 'm',
      msgType: 'decision.deliver',
      requestId: requestIdOf(request),
      body: { decision: 'approve' },
    }),
  ),
});

/** It answers every submission so. */
export const gatewayAnswers =
  (status: number, body: unknown): Arrange =>
  ({ site }) => ({
    answering: () => 'approve',
    restore: betweenOf(site).gateway.tamper(SUBMIT, () => jsonResponse(status, body)),
  });
