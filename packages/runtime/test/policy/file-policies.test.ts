import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { STRICTEST_POLICY } from '@airlock/policy';
import { describe, expect, it } from 'vitest';
import { faultyFs, ioError } from '../support/faulty-fs.js';
import { accept, approver, record, shelf, WS, type Approver, type Shelf } from '../support/records.js';
import { temporaryFolder } from '../support/temporary.js';

const OLD = '{"gatesOff":["git"],"version":7}';
const NEW = '{"auto":{"until":"2026-03-02T00:00:00.000Z"},"version":9}';

async function begun(who: Approver = approver()): Promise<{ folder: string; who: Approver; made: Shelf }> {
  const folder = temporaryFolder();
  return { folder, who, made: await shelf(folder, who, { initialised: false }) };
}

describe(rules('LOC-080', 'LOC-085')`policies in files`, () => {
  it('without a document nothing is permitted and nothing is wrong', async () => {
    const { made } = await begun();
    expect(made.policies.standing(WS)).toEqual({
      policy: STRICTEST_POLICY,
      document: null,
      restrictions: [],
      problem: null,
    });
    expect(made.policies.inForce('ws-unknown')).toBe(STRICTEST_POLICY);
  });

  it('a document is read and verified once, however often it is asked for', async () => {
    const { made, who } = await begun();
    accept(made, who, OLD);
    const first = made.policies.standing(WS);
    expect(made.policies.standing(WS)).toBe(first);
    expect(first.policy).toMatchObject({ version: 7, gatesOff: ['git'] });
    made.policies.taint(WS, 's');
    expect(made.policies.standing(WS)).toBe(first);
    made.policies.narrow(WS, { kind: 'gate-on', gate: 'git' });
    expect(made.policies.inForce(WS)).toMatchObject({ version: 7, gatesOff: [] });
  });

  it('one file stays per workspace', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, OLD);
    writeFileSync(join(folder, 'policies', `${WS}.left-by-a-crash.tmp`), '');
    writeFileSync(join(folder, 'policies', `${WS}0.other-workspace.json`), '');
    accept(made, who, NEW);
    const { sha256 } = made.policies.inForce(WS);
    expect(readdirSync(join(folder, 'policies')).sort()).toEqual([
      `${WS}.${sha256}.json`,
      `${WS}0.other-workspace.json`,
    ]);
  });

  it('is void as soon as another key is paired, and back with the old one', async () => {
    const first = approver();
    const who = { standing: first.standing };
    const folder = temporaryFolder();
    const made = await shelf(folder, who, { initialised: false });
    accept(made, first, OLD);
    who.standing = approver().standing;
    expect(made.policies.standing(WS)).toMatchObject({ policy: { version: 0 }, problem: { code: 'policy_void' } });
    who.standing = { ...first.standing, active: null };
    expect(made.policies.standing(WS)).toMatchObject({ policy: { version: 0 }, problem: null });
    who.standing = first.standing;
    expect(made.policies.standing(WS)).toMatchObject({ policy: { version: 7 }, problem: null });
  });

  it.each<[string, (who: Approver) => Approver['standing']]>([
    [
      'an unprotected key',
      ({ standing }) => ({ ...standing, active: { ...standing.active!, capabilities: ['unprotected-key'] } }),
    ],
    [
      'a pairing without proof',
      ({ standing }) => ({ ...standing, active: { ...standing.active!, assurance: 'gateway-trusted' } }),
    ],
    [
      'a key that is not the pinned one',
      ({ standing }) => ({ ...standing, pin: { ...standing.pin!, publicKey: 'A'.repeat(43) } }),
    ],
    ['another identity', ({ standing }) => ({ ...standing, enforcerId: 'enf-2' })],
    [
      'the canonical decision announced',
      ({ standing }) => ({ ...standing, active: { ...standing.active!, capabilities: ['harp-decision/1'] } }),
    ],
  ])('%s makes it void', async (_, change) => {
    const who = approver();
    const holder = { standing: who.standing };
    const made = await shelf(temporaryFolder(), holder, { initialised: false });
    accept(made, who, OLD);
    holder.standing = change(who);
    expect(made.policies.standing(WS)).toMatchObject({ policy: { version: 0 }, problem: { code: 'policy_void' } });
  });

  it('keeps what the document required when it is lost, and tells the engine', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, '{"requirements":["verified-pairing"],"version":7}');
    made.policies.narrow(WS, { kind: 'require', requirement: 'harp-decision' });
    rmSync(join(folder, 'policies'), { recursive: true });
    await made.policies.settled();
    made.list.close();
    const again = await shelf(folder, who);
    const all = ['harp-decision', 'verified-pairing'];
    expect(again.policies.standing(WS)).toMatchObject({
      policy: { version: 0, requirements: all },
      problem: { code: 'policy_void' },
    });
    expect(again.told).toEqual([[WS, all]]);
    accept(again, who, NEW);
    expect(again.told.at(-1)).toEqual([WS, []]);
  });

  it('a void document is looked at again when that is asked for', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, OLD);
    await made.policies.settled();
    const [name = ''] = readdirSync(join(folder, 'policies'));
    const file = join(folder, 'policies', name);
    const bytes = readFileSync(file);
    rmSync(file);
    made.list.close();
    const again = await shelf(folder, who);
    expect(again.policies.standing(WS).problem).toMatchObject({ message: expect.stringContaining('missing'), file });
    writeFileSync(file, bytes, { mode: 0o600 });
    expect(again.policies.standing(WS).problem).not.toBeNull();
    expect(again.voided).toEqual([expect.stringMatching(/^ws-1: .*it is missing$/)]);
    again.policies.reload(WS);
    expect(again.policies.standing(WS)).toMatchObject({ policy: { version: 7 }, problem: null });
  });

  it('an older document of the same approver is not in force under the name of the newest', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, OLD);
    accept(made, who, NEW);
    await made.policies.settled();
    const { sha256 } = made.policies.inForce(WS);
    made.records.write({ workspaceId: WS, sha256 }, record(who, OLD));
    made.list.close();
    const again = await shelf(folder, who);
    expect(again.policies.standing(WS)).toMatchObject({
      policy: { version: 0 },
      problem: { message: expect.stringContaining('another document') },
    });
  });

  it('a file is that of one workspace and one document only', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, OLD);
    const bytes = readFileSync(join(folder, 'policies', readdirSync(join(folder, 'policies'))[0] ?? ''));
    const { sha256 } = made.policies.inForce(WS);
    expect(made.records.read({ workspaceId: WS, sha256 })).not.toBeNull();
    for (const name of [
      { workspaceId: 'ws-2', sha256 },
      { workspaceId: WS, sha256: 'a'.repeat(64) },
    ]) {
      writeFileSync(made.records.fileOf(name), bytes, { mode: 0o600 });
      expect(() => made.records.read(name)).toThrow('MAC');
    }
    expect(made.records.read({ workspaceId: 'ws-3', sha256 })).toBeNull();
    expect(() => made.records.fileOf({ workspaceId: '../x', sha256 })).toThrow(TypeError);
  });

  it('an approval of something else, or of somewhere else, puts nothing in force', async () => {
    const { made, who } = await begun();
    accept(made, who, OLD);
    const other = approver();
    const attempts = [
      record(other, NEW),
      record(who, NEW, { decision: 'reject' }),
      record(who, NEW, { workspaceId: 'ws-2' }),
      record(who, NEW, { enforcerId: 'enf-2' }),
      record(who, `{"approverKey":"${'A'.repeat(43)}","version":9}`),
      record(who, '{"failMode":"open","version":9}'),
      { ...record(who, NEW), plaintext: record(who, NEW).plaintext },
    ];
    for (const attempt of attempts) {
      expect(() => made.policies.begin(WS, 9).accept(attempt, who.signerKeyId)).toThrow(
        expect.objectContaining({ code: 'policy_void' }),
      );
      expect(made.policies.inForce(WS)).toMatchObject({ version: 7, gatesOff: ['git'] });
    }
  });
});

describe(rules('LOC-080', 'ENF-120', 'INV-38')`a crash between the writes of a change`, () => {
  it('leaves the old policy or the new one whole, at every call', async () => {
    const seen = new Set<number>();
    for (let at = 1; ; at += 1) {
      const { folder, made, who } = await begun();
      accept(made, who, OLD);
      await made.policies.settled();
      made.list.close();
      const fs = faultyFs();
      const busy = await shelf(folder, who, { fs });
      const { calls } = fs;
      fs.before = (_, call) => {
        if (call >= calls + at) throw ioError('EIO');
      };
      let applied = false;
      try {
        accept(busy, who, NEW);
        applied = true;
      } catch (cause) {
        expect(cause).toBeInstanceOf(Error);
      }
      const isOver = fs.calls < calls + at;
      const again = await shelf(folder, who);
      const { policy, problem } = again.policies.standing(WS);
      expect(problem).toBeNull();
      expect(policy).toMatchObject(
        policy.version === 9 ? { gatesOff: [] } : { version: 7, gatesOff: ['git'], autoUntil: null },
      );
      if (applied) expect(policy.version).toBe(9);
      seen.add(policy.version);
      accept(again, who, '{"version":11}');
      expect(readdirSync(join(folder, 'policies'))).toHaveLength(1);
      again.list.close();
      if (isOver) break;
    }
    expect(seen).toEqual(new Set([7, 9]));
  });

  it('a folder that others can write to is not trusted', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, OLD);
    made.list.close();
    rmSync(join(folder, 'policies'), { recursive: true });
    mkdirSync(join(folder, 'policies'), { mode: 0o755 });
    const again = await shelf(folder, who);
    expect(again.policies.standing(WS).problem).toMatchObject({ code: 'policy_void' });
  });
});

describe(rules('LOC-085')`a list that turns out to be damaged`, () => {
  it('is reported, and what could not be recorded did not happen', async () => {
    const { folder, made, who } = await begun();
    accept(made, who, OLD);
    writeFileSync(join(folder, 'list.jsonl'), '');
    expect(() => made.policies.taint(WS, 's')).toThrow(expect.objectContaining({ code: 'state_corrupt' }));
    expect(() => made.policies.narrow(WS, { kind: 'gate-on', gate: 'git' })).toThrow();
    expect(() => made.policies.endGrant('d', Date.UTC(2027, 1))).toThrow();
    expect(made.policies.isTainted(WS, 's')).toBe(false);
    expect(made.policies.endedGrants).toEqual([]);
    expect(made.damage).toContain('state_corrupt');
  });
});
