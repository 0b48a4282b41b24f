import { readFileSync, writeFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf, launch, paired } from '../support/daemon.js';
import { callBody, OTHER_DEFINITION, serverOf } from '../support/mcp-actions.js';
import type { RequestBody } from '../../src/socket/api.js';
import { newestArtifact, type Paired } from '../support/signing.js';

const SLOW = { timeout: 60_000 };

const approve = (made: Paired) => {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
};

/** Asks, has it approved, and says which notices the card had; the approval is claimed unless told otherwise. */
async function noticesOf(made: Paired, over: Partial<RequestBody>, isClaimed = true): Promise<readonly string[]> {
  approve(made);
  const { requestId, verdict } = lastOf(await ask(made, over));
  expect(verdict).toBe('allow');
  const { notices = [] } = newestArtifact(made);
  if (isClaimed) expect(await made.client.claim(requestId)).toEqual({ granted: true });
  return notices;
}

async function restart(made: Paired): Promise<void> {
  await made.daemon.close();
  made.daemon = await launch(made.paths);
}

describe(rules('ART-145')`the card of an MCP call says that its tool has changed`, () => {
  it.each<[string, Record<string, unknown>]>([
    ['its definition', { definition: { sha256: OTHER_DEFINITION } }],
    ['its definition, which nobody saw this time', { definition: undefined }],
    ['its server', { server: serverOf('9'.repeat(64)) }],
  ])('%s', SLOW, async (_, change) => {
    const made = await paired();
    expect(await noticesOf(made, callBody())).toEqual([]);
    expect(await noticesOf(made, callBody())).toEqual([]);
    expect(await noticesOf(made, callBody(change))).toEqual(['tool-changed']);
    expect(await noticesOf(made, callBody(change))).toEqual([]);
    expect(await noticesOf(made, callBody())).toEqual(['tool-changed']);
  });

  it('beside what else it says, in order', SLOW, async () => {
    const made = await paired();
    await noticesOf(made, callBody());
    const change = { definition: { sha256: OTHER_DEFINITION } };
    const touching = callBody({ ...change, metaJson: '{}' });
    const action = { ...touching.action, inputJson: '{"path":".claude/settings.json"}' } as RequestBody['action'];
    expect(await noticesOf(made, { ...touching, action, isClaimed: true }, false)).toEqual([
      'claimed-by-agent',
      'tool-changed',
      'touches-gate',
    ]);
  });

  it('over a restart, and not about other arguments', SLOW, async () => {
    const made = await paired();
    await noticesOf(made, callBody());
    await restart(made);
    expect(await noticesOf(made, callBody({ rawSha256: '5'.repeat(64) }))).toEqual([]);
    expect(await noticesOf(made, callBody({ definition: { sha256: OTHER_DEFINITION } }))).toEqual(['tool-changed']);
  });

  it.each<[string, (made: Paired) => Promise<unknown>]>([
    [
      'a rejection',
      async (made) => {
        made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
        await ask(made, callBody());
      },
    ],
    ['an approval that nobody claimed', (made) => noticesOf(made, callBody(), false)],
    ['an approval of what an agent only claims', (made) => noticesOf(made, callBody({}, { isClaimed: true }))],
  ])('%s makes no tool known', SLOW, async (_, happens) => {
    const made = await paired();
    await happens(made);
    expect(await noticesOf(made, callBody({ definition: { sha256: OTHER_DEFINITION } }))).toEqual([]);
  });

  it('where its file is damaged: every call is marked once, none is refused', SLOW, async () => {
    const made = await paired();
    await noticesOf(made, callBody());
    await made.daemon.close();
    const { knownToolsFile } = made.paths;
    writeFileSync(knownToolsFile, readFileSync(knownToolsFile, 'utf8').replace('tools', 'tulls'));
    made.daemon = await launch(made.paths);
    expect(await noticesOf(made, callBody())).toEqual(['tool-changed']);
    expect(await noticesOf(made, callBody())).toEqual([]);
    expect((await made.client.status()).problems).toEqual([]);
  });

  it('is part of what is hashed: the content is another one', SLOW, async () => {
    const made = await paired();
    const change = { definition: { sha256: OTHER_DEFINITION } };
    await noticesOf(made, callBody());
    await noticesOf(made, callBody(change), false);
    const marked = newestArtifact(made)['contentSha256'];
    await noticesOf(made, callBody(change));
    await noticesOf(made, callBody(change));
    expect(newestArtifact(made)['contentSha256']).not.toBe(marked);
  });
});
