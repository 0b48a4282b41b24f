import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf, launch, paired, pairUp, scene, signIn, type Scene } from '../support/daemon.js';
import {
  asked,
  type Change,
  inHours,
  logged,
  NOTHING,
  type Paired,
  pattern,
  permitted,
  show,
  signed,
  take,
  type Taken,
} from '../support/signing.js';

const SLOW = { timeout: 60_000 };

async function restart(made: Scene): Promise<void> {
  await made.daemon.close();
  made.daemon = await launch(made.paths);
}

/** Everything that can be permitted, signed. */
async function permissive(made: Paired): Promise<void> {
  const until = inHours(1);
  const changes: Change[] = [
    { kind: 'auto-on', until },
    { kind: 'fail-open', until },
    { kind: 'add-pattern', pattern: pattern(made) },
    { kind: 'gate-off', gate: 'git' },
    { kind: 'unmanage', path: made.workspace },
  ];
  for (const change of changes) await signed(made, change);
}

/** One restriction of every kind; the id of the pattern is known once it is signed. */
async function everyKind(made: Paired): Promise<readonly [Taken, Partial<typeof NOTHING>][]> {
  const [patternId = ''] = (await permitted(made)).patterns;
  return [
    [{ kind: 'auto-off' }, { autoUntil: null }],
    [{ kind: 'fail-closed' }, { failOpenUntil: null }],
    [{ kind: 'pattern-removed', patternId }, { patterns: [] }],
    [{ kind: 'gate-on', gate: 'git' }, { gatesOff: [] }],
    [{ kind: 'path-managed', path: made.workspace }, { unmanaged: [] }],
    [{ kind: 'require', requirement: 'harp-decision' }, { requirements: ['harp-decision'] as never[] }],
  ];
}

describe(rules('LOC-085', 'INV-26')`tightening`, () => {
  it('is immediate, asks nobody, holds over a restart, and is told apart from what held already', SLOW, async () => {
    const made = await paired();
    await permissive(made);
    const sent = made.relay.artifacts.size;
    const kinds = await everyKind(made);
    for (const [restriction, result] of kinds) {
      const before = await permitted(made);
      expect(await take(made, restriction)).toBe(true);
      const after = await permitted(made);
      expect(after).toEqual({ ...before, ...result });
      expect(await take(made, restriction)).toBe(false);
      await restart(made);
      expect(await permitted(made)).toEqual(after);
    }
    expect(made.relay.artifacts.size).toBe(sent);
    expect(await permitted(made)).toEqual({ ...NOTHING, requirements: ['harp-decision'] });
    expect((await show(made)).restrictions?.map(({ kind }) => kind)).toEqual(kinds.map(([{ kind }]) => kind));
  });

  it('is on record by kind, without a path', SLOW, async () => {
    const made = await paired();
    await permissive(made);
    const kinds = await everyKind(made);
    for (const [restriction] of kinds) await take(made, restriction);
    await take(made, { kind: 'grant-ended', policyId: 'dnd-7' });
    await take(made, { kind: 'grant-ended', policyId: 'dnd-7' });
    const [{ workspaceId }] = (await made.client.status()).workspaces as [any];
    const frame = { kind: 'policy.narrowed', at: expect.any(String), prev: expect.any(String), workspaceId };
    expect(logged(made, 'policy.narrowed')).toEqual([
      { ...frame, restriction: 'auto-off' },
      { ...frame, restriction: 'fail-closed' },
      { ...frame, restriction: 'pattern-removed', patternId: expect.stringMatching(/^pat-/) },
      { ...frame, restriction: 'gate-on', gate: 'git' },
      { ...frame, restriction: 'path-managed' },
      { ...frame, restriction: 'require', requirement: 'harp-decision' },
      { ...frame, restriction: 'grant-ended', policyId: 'dnd-7' },
    ]);
  });

  it.each<[string, (made: Paired) => Promise<unknown>]>([
    ['signed out', (made) => made.client.signOut()],
    ['unpaired', (made) => made.client.unpair(made.workspace)],
    ['while the gateway is away', (made) => made.relay.close()],
  ])('works %s, and holds afterwards', SLOW, async (_, leave) => {
    const made = await paired();
    await permissive(made);
    const kinds = await everyKind(made);
    await leave(made);
    for (const [restriction] of kinds) expect(await take(made, restriction)).toBe(true);
    await restart(made);
    expect((await permitted(made)).autoUntil).toBeNull();
    if ((await made.client.status()).signedIn && _ === 'unpaired') {
      await pairUp(made, made.human);
      expect(await permitted(made)).toEqual({ ...NOTHING, requirements: ['harp-decision'] });
    }
  });

  it('is not undone by a signature for something else', SLOW, async () => {
    const made = await paired();
    await permissive(made);
    await take(made, { kind: 'auto-off' });
    const before = await permitted(made);
    expect(before.autoUntil).toBeNull();
    await signed(made, { kind: 'renew' });
    expect(await permitted(made)).toEqual(before);
    expect((await show(made)).restrictions).toEqual([]);
    await signed(made, { kind: 'auto-on', until: inHours(2) });
    expect((await permitted(made)).autoUntil).not.toBeNull();
  });

  it('needs a workspace', SLOW, async () => {
    const made = await scene();
    await expect(take(made, { kind: 'auto-off' })).rejects.toMatchObject({ code: 'not_paired', fix: 'airlock pair' });
    await expect(show(made)).rejects.toMatchObject({ code: 'not_paired' });
  });
});

describe(rules('PAIR-210', 'ENF-030', 'LOC-085')`what a workspace requires of its approver`, () => {
  it(
    'a verified pairing: the one it has without proof admits nothing any more, also after a restart',
    SLOW,
    async () => {
      const made = await scene();
      await signIn(made);
      const { human } = await pairUp(made, undefined, 'nothing');
      made.relay.onArtifact = (artifact) => human.decide(artifact, 'approve');
      expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
      expect(await take(made, { kind: 'require', requirement: 'verified-pairing' })).toBe(true);
      const denied = { verdict: 'deny', code: 'pairing_unverified', fix: 'airlock pair', reason: expect.any(String) };
      expect(lastOf(await ask(made))).toMatchObject(denied);
      await restart(made);
      expect(lastOf(await ask(made))).toMatchObject(denied);
      expect((await pairUp(made, human, 'nothing')).events.at(-1)).toMatchObject({ reason: 'unverified' });
      await pairUp(made, human, 'link');
      expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
    },
  );

  it(
    'the canonical decision: an approval in the short form alone is refused until a signature lifts it',
    SLOW,
    async () => {
      const made = await paired();
      await take(made, { kind: 'require', requirement: 'harp-decision' });
      made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
      expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'HARP_ERR_SIGNATURE_INVALID' });
      const lifting = { kind: 'lift-requirement', requirement: 'harp-decision' } as const;
      expect((await asked(made, lifting)).at(-1)).toMatchObject({ event: 'refused' });
      await restart(made);
      expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny' });
    },
  );

  it('is lifted by a signature, and only by that', SLOW, async () => {
    const made = await paired();
    await take(made, { kind: 'require', requirement: 'verified-pairing' });
    await signed(made, { kind: 'renew' });
    expect((await permitted(made)).requirements).toEqual(['verified-pairing']);
    await take(made, { kind: 'require', requirement: 'ask-reads' });
    await signed(made, { kind: 'renew' });
    await restart(made);
    expect((await permitted(made)).requirements).toEqual(['ask-reads', 'verified-pairing']);
    await signed(made, { kind: 'lift-requirement', requirement: 'verified-pairing' });
    expect((await permitted(made)).requirements).toEqual(['ask-reads']);
    await signed(made, { kind: 'lift-requirement', requirement: 'ask-reads' });
    expect((await permitted(made)).requirements).toEqual([]);
    await restart(made);
    expect((await permitted(made)).requirements).toEqual([]);
  });
});
