import { randomUUID } from 'node:crypto';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { listAudit } from '../../src/audit/read-audit.js';
import { ask, bodyFor, collect, lastOf, launch, paired } from '../support/daemon.js';
import { gitAction } from '../support/git-actions.js';
import { inHours, type Paired, signed } from '../support/signing.js';

const SLOW = { timeout: 30_000 };
const REFUSED = [{ event: 'error', code: 'request_id_used' }];

/** What the log says was asked, or opened, or not opened. */
const asked = (made: Paired) =>
  listAudit(made.paths).filter(({ entry }) =>
    ['policy.asked', 'policy.passed', 'request.opened', 'request.refused'].includes(String(entry.kind)),
  );

/** Asks under somebody else's id, about something else, as every source there is. */
async function takeOver(made: Paired, requestId: string): Promise<void> {
  const before = asked(made).length;
  const submitted = made.relay.artifacts.size;
  for (const source of ['run', 'git', 'claude-code', 'airlock']) {
    expect(await ask(made, { requestId, source, action: gitAction('git-push') })).toMatchObject(REFUSED);
  }
  expect(made.relay.artifacts.size).toBe(submitted);
  expect(asked(made)).toHaveLength(before);
}

const approve = (made: Paired) => {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
};

describe(rules('ENF-100', 'INV-8')`an agent that asks under the id of another request`, () => {
  it('gets its own id when that never named one', SLOW, async () => {
    const made = await paired();
    approve(made);
    const requestId = `req-${randomUUID()}`;
    expect(lastOf(await ask(made, { requestId, action: gitAction() }))).toMatchObject({ requestId, verdict: 'allow' });
    expect(made.human.read(made.relay.artifacts.get(requestId)!)['requestId']).toBe(requestId);
    expect(await made.client.claim(requestId)).toEqual({ granted: true });
  });

  it.each(['req-1', 'REQ-00000000-0000-4000-8000-000000000000', '', '__proto__', `req-${randomUUID()}\n`])(
    'cannot call it %j',
    SLOW,
    async (requestId) => {
      const made = await paired();
      await expect(ask(made, { requestId })).rejects.toMatchObject({ code: 'bad_request' });
    },
  );

  it(
    'is refused while the other waits, and the other is approved and claimed as if nothing had been',
    SLOW,
    async () => {
      const made = await paired();
      let attack: Promise<void> = Promise.resolve();
      made.relay.onArtifact = (artifact) => {
        attack = takeOver(made, artifact.requestId).then(() => made.human.decide(artifact, 'approve'));
      };
      const decided = lastOf(await ask(made));
      await attack;
      expect(decided).toMatchObject({ verdict: 'allow' });
      expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    },
  );

  it('is refused before and after the claim, after the outcome and after a rejection', SLOW, async () => {
    const made = await paired();
    approve(made);
    const { requestId } = lastOf(await ask(made));
    await takeOver(made, requestId);
    expect(await made.client.claim(requestId)).toEqual({ granted: true });
    await takeOver(made, requestId);
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
    await made.client.outcome(requestId, { result: 'exited', exitCode: 0 });
    await takeOver(made, requestId);
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    await takeOver(made, lastOf(await ask(made)).requestId);
  });

  it('is refused after a restart too', SLOW, async () => {
    const made = await paired();
    approve(made);
    const { requestId } = lastOf(await ask(made));
    await made.client.claim(requestId);
    await made.daemon.close();
    await launch(made.paths);
    await takeOver(made, requestId);
  });

  it('is refused the id of a verdict that waits to be claimed', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    const { requestId, verdict } = lastOf(await ask(made));
    expect(verdict).toBe('pass');
    await takeOver(made, requestId);
    expect(await made.client.claim(requestId)).toEqual({ granted: true });
  });

  it('gets one of two requests that propose the same id at once', SLOW, async () => {
    const made = await paired();
    approve(made);
    const requestId = `req-${randomUUID()}`;
    const body = bodyFor(made.workspace, { requestId });
    const both = await Promise.all([collect(made.client.request(body)), collect(made.client.request(body))]);
    const ends = both.map((events) => events.at(-1)).sort((a, b) => (a!.event < b!.event ? -1 : 1));
    expect(ends).toMatchObject([{ event: 'decided', verdict: 'allow' }, ...REFUSED]);
    expect(made.relay.artifacts.size).toBe(1);
  });
});
