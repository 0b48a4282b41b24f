import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type HostileGateway, jsonResponse, startHostileGateway } from '@airlock/testkit';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import { Site } from './harness/site.js';
import { type DeliveredEnvelope, onDecision, requestIdOf, WAIT } from './harness/wire.js';

type Rewrite = (envelope: DeliveredEnvelope) => unknown;

const changed =
  (members: Readonly<Record<string, unknown>>): Rewrite =>
  (envelope) => ({ ...envelope, body: { ...envelope.body, ...members } });

function flipped(base64url: string, bit: number): string {
  const bytes = Buffer.from(base64url, 'base64url');
  bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
  return bytes.toString('base64url');
}

/** The gateway's own key signs both forms correctly, under the approver's key id. */
const forgedByGateway: Rewrite = (envelope) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { artifactHash, decision, nonce } = envelope.body;
  const signature = sign(null, Buffer.from(`${artifactHash}|${decision}|${nonce}`), privateKey).toString('base64url');
  return { ...envelope, body: { ...envelope.body, signature } };
};

const without =
  (...members: string[]): Rewrite =>
  (envelope) => ({
    ...envelope,
    body: Object.fromEntries(Object.entries(envelope.body).filter(([name]) => !members.includes(name))),
  });

/** Each row: what the gateway makes of a genuine decision, and the code the enforcer must name. */
const attacks: ReadonlyArray<{ title: string; signed: 'approve' | 'reject'; rewrite: Rewrite; code: string }> = [
  { title: 'unsigned', signed: 'approve', rewrite: without('signature'), code: 'HARP_ERR_SIGNATURE_INVALID' },
  {
    title: 'all signature members stripped',
    signed: 'approve',
    rewrite: without('signature', 'nonce', 'signerKeyId', 'harpDecision'),
    code: 'HARP_ERR_SIGNATURE_INVALID',
  },
  { title: 'signed by another key', signed: 'approve', rewrite: forgedByGateway, code: 'HARP_ERR_SIGNATURE_INVALID' },
  {
    title: 'one bit of the signature flipped',
    signed: 'approve',
    rewrite: (e) => changed({ signature: flipped(e.body.signature, 77) })(e),
    code: 'HARP_ERR_SIGNATURE_INVALID',
  },
  {
    title: 'another artifact hash',
    signed: 'approve',
    rewrite: changed({ artifactHash: createHash('sha256').update('other').digest('hex') }),
    code: 'HARP_ERR_HASH_MISMATCH',
  },
  {
    title: 'canonical form stripped (downgrade)',
    signed: 'approve',
    rewrite: without('harpDecision'),
    code: 'HARP_ERR_SIGNATURE_INVALID',
  },
  {
    title: 'one bit of the canonical signature flipped',
    signed: 'approve',
    rewrite: (e) => {
      const harp = e.body.harpDecision ?? {};
      return changed({ harpDecision: { ...harp, signature: flipped(String(harp['signature']), 9) } })(e);
    },
    code: 'HARP_ERR_SIGNATURE_INVALID',
  },
  {
    title: 'expiry of the decision moved',
    signed: 'approve',
    rewrite: (e) => changed({ harpDecision: { ...e.body.harpDecision, expiresAt: '2099-01-01T00:00:00.000Z' } })(e),
    code: 'HARP_ERR_SIGNATURE_INVALID',
  },
  {
    title: 'upper-case word',
    signed: 'approve',
    rewrite: changed({ decision: 'APPROVE' }),
    code: 'HARP_ERR_UNSUPPORTED',
  },
  {
    title: 'allow for approve',
    signed: 'approve',
    rewrite: changed({ decision: 'allow' }),
    code: 'HARP_ERR_UNSUPPORTED',
  },
  {
    title: 'a smuggled status member',
    signed: 'approve',
    rewrite: changed({ status: 'approved' }),
    code: 'HARP_ERR_TRANSPORT',
  },
  {
    title: 'another request id',
    signed: 'approve',
    rewrite: (e) => ({ ...e, requestId: 'req-00000000-0000-4000-8000-000000000000' }),
    code: 'HARP_ERR_REPLAY',
  },
  {
    title: 'reject turned into approve',
    signed: 'reject',
    rewrite: changed({ decision: 'approve' }),
    code: 'HARP_ERR_SIGNATURE_INVALID',
  },
];

describe(rules('ENF-020', 'ENF-030', 'ENF-070', 'ENF-010', 'INV-1', 'INV-2')`a hostile gateway`, () => {
  let site: Site;
  let gateway: HostileGateway;
  let honest: () => void = () => {};
  let round = 0;

  beforeAll(async () => {
    site = await Site.create();
    gateway = await startHostileGateway({ target: site.gateway.url });
    await site.pair(gateway.origin);
  }, 120_000);
  afterEach(() => honest());
  afterAll(async () => {
    await site.close();
    await gateway.close();
  }, 60_000);

  /** A command that would leave a file behind. */
  function attempt(...options: string[]) {
    round += 1;
    const file = join(site.developer.workspace, `ran-${round}`);
    return { file, process: site.developer.start(['run', ...options, '--', 'touch', file]) };
  }

  test.each(attacks)(
    '$title: refused with $code and nothing runs',
    async ({ signed, rewrite, code }) => {
      honest = onDecision(gateway, rewrite);
      const { file, process } = attempt();
      const [request] = await site.approver.pending();
      if (signed === 'approve') await site.approver.approve(request?.requestId ?? '');
      else await site.approver.reject(request?.requestId ?? '', 'no');
      const result = await process.finished();
      expect(result.code).toBe(125);
      expect(result.stderr).toMatch(/^airlock: /m);
      expect(result.stderr).toContain(code);
      expect(existsSync(file)).toBe(false);
    },
    60_000,
  );

  test('a decision replayed for a later request is refused', async () => {
    let recorded: unknown;
    honest = onDecision(gateway, (envelope) => (recorded ??= envelope));
    const first = attempt();
    const [request] = await site.approver.pending();
    await site.approver.approve(request?.requestId ?? '');
    expect((await first.process.finished()).code).toBe(0);

    const second = attempt();
    const [next] = await site.approver.pending();
    await site.approver.approve(next?.requestId ?? '');
    const result = await second.process.finished();
    expect(result.code).toBe(125);
    expect(result.stderr).toContain('HARP_ERR_REPLAY');
    expect(existsSync(second.file)).toBe(false);
  }, 60_000);

  test('decisions swapped between two pending requests are refused', async () => {
    const bodies = new Map<string, DeliveredEnvelope>();
    let swap: () => void = () => {};
    const both = new Promise<void>((resolve) => {
      swap = resolve;
    });
    honest = onDecision(gateway, async (envelope) => {
      bodies.set(envelope.requestId, envelope);
      if (bodies.size === 2) swap();
      await both;
      const other = [...bodies.values()].find((e) => e.requestId !== envelope.requestId);
      return { ...envelope, body: other?.body };
    });
    const commands = [attempt(), attempt()];
    for (const request of await site.approver.pending(2)) await site.approver.approve(request.requestId);
    for (const { file, process } of commands) {
      const result = await process.finished();
      expect(result.code).toBe(125);
      expect(result.stderr).toContain('HARP_ERR_HASH_MISMATCH');
      expect(existsSync(file)).toBe(false);
    }
  }, 60_000);

  test('an approval delivered after the deadline runs nothing', async () => {
    honest = onDecision(gateway, async (envelope) => {
      await new Promise((resolve) => setTimeout(resolve, 14_000));
      return envelope;
    });
    const { file, process } = attempt('--timeout', '12');
    const [request] = await site.approver.pending();
    await site.approver.approve(request?.requestId ?? '');
    expect((await process.finished()).code).toBe(124);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(existsSync(file)).toBe(false);
  }, 60_000);

  test('an invented approval for a request nobody answered is refused', async () => {
    honest = gateway.tamper(WAIT, (request) =>
      jsonResponse(200, {
        msgId: 'm',
        msgType: 'decision.deliver',
        requestId: requestIdOf(request),
        body: { decision: 'approve' },
      }),
    );
    const { file, process } = attempt();
    const result = await process.finished();
    expect(result.code).toBe(125);
    expect(result.stderr).toContain('HARP_ERR_SIGNATURE_INVALID');
    expect(existsSync(file)).toBe(false);
  }, 60_000);

  test('an approval that had expired when it was signed is refused', async () => {
    const approver = new InMemoryApprover(site.gateway.url, site.approverPat);
    const gadgets = await site.workspace('gadgets');
    await site.pairing(gadgets, (link) => approver.pair(link), gateway.origin);
    const file = join(gadgets.workspace, 'ran');
    const command = gadgets.start(['run', '--', 'touch', file]);
    await approver.approveNext(400_000);
    const result = await command.finished();
    expect(result.code).toBe(125);
    expect(result.stderr).toContain('HARP_ERR_EXPIRED');
    expect(existsSync(file)).toBe(false);
    await approver.close();
  }, 60_000);

  test('the log names every refusal and still verifies', async () => {
    expect(await site.developer.json('audit', 'verify')).toMatchObject({ ok: true });
  });
});
