import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { listAudit } from '../../src/audit/read-audit.js';
import type { RequestEvent } from '../../src/socket/api.js';
import { ask, bodyFor, collect, lastOf, paired, pairUp, signIn } from '../support/daemon.js';
import { Human } from '../support/human.js';

const SLOW = { timeout: 30_000 };

async function until(check: () => boolean): Promise<void> {
  for (let n = 0; n < 400 && !check(); n += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(check()).toBe(true);
}

describe(rules('EXCH-150', 'LOC-040')`a caller that goes away`, () => {
  it('withdraws at the gateway, and what is decided later is ignored', SLOW, async () => {
    const made = await paired();
    const { relay, client, human } = made;
    let requestId = '';
    for await (const event of client.request(bodyFor(made.workspace))) {
      if (event.event === 'submitted') requestId = event.requestId;
      break;
    }
    await until(() => relay.withdrawn.includes(requestId));
    human.decide(relay.artifacts.get(requestId)!, 'approve');
    expect(await client.claim(requestId)).toMatchObject({ granted: false });
    expect((await client.requests()).requests).toEqual([]);
  });

  it('or says so itself', SLOW, async () => {
    const made = await paired();
    const events = await collect(made.client.request(bodyFor(made.workspace)), async (event) => {
      if (event.event === 'submitted') expect(await made.client.withdraw(event.requestId)).toEqual({ withdrawn: true });
    });
    expect(lastOf(events)).toMatchObject({ verdict: 'deny', outcome: 'withdrawn' });
    await until(() => made.relay.withdrawn.length === 1);
  });

  it('nobody answers: denied at the deadline and withdrawn', SLOW, async () => {
    const made = await paired();
    expect(lastOf(await ask(made, { timeoutSeconds: 10 }))).toMatchObject({ verdict: 'deny', outcome: 'timeout' });
    await until(() => made.relay.withdrawn.length === 1);
  });
});

describe(rules('ENF-020', 'INV-1', 'INV-4')`what a hostile gateway delivers`, () => {
  const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);

  it.each<[string, string, (human: Human, hash: string) => Record<string, unknown>]>([
    ['an unsigned approval', 'HARP_ERR_SIGNATURE_INVALID', (_, hash) => ({ artifactHash: hash, decision: 'approve' })],
    [
      'a flipped signature',
      'HARP_ERR_SIGNATURE_INVALID',
      (human, hash) => {
        const signed = human.sign(hash, 'approve');
        return { ...signed, signature: flip(signed.signature) };
      },
    ],
    ['an approval of something else', 'HARP_ERR_HASH_MISMATCH', (human) => human.sign('f'.repeat(64), 'approve')],
    [
      'another key under the right name',
      'HARP_ERR_SIGNATURE_INVALID',
      (human, hash) => {
        const other = new Human({} as never);
        other.signerKeyId = human.signerKeyId;
        return other.sign(hash, 'approve');
      },
    ],
    [
      'a member that published clients read',
      'HARP_ERR_TRANSPORT',
      (human, hash) => human.sign(hash, 'approve', { status: 'approved' }),
    ],
    [
      'a rejection turned into an approval',
      'HARP_ERR_SIGNATURE_INVALID',
      (human, hash) => ({ ...human.sign(hash, 'reject'), decision: 'approve' }),
    ],
  ])('%s is refused with %s and nothing can be claimed', SLOW, async (_, code, lie) => {
    const made = await paired();
    made.relay.onArtifact = ({ requestId, artifactHash }) =>
      made.relay.deliver(requestId, lie(made.human, artifactHash));
    const decided = lastOf(await ask(made));
    expect(decided).toMatchObject({ verdict: 'deny', outcome: 'failed', code });
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false });
    const refused = listAudit(made.paths).filter((item) => item.entry.kind === 'decision.refused');
    expect(refused).toMatchObject([{ entry: { requestId: decided.requestId, code } }]);
  });

  it('a decision swapped between two requests is refused', SLOW, async () => {
    const made = await paired();
    const { relay, human } = made;
    relay.onArtifact = () => {
      const [first, second] = [...relay.artifacts.values()];
      if (first === undefined || second === undefined) return;
      relay.deliver(first.requestId, human.sign(second.artifactHash, 'approve'));
      relay.deliver(second.requestId, human.sign(first.artifactHash, 'approve'));
    };
    const [one, two] = await Promise.all([ask(made), ask(made)]);
    for (const events of [one, two])
      expect(lastOf(events)).toMatchObject({ verdict: 'deny', code: 'HARP_ERR_HASH_MISMATCH' });
  });
});

describe(rules('ENF-135')`several at once`, () => {
  it('the ninth open request of a session is denied, one of another session is not', SLOW, async () => {
    const made = await paired();
    const { client, relay, human } = made;
    const withdraw = new AbortController();
    const waiting = Array.from({ length: 8 }, () =>
      collect(client.request(bodyFor(made.workspace, { sessionId: 's1' }), { signal: withdraw.signal })).catch(
        () => [],
      ),
    );
    await until(() => relay.artifacts.size === 8);
    expect((await client.requests()).requests).toHaveLength(8);
    expect(lastOf(await ask(made, { sessionId: 's1' }))).toMatchObject({ verdict: 'deny', code: 'too_many_open' });
    relay.onArtifact = (artifact) => human.decide(artifact, 'approve');
    expect(lastOf(await ask(made, { sessionId: 's2' }))).toMatchObject({ verdict: 'allow' });
    withdraw.abort();
    await Promise.all(waiting);
  });
});

describe(rules('LOC-130', 'ID-110')`workspaces`, () => {
  it('are told apart by real path, each with ids and an approver of its own', SLOW, async () => {
    const made = await paired();
    const second = join(made.workspace, '..', 'second');
    mkdirSync(second);
    expect(lastOf(await ask({ ...made, workspace: second }))).toMatchObject({ verdict: 'deny', code: 'not_paired' });
    const other = await pairUp({ ...made, workspace: second });
    const { workspaces } = await made.client.status();
    expect(workspaces.map((one) => one.path)).toEqual([made.workspace, second]);
    expect(new Set(workspaces.map((one) => one.enforcerId)).size).toBe(2);
    for (const { enforcerId } of workspaces) expect(enforcerId).toMatch(/^enf-[0-9a-f-]{36}$/);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
    expect(lastOf(await ask({ ...made, workspace: second }))).toMatchObject({ verdict: 'deny' });
    made.relay.onArtifact = (artifact) => other.human.decide(artifact, 'approve');
    expect(lastOf(await ask({ ...made, workspace: second }))).toMatchObject({ verdict: 'allow' });
  });

  it('a link into one is that one, a folder below it belongs to it, a file is none', SLOW, async () => {
    const made = await paired();
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const link = join(made.workspace, '..', 'link');
    symlinkSync(made.workspace, link);
    const below = join(made.workspace, 'src');
    mkdirSync(below);
    for (const workspace of [link, below])
      expect(lastOf(await ask({ ...made, workspace }))).toMatchObject({ verdict: 'allow' });
    const events = await ask({ ...made, workspace: '/etc/passwd' });
    expect(events).toMatchObject([{ event: 'error', code: 'bad_request' }]);
  });
});

describe(rules('ART-130')`actions`, () => {
  it.each<[string, Record<string, unknown>]>([
    ['no kind at all', {}],
    ['an unknown kind', { kind: 'anything' }],
    ['a missing member', { kind: 'command', argv: ['x'] }],
    ['a member too many', { ...bodyFor('/').action, extra: 'x' }],
    ['a number for a text', { ...bodyFor('/').action, cwd: 3 }],
    ['more than can be shown', { ...bodyFor('/').action, description: 'x'.repeat(3 * 1024 * 1024) }],
  ])('%s is refused before anything leaves', SLOW, async (_, action) => {
    const made = await paired();
    const events = await ask(made, { action });
    expect(events).toMatchObject([{ event: 'error', code: 'bad_request' }]);
    expect(made.relay.artifacts.size).toBe(0);
  });
});

describe(rules('ENF-150')`a gateway that is away`, () => {
  it('is asked again with pauses; the deadline denies', SLOW, async () => {
    const made = await paired();
    made.relay.intercept = (path, response) => {
      if (path !== '/v1/artifacts') return false;
      response.destroy();
      return true;
    };
    const events: RequestEvent[] = await ask(made, { timeoutSeconds: 15 });
    expect(events.filter((event) => event.event === 'retrying').length).toBeGreaterThan(0);
    expect(lastOf(events)).toMatchObject({ verdict: 'deny' });
    made.relay.intercept = null;
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });
});

describe(rules('LOC-065')`unpair and sign-out`, () => {
  it('deny at once, also what is open', SLOW, async () => {
    const made = await paired();
    const open = ask(made);
    await until(() => made.relay.artifacts.size === 1);
    await made.client.unpair(made.workspace);
    expect(lastOf(await open)).toMatchObject({ verdict: 'deny' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'not_paired' });
    await expect(made.client.unpair('/')).rejects.toThrow(expect.objectContaining({ code: 'not_paired' }));
  });

  it('sign-out denies what is open and what comes', SLOW, async () => {
    const made = await paired();
    const open = ask(made);
    await until(() => made.relay.artifacts.size === 1);
    expect(await made.client.signOut()).toEqual({ signedOut: true });
    expect(lastOf(await open)).toMatchObject({ verdict: 'deny' });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'not_signed_in' });
    await signIn(made);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });
});
