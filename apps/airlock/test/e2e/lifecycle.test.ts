import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeveloperMachine, Site } from './harness/site.js';

const MINUTE = 60_000;

/** The other ways into each state of the lifecycle, with the built command. */
describe('sign-in and pairing, the other ways', () => {
  let site: Site;
  const machines: DeveloperMachine[] = [];

  beforeAll(async () => {
    site = await Site.create();
    await site.developer.signIn(site.gateway.url, site.enforcerPat);
  }, 2 * MINUTE);
  afterAll(async () => {
    for (const machine of machines) await machine.stop();
    await site.close();
  }, MINUTE);

  async function machine(name: string): Promise<DeveloperMachine> {
    const made = await site.machine(name);
    machines.push(made);
    return made;
  }

  async function runsWhenApproved(at: DeveloperMachine, approve: () => Promise<unknown>): Promise<void> {
    const file = join(at.workspace, 'ran');
    const command = at.start(['run', '--', 'touch', file]);
    await approve();
    expect((await command.finished()).code).toBe(0);
    expect(existsSync(file)).toBe(true);
  }

  const approveFirst = async () => {
    const [request] = await site.approver.pending();
    await site.approver.approve(request?.requestId ?? '');
  };

  test(
    rules('AUTH-200', 'AUTH-170')`device grant: the human allows the code, the machine is signed in`,
    async () => {
      const other = await machine('laptop');
      const signIn = other.start(['sign-in', '--gateway', site.gateway.url, '--device', '--no-open', '--json']);
      const { userCode } = await signIn.event<{ userCode: string }>('verification');
      expect(userCode).toMatch(/^\d{6}$/);
      await site.asHuman('POST', '/v1/auth/device/verify', { userCode, decision: 'allow' });
      expect((await signIn.finished()).code).toBe(0);
      expect(await other.json('status')).toMatchObject({ signedIn: true, gatewayUrl: site.gateway.url });
    },
    MINUTE,
  );

  test(
    rules('AUTH-200')`device grant refused by the human: exit 125 and nothing stored`,
    async () => {
      const other = await machine('stranger');
      const signIn = other.start(['sign-in', '--gateway', site.gateway.url, '--device', '--no-open', '--json']);
      const { userCode } = await signIn.event<{ userCode: string }>('verification');
      await site.asHuman('POST', '/v1/auth/device/verify', { userCode, decision: 'deny' });
      const result = await signIn.finished();
      expect(result.code).not.toBe(0);
      expect(result.stderr).toContain('access_denied');
      expect(await other.json('status')).toMatchObject({ signedIn: false });
    },
    MINUTE,
  );

  test(
    rules('CONS-020', 'CONS-030')`an app signs in, waits for consent, and pairs once it is given`,
    async () => {
      const app = await site.gateway.admin<{ clientId: string; clientSecret: string }>(
        'app',
        'create',
        '--name',
        'Deployer',
        '--kind',
        'Agent',
      );
      const other = await machine('appliance');
      const flags = ['--client-id', app.clientId, '--client-secret-stdin', '--device', '--no-open', '--json'];
      const signIn = other.start(
        ['sign-in', '--gateway', site.gateway.url, ...flags],
        undefined,
        `${app.clientSecret}\n`,
      );
      const { userCode } = await signIn.event<{ userCode: string }>('verification');
      await site.asHuman('POST', '/v1/auth/device/verify', { userCode, decision: 'allow' });
      const consent = await pendingConsent();
      expect(consent.appName).toBe('Deployer');
      await site.asHuman('POST', `/v1/consents/${consent.consentId}/decide`, { decision: 'allow' });
      expect((await signIn.finished()).code).toBe(0);
      await site.pairing(other, (link) => site.approver.pair(link));
      await runsWhenApproved(other, approveFirst);
    },
    2 * MINUTE,
  );

  async function pendingConsent(): Promise<{ consentId: string; appName: string }> {
    for (let i = 0; i < 200; i += 1) {
      const { items } = await site.asHuman<{ items: { consentId: string; appName: string; state: string }[] }>(
        'GET',
        '/v1/consents',
      );
      const pending = items.find(({ state }) => state === 'Pending');
      if (pending !== undefined) return pending;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('no consent was asked for');
  }

  test(
    rules('PAIR-140', 'PAIR-150')`a code that the approver made beforehand is claimed`,
    async () => {
      const gadgets = await site.workspace('gadgets');
      const offer = site.approver.start('pre-generate');
      const { code } = await offer.event<{ code: string }>('code');
      const claim = gadgets.start(['pair', '--claim', '-', '--json'], undefined, `${code}\n`);
      expect(await claim.event<{ assurance: string }>('paired')).toMatchObject({ assurance: 'verified' });
      expect((await offer.finished()).code).toBe(0);
      await runsWhenApproved(gadgets, approveFirst);
    },
    MINUTE,
  );

  test(
    rules('PAIR-200', 'INV-36')`a code with a wrong secret is refused, burnt and pairs nobody`,
    async () => {
      const gizmos = await site.workspace('gizmos');
      const pairing = gizmos.start(['pair', '--json']);
      const { code } = await pairing.event<{ code: string }>('pairing');
      const wrong = `${code.slice(0, 6)}${code.slice(6).replace(/[0-9A-Z]/g, (c) => (c === '7' ? '8' : '7'))}`;
      await site.approver.pair(wrong);
      const result = await pairing.finished();
      expect(result.code).not.toBe(0);
      expect(`${result.stdout}${result.stderr}`).toContain('intercepted');
      expect((await gizmos.run(['run', '--', 'true'])).code).toBe(125);
    },
    MINUTE,
  );

  describe(rules('PAIR-260', 'PAIR-265', 'INV-38')`replacing a pinned approver`, () => {
    test(
      'needs the recovery code, which works once and is replaced',
      async () => {
        const vault = await site.workspace('vault');
        const first = vault.start(['pair', '--json']);
        await site.approver.pair((await first.event<{ link: string }>('pairing')).link);
        const { recoveryCode } = await first.event<{ recoveryCode: string }>('paired');
        await first.finished();
        await vault.run(['unpair']);

        const thief = await site.otherApprover('thief');
        const grab = vault.start(['pair', '--json']);
        await thief.pair((await grab.event<{ link: string }>('pairing')).link);
        expect((await grab.finished()).code).not.toBe(0);
        expect((await vault.run(['run', '--', 'true'])).code).toBe(125);

        const heir = await site.otherApprover('heir');
        const again = vault.start(['pair', '--recovery-code-stdin', '--json'], undefined, `${recoveryCode}\n`);
        await heir.pair((await again.event<{ link: string }>('pairing')).link);
        const renewed = await again.event<{ recoveryCode?: string }>('paired');
        expect(renewed.recoveryCode).toBeDefined();
        expect(renewed.recoveryCode).not.toBe(recoveryCode);
        await runsWhenApproved(vault, async () => {
          const [request] = await heir.pending();
          expect(await heir.json('show', request?.requestId ?? '')).toMatchObject({
            notices: expect.arrayContaining(['recovery-used']),
          });
          await heir.approve(request?.requestId ?? '');
        });
      },
      2 * MINUTE,
    );

    test(
      'or the signature of the approver that is replaced',
      async () => {
        const office = await site.workspace('office');
        const old = new InMemoryApprover(site.gateway.url, site.approverPat);
        await site.pairing(office, (link) => old.pair(link));
        const successor = await site.otherApprover('successor');
        const change = office.start(['pair', '--json']);
        await successor.pair((await change.event<{ link: string }>('pairing')).link);
        expect(await change.event<{ reachable: boolean }>('old-approver')).toMatchObject({ reachable: true });
        await old.approveNext();
        expect(await change.event<{ assurance: string }>('paired')).toMatchObject({ assurance: 'verified' });
        await old.close();
        await runsWhenApproved(office, async () => {
          const [request] = await successor.pending();
          await successor.approve(request?.requestId ?? '');
        });
      },
      2 * MINUTE,
    );
  });
});
