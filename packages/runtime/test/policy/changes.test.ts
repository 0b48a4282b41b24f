import { rmSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, bodyFor, collect, lastOf, launch, paired, pairUp, scene, signIn } from '../support/daemon.js';
import { Human } from '../support/human.js';
import {
  asked,
  type Change,
  inHours,
  logged,
  newestArtifact,
  NOTHING,
  type Paired,
  pattern,
  permitted,
  show,
  signed,
  take,
} from '../support/signing.js';

const SLOW = { timeout: 60_000 };

async function restart(made: Paired): Promise<void> {
  await made.daemon.close();
  made.daemon = await launch(made.paths);
}

describe(rules('LOC-080', 'LOC-082', 'LOC-085')`a change that the approver signs`, () => {
  it('is in force at once, survives a restart and is named in every artifact', SLOW, async () => {
    const made = await paired();
    const before = Math.floor(Date.now() / 1000);
    const until = inHours(8);
    const events = await asked(made, { kind: 'auto-on', until });
    expect(events.map(({ event }) => event)).toEqual(['submitted', 'applied']);
    const document = newestArtifact(made);
    expect(document).toMatchObject({ kind: 'policy.change', policyVersion: 0 });
    const { version, auto } = JSON.parse(document.policy);
    expect(auto).toEqual({ until: new Date(until).toISOString() });
    expect(version).toBeGreaterThanOrEqual(before);
    const answer = await show(made);
    expect(answer).toMatchObject({ version, autoUntil: until, signedBy: made.human.signerKeyId });
    expect(events.at(-1)).toEqual({
      event: 'applied',
      version,
      sha256: answer.sha256,
      signerKeyId: made.human.signerKeyId,
    });
    const [workspace] = (await made.client.status()).workspaces;
    expect(workspace).toMatchObject({ auto: true, autoUntil: until, failMode: 'closed', policyVersion: version });
    await restart(made);
    expect(await show(made)).toEqual(answer);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    await asked(made, { kind: 'renew' }, (artifact) => made.human.decide(artifact, 'reject'));
    expect(newestArtifact(made)).toMatchObject({ policyVersion: version, policySha256: answer.sha256 });
  });

  it('adds to what is in force, in a document that is complete', SLOW, async () => {
    const made = await paired();
    const until = inHours(1);
    const changes: Change[] = [
      { kind: 'auto-on', until },
      { kind: 'fail-open', until },
      { kind: 'add-pattern', pattern: pattern(made) },
      { kind: 'gate-off', gate: 'git' },
      { kind: 'unmanage', path: made.workspace },
    ];
    const versions: number[] = [];
    for (const change of changes) versions.push((await signed(made, change)).version);
    expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other));
    expect(await permitted(made)).toEqual({
      autoUntil: until,
      failOpenUntil: until,
      patterns: [expect.stringMatching(/^pat-[0-9a-f]{16}$/)],
      gatesOff: ['git'],
      unmanaged: [made.workspace],
      requirements: [],
    });
    const [workspace] = (await made.client.status()).workspaces;
    expect(workspace).toMatchObject({ failMode: 'open', failOpenUntil: until, patterns: ['echo hello'] });
    expect(logged(made, 'policy.changed').map((entry) => entry.version)).toEqual(versions);
  });

  it('is on record with what was signed by whom, and holds no plaintext', SLOW, async () => {
    const made = await paired();
    const events = await asked(made, { kind: 'add-pattern', pattern: pattern(made) });
    const [submitted, applied] = events as [any, any];
    const [{ workspaceId }] = (await made.client.status()).workspaces as [any];
    const [entry] = logged(made, 'policy.changed');
    expect(entry).toEqual({
      kind: 'policy.changed',
      at: expect.any(String),
      prev: expect.any(String),
      requestId: submitted.requestId,
      workspaceId,
      version: applied.version,
      sha256: applied.sha256,
      signerKeyId: made.human.signerKeyId,
    });
    expect(logged(made, 'execution.outcome')).toMatchObject([{ requestId: submitted.requestId, outcome: 'succeeded' }]);
  });

  it('leads to a path by its real name', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'unmanage', path: `${made.workspace}/../project/.` });
    expect((await permitted(made)).unmanaged).toEqual([made.workspace]);
  });

  it('ends by itself', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'auto-on', until: Date.now() + 400 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await made.client.status()).workspaces).toMatchObject([{ auto: false, autoUntil: null }]);
  });
});

describe(rules(
  'LOC-080',
  'INV-25',
  'INV-38',
  'PAIR-220',
  'PAIR-225',
)`nothing is loosened without that signature`, () => {
  it.each<[string, (made: Paired) => Parameters<typeof asked>[2], Record<string, unknown>]>([
    ['a rejection', (made) => (artifact) => made.human.decide(artifact, 'reject'), { outcome: 'rejected' }],
    [
      'an approval without a signature',
      (made) => (artifact) => made.human.decide(artifact, 'approve', { signature: 'A'.repeat(86) }),
      { outcome: 'failed', code: 'HARP_ERR_SIGNATURE_INVALID' },
    ],
    [
      'an approval by another key',
      (made) => (artifact) => {
        const other = new Human(made.relay);
        other.signerKeyId = made.human.signerKeyId;
        other.decide(artifact, 'approve');
      },
      { outcome: 'failed', code: 'HARP_ERR_SIGNATURE_INVALID' },
    ],
    [
      'an approval of another document',
      (made) =>
        ({ requestId }) =>
          made.relay.deliver(requestId, made.human.sign('a'.repeat(64), 'approve')),
      { outcome: 'failed', code: 'HARP_ERR_HASH_MISMATCH' },
    ],
  ])('%s changes nothing', SLOW, async (_, answer, expected) => {
    const made = await paired();
    const events = await asked(made, { kind: 'auto-on', until: inHours(1) }, answer(made));
    expect(events.at(-1)).toMatchObject({ event: 'refused', ...expected });
    expect(await permitted(made)).toEqual(NOTHING);
    expect(logged(made, 'policy.changed')).toEqual([]);
  });

  it('nor by an approver that did not prove the code, or whose key is unprotected', SLOW, async () => {
    for (const [human, by] of [
      [[], 'nothing'],
      [['unprotected-key'], 'link'],
    ] as const) {
      const made = await scene();
      await signIn(made);
      const { human: who } = await pairUp(made, new Human(made.relay, [...human]), by);
      const sent = made.relay.artifacts.size;
      const events = await asked(Object.assign(made, { human: who }), { kind: 'auto-on', until: inHours(1) });
      expect(events).toMatchObject([{ event: 'error', code: 'approver_cannot_loosen', fix: expect.any(String) }]);
      expect(made.relay.artifacts.size).toBe(sent);
    }
  });

  it('nor where nobody can be asked', SLOW, async () => {
    const made = Object.assign(await scene(), { human: undefined as unknown as Human });
    const renew = { kind: 'renew' } as const;
    expect(await asked(made, renew)).toMatchObject([{ event: 'error', code: 'not_paired', fix: 'airlock pair' }]);
    await signIn(made);
    await pairUp(made);
    await made.client.signOut();
    expect(await asked(made, renew)).toMatchObject([{ event: 'error', code: 'not_signed_in' }]);
    await signIn(made);
    await made.client.unpair(made.workspace);
    expect(await asked(made, renew)).toMatchObject([{ event: 'error', code: 'not_paired' }]);
  });

  it.each<[string, Change]>([
    ['an end in the past', { kind: 'auto-on', until: 1 }],
    ['an end beyond a week', { kind: 'fail-open', until: inHours(24 * 8) }],
  ])('%s is not even asked', SLOW, async (_, change) => {
    const made = await paired();
    expect(await asked(made, change)).toMatchObject([{ event: 'error', code: 'policy_change_invalid' }]);
    expect(made.relay.artifacts.size).toBe(0);
  });
});

describe(rules('LOC-080')`one change at a time`, () => {
  it('a second one is refused while the first one waits, and is withdrawn with its caller', SLOW, async () => {
    const made = await paired();
    const gone = new AbortController();
    const body = { workspace: made.workspace, change: { kind: 'renew' } as const, timeoutSeconds: 60 };
    const first = made.client.changePolicy(body, { signal: gone.signal })[Symbol.asyncIterator]();
    const submitted = await first.next();
    expect(submitted.value).toMatchObject({ event: 'submitted', summary: expect.any(String) });
    expect(await collect(made.client.changePolicy(body))).toMatchObject([
      { event: 'error', code: 'policy_change_in_progress' },
    ]);
    gone.abort();
    await first.return?.().catch(() => undefined);
    const { requestId } = submitted.value;
    for (let n = 0; n < 400 && !made.relay.withdrawn.includes(requestId); n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(made.relay.withdrawn).toContain(requestId);
    expect(await signed(made, { kind: 'renew' })).toMatchObject({ event: 'applied' });
  });

  it('what is taken away meanwhile narrows the new document as well', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'fail-open', until: inHours(1) });
    const events = await asked(made, { kind: 'auto-on', until: inHours(1) }, (artifact) => {
      Promise.all([take(made, { kind: 'auto-off' }), take(made, { kind: 'fail-closed' })]).then(
        (changed) => made.human.decide(artifact, changed.every(Boolean) ? 'approve' : 'reject'),
        () => made.human.decide(artifact, 'reject'),
      );
    });
    expect(events.at(-1)?.event).toBe('applied');
    expect(await permitted(made)).toEqual(NOTHING);
    await restart(made);
    expect(await permitted(made)).toEqual(NOTHING);
  });
});

describe(rules('LOC-080', 'LOC-085')`a document that is not in force`, () => {
  it('is signed anew by renew, also after the approver signed one that was never stored', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    rmSync(made.paths.policyDirectory, { recursive: true });
    await restart(made);
    expect((await show(made)).problem).toMatchObject({ code: 'policy_void', fix: 'airlock policy renew' });
    const lost = await made.client.status();
    expect(lost.problems).toMatchObject([
      { code: 'policy_void', message: expect.stringContaining(made.workspace), fix: 'airlock policy renew' },
    ]);
    const { version } = await signed(made, { kind: 'renew' });
    expect(newestArtifact(made)).toMatchObject({ policyVersion: 0 });
    expect(await show(made)).toMatchObject({ version, autoUntil: null });
    expect((await show(made)).problem).toBeUndefined();
    expect((await made.client.status()).problems).toEqual([]);
  });

  it('is void for a new approver, and in force again for the old one', SLOW, async () => {
    const made = await paired();
    const until = inHours(1);
    const { version } = await signed(made, { kind: 'auto-on', until });
    await made.client.unpair(made.workspace);
    expect(await show(made)).toMatchObject({ version: 0, autoUntil: null });
    expect((await show(made)).problem).toBeUndefined();
    await pairUp(made, made.human);
    expect(await show(made)).toMatchObject({ version, autoUntil: until });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const { human, events } = await pairUp(made);
    expect(events.at(-1)?.event).toBe('paired');
    expect(await show(made)).toMatchObject({ version: 0, autoUntil: null, problem: { code: 'policy_void' } });
    expect((await show(made)).problem?.message).toContain('another approver');
    const successor = Object.assign(made, { human });
    await signed(successor, { kind: 'renew' });
    expect(await show(made)).toMatchObject({ autoUntil: null, signedBy: human.signerKeyId });
    expect((await show(made)).problem).toBeUndefined();
  });
});

describe(rules('LOC-060', 'ENF-090')`an approval of a change of policy`, () => {
  it('is used by the daemon alone, once', SLOW, async () => {
    const made = await paired();
    let requestId = '';
    const claims: Promise<{ granted: boolean }>[] = [];
    const events = await asked(made, { kind: 'auto-on', until: inHours(1) }, (artifact) => {
      requestId = artifact.requestId;
      claims.push(made.client.claim(requestId));
      Promise.all(claims)
        .finally(() => made.human.decide(artifact, 'approve'))
        .catch(() => undefined);
    });
    for (const claim of await Promise.all(claims)) {
      expect(claim).toMatchObject({ granted: false, message: expect.stringContaining('the daemon itself') });
    }
    expect(events.at(-1)?.event).toBe('applied');
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
    expect(logged(made, 'execution.granted').filter((entry) => entry.requestId === requestId)).toHaveLength(1);
  });

  it('is not asked for by anybody else', SLOW, async () => {
    const made = await paired();
    const action = {
      kind: 'policy.change',
      actionType: 'policy_change',
      commandText: 'harmless',
      description: '',
      policy: JSON.stringify({ auto: { until: new Date(inHours(1)).toISOString() }, version: 4_000_000_000 }),
    };
    const events = await collect(made.client.request({ ...bodyFor(made.workspace), action }));
    expect(events).toMatchObject([{ event: 'error', code: 'bad_request' }]);
    expect(made.relay.artifacts.size).toBe(0);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });
});
