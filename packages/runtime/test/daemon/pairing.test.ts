import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { readShownCode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../src/socket/api.js';
import { ask, collect, lastOf, paired, pairUp, scene, signIn } from '../support/daemon.js';
import { Human } from '../support/human.js';

const SLOW = { timeout: 30_000 };
const last = (events: readonly PairEvent[]) => events.at(-1);

describe(rules('PAIR-140', 'PAIR-240')`what is shown`, () => {
  it('is a code with 16 and a link with 26 characters of secret, new each time and never sent', SLOW, async () => {
    const made = await scene();
    await signIn(made);
    const secrets: string[] = [];
    const { events } = await pairUp(made);
    const [shown] = events;
    if (shown?.event !== 'pairing') throw new Error('no code');
    const typed = readShownCode(shown.code).secret ?? '';
    const linked = /[#&]s=([^&]+)/.exec(shown.link)?.[1] ?? '';
    expect([typed.length, linked.length]).toEqual([16, 26]);
    expect(shown.link).toMatch(new RegExp(`^${made.relay.url}/pair#v=1&g=`));
    const sent = JSON.stringify([...made.relay.pairings.values()]);
    for (const secret of [typed, linked]) expect(sent).not.toContain(secret);
    const log = readFileSync(made.paths.logFile, 'utf8') + readFileSync(made.paths.auditFile, 'utf8');
    for (const secret of [typed, linked]) expect(log).not.toContain(secret);
    secrets.push(typed, linked);
    expect(new Set(secrets).size).toBe(2);
  });

  it('both lead to a verified pairing', SLOW, async () => {
    for (const by of ['link', 'code'] as const) {
      const made = await scene();
      await signIn(made);
      const { events } = await pairUp(made, new Human(made.relay), by);
      expect(last(events)).toMatchObject({ event: 'paired', workspace: made.workspace, assurance: 'verified' });
    }
  });
});

describe(rules('PAIR-210')`an approver that was not shown the secret`, () => {
  it('is confirmed at the terminal and stays gateway-trusted', SLOW, async () => {
    const made = await scene();
    await signIn(made);
    const { events } = await pairUp(made, new Human(made.relay), 'nothing');
    expect(events.map((event) => event.event)).toEqual(['pairing', 'confirm', 'paired']);
    expect(events[1]).toMatchObject({ safetyNumber: expect.stringMatching(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/) });
    expect((await made.client.status()).workspaces[0]).toMatchObject({ assurance: 'gateway-trusted' });
  });

  it.each([
    ['the human says no', { canConfirm: true }, false],
    ['nobody can confirm', { canConfirm: false }, true],
    ['the caller does not say that somebody can confirm', {}, true],
  ])('is refused when %s', SLOW, async (_, over, accept) => {
    const made = await scene();
    await signIn(made);
    const events = await collect(
      made.client.pair({ workspace: made.workspace, mode: 'initiate', ...over }),
      async (event) => {
        if (event.event === 'pairing') await new Human(made.relay).pair(null);
        if (event.event === 'confirm') await made.client.confirmPairing(event.pairingId, accept);
      },
    );
    expect(last(events)?.event).toBe('refused');
    expect((await made.client.status()).workspaces[0]).toMatchObject({ paired: false });
  });

  it('is refused where only verified pairings are allowed', SLOW, async () => {
    const made = await scene({ requireVerifiedPairing: true });
    await signIn(made);
    const { events } = await pairUp(made, new Human(made.relay), 'nothing');
    expect(last(events)).toMatchObject({ event: 'refused', reason: 'unverified' });
  });
});

describe(rules('PAIR-200')`an approver that guesses the secret`, () => {
  it('burns it and is reported as an interception', SLOW, async () => {
    const made = await scene();
    await signIn(made);
    const events = await collect(made.client.pair({ workspace: made.workspace, mode: 'initiate' }), async (event) => {
      if (event.event === 'pairing')
        await new Human(made.relay).pair({ code: `${event.code.slice(0, 7)}7Q4M-XK2P-9D3T-V0WH` });
    });
    expect(last(events)).toMatchObject({
      event: 'refused',
      reason: 'confirm',
      message: expect.stringContaining('intercepted'),
    });
  });
});

describe(rules('PAIR-260', 'INV-38')`another approver`, () => {
  it('needs the old one, which signs a policy change that names it', SLOW, async () => {
    const made = await paired();
    const asked: unknown[] = [];
    made.relay.onArtifact = (artifact) => {
      asked.push(made.human.read(artifact));
      made.human.decide(artifact, 'approve');
    };
    const { human, events } = await pairUp(made);
    expect(events.map((event) => event.event)).toEqual(['pairing', 'old-approver', 'paired']);
    expect(asked).toMatchObject([{ kind: 'policy.change', policy: expect.stringContaining('"approverKey"') }]);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'HARP_ERR_SIGNATURE_INVALID' });
    made.relay.onArtifact = (artifact) => human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });

  it('is not taken when the old one says no; the old one stays', SLOW, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    const { events } = await pairUp(made);
    expect(last(events)?.event).toBe('refused');
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow', signerKeyId: made.human.signerKeyId });
  });

  it('is not taken after unpairing either: the pin survives', SLOW, async () => {
    const made = await paired();
    await made.client.unpair(made.workspace);
    const { events } = await pairUp(made);
    expect(events.map((event) => event.event)).toEqual(['pairing', 'old-approver', 'refused']);
    expect(last(events)).toMatchObject({ reason: expect.stringMatching(/key_pinned|cancelled/) });
    const again = await pairUp(made, made.human);
    expect(last(again.events)?.event).toBe('paired');
  });
});

describe(rules('PAIR-265')`the recovery code`, () => {
  it('is shown once, replaces a lost approver, and is replaced by its use', SLOW, async () => {
    const made = await scene();
    await signIn(made);
    const first = last((await pairUp(made)).events);
    if (first?.event !== 'paired') throw new Error('not paired');
    const { recoveryCode = '' } = first;
    expect(recoveryCode).toMatch(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
    await made.client.unpair(made.workspace);

    const pairWith = async (code: string) =>
      last(
        await collect(
          made.client.pair({ workspace: made.workspace, mode: 'initiate', recoveryCode: code }),
          async (event) => {
            if (event.event === 'pairing') await new Human(made.relay).pair({ link: event.link });
          },
        ),
      );
    expect(await pairWith('AAAA-AAAA-AAAA-AAAA-AAAA-AAAA')).toMatchObject({
      event: 'refused',
      reason: 'recovery_code_wrong',
    });
    const second = await pairWith(recoveryCode);
    expect(second).toMatchObject({ event: 'paired', recoveryCode: expect.stringMatching(/^([0-9A-Z]{4}-){5}/) });
    expect((await made.client.status()).workspaces[0]?.recoveryUsedAt).toBeGreaterThan(0);
    await made.client.unpair(made.workspace);
    expect(await pairWith(recoveryCode)).toMatchObject({ event: 'refused', reason: 'recovery_code_wrong' });
    const files = [made.paths.stateFile, made.paths.auditFile, made.paths.logFile].map((file) =>
      readFileSync(file, 'utf8'),
    );
    for (const text of files) expect(text).not.toContain(recoveryCode);
  });
});
