import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { canonicalize } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { encodeLine, parseChain } from '../../src/chain/chain-lines.js';
import { nodeFs, type FsPort } from '../../src/files/fs-port.js';
import { integrityWithKey } from '../../src/files/integrity.js';
import type { Lock } from '../../src/lock/lock.js';
import type { NewListEntry } from '../../src/restrictions/entries.js';
import { Restrictions } from '../../src/restrictions/restrictions.js';
import { fileSecretStore } from '../../src/secrets/file-store.js';
import { faultyFs, ioError } from '../support/faulty-fs.js';
import { temporaryFolder } from '../support/temporary.js';

const free: Lock = { held: true, acquire: () => undefined, release: () => undefined, close: () => undefined };
const AT = Date.UTC(2026, 2, 1);

function place(folder: string, over: { fs?: FsPort; initialised?: boolean } = {}) {
  return {
    file: join(folder, 'restrictions.jsonl'),
    lock: free,
    integrity: integrityWithKey(new Uint8Array(32).fill(5), over.initialised ?? true),
    secrets: fileSecretStore(join(folder, 'secrets')),
    fs: over.fs ?? nodeFs,
  };
}

async function begun(): Promise<{ folder: string; list: Restrictions }> {
  const folder = temporaryFolder();
  return { folder, list: await Restrictions.open(place(folder, { initialised: false })) };
}

const DOCUMENT: NewListEntry = {
  kind: 'policy',
  workspaceId: 'ws-1',
  version: 7,
  sha256: 'a'.repeat(64),
  signerKeyId: 'al1.k.m',
  requires: 'harp-decision',
};
const AUTO_OFF: NewListEntry = { kind: 'restrict', workspaceId: 'ws-1', version: 7, restriction: 'auto-off' };
const TAINT: NewListEntry = { kind: 'taint', workspaceId: 'ws-1', sessionId: 's' };

/** Adds a line of any form behind the last one, as somebody who cannot seal the anchor would have to. */
function appendLine(folder: string, fields: Record<string, string | number | boolean>): void {
  const file = join(folder, 'restrictions.jsonl');
  const last = parseChain(readFileSync(file), null).lines.at(-1)?.hash ?? '0'.repeat(64);
  appendFileSync(file, encodeLine(fields, last).bytes);
}

describe(rules('LOC-085')`the list of local restrictions`, () => {
  it('says which document is in force, what narrows it, which sessions are tainted and which grants have ended', async () => {
    const { folder, list } = await begun();
    list.add({ kind: 'restrict', workspaceId: 'ws-1', version: 3, restriction: 'fail-closed' }, AT);
    list.add(DOCUMENT, AT);
    list.add(AUTO_OFF, AT);
    list.add(TAINT, AT);
    list.add({ kind: 'grant-ended', policyId: 'dnd-1', expiresAt: AT + 10 }, AT);
    list.close();
    const again = await Restrictions.open(place(folder));
    expect(again.workspace('ws-1')).toEqual({
      document: {
        at: '2026-03-01T00:00:00.000Z',
        version: 7,
        sha256: 'a'.repeat(64),
        signerKeyId: 'al1.k.m',
        requires: 'harp-decision',
      },
      restrictions: [{ kind: 'auto-off', version: 7 }],
      tainted: new Set(['s']),
    });
    expect(again.workspace('ws-2')).toEqual({ document: null, restrictions: [], tainted: new Set() });
    expect(again.workspaceIds).toEqual(['ws-1']);
    expect(again.endedGrants(AT + 9)).toEqual(['dnd-1']);
    expect(again.endedGrants(AT + 10)).toEqual([]);
    again.close();
  });

  it('of a time before there were documents stays readable', async () => {
    const folder = temporaryFolder();
    const before = place(folder, { initialised: false });
    const old = await Restrictions.open(before);
    old.setStopped(true, AT);
    old.setStopped(false, AT);
    old.setStopped(true, AT);
    old.close();
    await before.secrets.delete('restrictions');
    const list = await Restrictions.open(place(folder));
    expect(list.stopped).toBe(true);
    list.add(DOCUMENT, AT);
    await list.note();
    list.close();
    expect((await Restrictions.open(place(folder))).workspace('ws-1').document?.version).toBe(7);
  });

  const strange: ReadonlyArray<readonly [string, Record<string, string | number | boolean>]> = [
    ['of an unknown kind', { kind: 'loosen', at: 'x' }],
    ['without a kind', { at: 'x' }],
    ['with a member too many', { kind: 'stop', at: 'x', until: 5 }],
    ['without a member', { kind: 'taint', at: 'x', workspaceId: 'ws-1' }],
    ['with a version that is a text', { ...AUTO_OFF, version: '7', at: 'x' }],
    ['with a fraction of a version', { ...AUTO_OFF, version: 7.5, at: 'x' }],
    ['that takes away something unknown', { ...AUTO_OFF, restriction: 'auto-on', at: 'x' }],
    ['with a member of another restriction', { ...AUTO_OFF, gate: 'git', at: 'x' }],
    ['with a hash that is none', { ...DOCUMENT, sha256: 'A'.repeat(64), at: 'x' }],
    ['with an unknown requirement', { ...DOCUMENT, requires: 'nothing', at: 'x' }],
    ['with an unknown requirement beside a known one', { ...DOCUMENT, requires: 'harp-decision nothing', at: 'x' }],
    ['with requirements in another order', { ...DOCUMENT, requires: 'verified-pairing harp-decision', at: 'x' }],
    ['with a requirement twice', { ...DOCUMENT, requires: 'ask-reads ask-reads', at: 'x' }],
    ['with blanks around a requirement', { ...DOCUMENT, requires: ' ask-reads', at: 'x' }],
    ['with an expiry that is a text', { kind: 'grant-ended', policyId: 'd', expiresAt: 'never', at: 'x' }],
  ];

  it.each(strange)('an entry %s is damage, never skipped, and the file is left alone', async (_, fields) => {
    const { folder, list } = await begun();
    list.add(AUTO_OFF, AT);
    list.close();
    const plain = Object.fromEntries(Object.entries(fields));
    if (Number.isInteger(plain.version ?? 1)) appendLine(folder, plain);
    else appendFileSync(join(folder, 'restrictions.jsonl'), `${JSON.stringify({ ...plain, prev: '0'.repeat(64) })}\n`);
    const bytes = readFileSync(join(folder, 'restrictions.jsonl'));
    await expect(Restrictions.open(place(folder))).rejects.toMatchObject({
      code: 'state_corrupt',
      fix: 'airlock doctor --repair',
      message: expect.stringContaining('entry 2'),
    });
    expect(readFileSync(join(folder, 'restrictions.jsonl'))).toEqual(bytes);
  });

  it('damaged while it is in use, is not used again', async () => {
    const { folder, list } = await begun();
    list.add(AUTO_OFF, AT);
    appendLine(folder, { kind: 'loosen', at: 'x' });
    expect(() => list.add(TAINT, AT)).toThrow(expect.objectContaining({ code: 'state_corrupt' }));
    expect(() => list.check()).toThrow(expect.objectContaining({ code: 'state_corrupt' }));
    expect(list.workspace('ws-1').tainted.size).toBe(0);
  });

  it('notices its own removal when it is looked at', async () => {
    const { folder, list } = await begun();
    list.add(AUTO_OFF, AT);
    rmSync(join(folder, 'restrictions.jsonl'));
    expect(() => list.check()).toThrow(expect.objectContaining({ code: 'state_corrupt' }));
  });

  it('an entry that could not be read back is not written', async () => {
    const { list } = await begun();
    expect(() => list.add({ ...TAINT, sessionId: 'x'.repeat(300) } as NewListEntry, AT)).toThrow();
    expect(list.workspaceIds).toEqual([]);
  });
});

describe(rules('LOC-085', 'INV-38')`an older list put back, with its own anchor`, () => {
  async function older() {
    const { folder, list } = await begun();
    const file = join(folder, 'restrictions.jsonl');
    list.add(DOCUMENT, AT);
    await list.note();
    for (const name of [file, `${file}.anchor`]) copyFileSync(name, `${name}.old`);
    list.add(AUTO_OFF, AT);
    await list.note();
    list.close();
    return { folder, file };
  }

  it('is noticed by what the secret store remembers', async () => {
    const { folder, file } = await older();
    for (const name of [file, `${file}.anchor`]) copyFileSync(`${name}.old`, name);
    await expect(Restrictions.open(place(folder))).rejects.toMatchObject({
      code: 'state_corrupt',
      file,
      message: expect.stringContaining('older'),
    });
  });

  it('is noticed with that record removed as well', async () => {
    const { folder, file } = await older();
    for (const name of [file, `${file}.anchor`]) copyFileSync(`${name}.old`, name);
    rmSync(join(folder, 'secrets', 'restrictions'));
    await expect(Restrictions.open(place(folder))).rejects.toMatchObject({ code: 'state_corrupt' });
  });

  it('and so is an empty one', async () => {
    const { folder, file } = await older();
    writeFileSync(file, '');
    await expect(Restrictions.open(place(folder))).rejects.toMatchObject({ code: 'state_corrupt' });
    rmSync(`${file}.anchor`);
    rmSync(file);
    await expect(Restrictions.open(place(folder))).rejects.toMatchObject({ code: 'state_corrupt' });
  });

  it('a record that is damaged is not guessed', async () => {
    const { folder } = await older();
    writeFileSync(join(folder, 'secrets', 'restrictions'), canonicalize({ count: 1 }));
    await expect(Restrictions.open(place(folder))).rejects.toMatchObject({ code: 'secret_store_unavailable' });
  });
});

describe(rules('LOC-085', 'ENF-120')`a crash while an entry is written`, () => {
  it('leaves it whole or not at all, at every call', async () => {
    for (let at = 1; ; at += 1) {
      const { folder, list } = await begun();
      list.add(DOCUMENT, AT);
      await list.note();
      list.close();
      const fs = faultyFs();
      const busy = await Restrictions.open(place(folder, { fs }));
      const { calls } = fs;
      fs.before = (_, call) => {
        if (call >= calls + at) throw ioError('EIO');
      };
      let reached = true;
      let isTold = false;
      try {
        busy.add(AUTO_OFF, AT);
        isTold = true;
        reached = fs.calls >= calls + at;
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'state_unavailable' });
      }
      const again = await Restrictions.open(place(folder));
      const { document, restrictions } = again.workspace('ws-1');
      expect(document?.version).toBe(7);
      expect(restrictions.length).toBeLessThanOrEqual(1);
      if (isTold) expect(restrictions).toEqual([{ kind: 'auto-off', version: 7 }]);
      expect(existsSync(join(folder, 'restrictions.jsonl'))).toBe(true);
      again.close();
      if (!reached) return;
    }
  });
});
