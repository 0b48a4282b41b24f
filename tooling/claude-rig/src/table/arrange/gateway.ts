import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type HostileGateway,
  jsonResponse,
  startHostileGateway,
  type Tamperer,
  type TamperedRoute,
} from '@airlock/testkit';
import { DeveloperMachine } from '../../../../../apps/airlock/test/e2e/harness/site.js';
import {
  type DeliveredEnvelope,
  onDecision,
  requestIdOf,
  SUBMIT,
  WAIT,
} from '../../../../../apps/airlock/test/e2e/harness/wire.js';
import type { Word } from '../../human.js';
import { type ClaudeSite, openSite } from '../../site.js';
import { APPROVAL_SECONDS, HOPELESS_SECONDS, repair } from './daemon.js';
import type { Arrange, Ground } from '../row.js';

/** Makes a delivered decision into another message. */
export type Rewrite = (envelope: DeliveredEnvelope) => unknown;

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

export function betweenOf(site: ClaudeSite): Between {
  const found = between.get(site);
  if (found === undefined) throw new Error('nothing lies between this site and its gateway');
  return found;
}

export const gatewayDown: Arrange = async (ground) => {
  const { gateway } = ground.site.site;
  await repair(ground, HOPELESS_SECONDS);
  await gateway.stop('SIGKILL');
  return {
    restore: async () => {
      await gateway.start();
      await repair(ground);
    },
  };
};

/** Signed in as before, whatever the daemon thinks of its credentials. */
async function signInAgain(ground: Ground): Promise<void> {
  const { site } = ground;
  await site.project.machine.signIn(betweenOf(site).gateway.origin, site.site.enforcerPat);
  await repair(ground);
}

/** The human signed out; the pairing is still there. */
export const signedOut: Arrange = async (ground) => {
  await ground.site.airlock('sign-out');
  return { answering: () => 'approve', restore: () => signInAgain(ground) };
};

/** A folder that was paired and unpaired again; the human approves whatever comes. */
export const unpaired: Arrange = async ({ site, folder }) => {
  const cwd = join(site.home, `unpaired-${basename(folder)}`);
  mkdirSync(cwd, { mode: 0o700 });
  const machine = new DeveloperMachine(site.airlockHome, cwd);
  await site.site.pairing(machine, (link) => site.human.pair(link), betweenOf(site).gateway.origin);
  const { code, stderr } = await machine.run(['unpair']);
  if (code !== 0) throw new Error(`airlock unpair: exit ${code}\n${stderr}`);
  return { cwd, answering: () => 'approve' };
};

/** One route is dealt with like this, whoever asks, until the request is over; `word` is what the human says. */
export function tampered(route: TamperedRoute, word: Word, tamperer: Tamperer): Arrange {
  return async (ground) => {
    await repair(ground, HOPELESS_SECONDS);
    let wasUsed = false;
    const makeHonest = betweenOf(ground.site).gateway.tamper(route, (request, forward) => {
      wasUsed = true;
      return tamperer(request, forward);
    });
    return {
      answering: () => word,
      happened: () => wasUsed,
      restore: async () => {
        makeHonest();
        // A gateway that says 401 has ended the session.
        await signInAgain(ground);
      },
    };
  };
}

/** It invents an approval that nobody gave. */
export const gatewayInvents: Arrange = tampered(WAIT, 'wait', (request) =>
  jsonResponse(200, {
    msgId: 'm',
    msgType: 'decision.deliver',
    requestId: requestIdOf(request),
    body: { decision: 'approve' },
  }),
);

export const submissions = (tamperer: Tamperer): Arrange => tampered(SUBMIT, 'approve', tamperer);

/** It answers every submission so. */
export const gatewayAnswers = (status: number, body: unknown): Arrange => submissions(() => jsonResponse(status, body));

export const gatewayCuts: Arrange = submissions(() => 'cut');
export const gatewaySaysNothing: Arrange = submissions(() => 'withhold');

/** It sends the program elsewhere. */
export const gatewayRedirects: Arrange = submissions(({ path }) => ({
  status: 307,
  headers: { location: `http://127.0.0.1:9${path}` },
  body: '',
}));

/** Hash of nothing that anybody asks for. */
export const otherHash: string = createHash('sha256').update('other').digest('hex');

/** It hands the human another hash than that of what they are shown. */
export const gatewayChangesHash: Arrange = submissions((request, forward) => {
  const submitted = JSON.parse(request.body) as { readonly body: object };
  return forward({ body: JSON.stringify({ ...submitted, body: { ...submitted.body, artifactHash: otherHash } }) });
});
