import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { instant } from '../../src/cli/options.js';
import { exportLog, key } from '../../src/commands/audit/export.js';
import { recordingCli } from '../policy/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'al-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function home(name: string): string {
  const made = join(folder, name);
  mkdirSync(made, { mode: 0o700 });
  return made;
}

describe('audit export', () => {
  test('of a machine that has recorded nothing is one JSON document, or no envelope', async () => {
    const cli = recordingCli({ AIRLOCK_HOME: home('nothing') });
    expect(await exportLog(cli, { format: 'json' })).toBe(0);
    expect(cli.emitted.map((text) => JSON.parse(text))).toEqual([
      { verification: { ok: true, entries: 0, brokenAt: null }, entries: [] },
    ]);
    expect(await exportLog(cli, { format: 'dsse', since: 0 })).toBe(0);
    expect(cli.emitted).toHaveLength(1);
    expect(cli.said).toEqual([]);
  });

  test('--out makes a file for its user alone and leaves one that is there', async () => {
    const cli = recordingCli({ AIRLOCK_HOME: home('out') });
    const out = join(folder, 'export.json');
    expect(await exportLog(cli, { format: 'json', out })).toBe(0);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ entries: [] });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    await expect(exportLog(cli, { format: 'dsse', out })).rejects.toMatchObject({ code: 'file_exists' });
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ entries: [] });
    expect(cli.emitted).toEqual([]);
  });

  test('audit key shows one key, the same every time', async () => {
    const cli = recordingCli({ AIRLOCK_HOME: home('key') });
    expect(await key(cli, { json: true })).toBe(0);
    expect(await key(cli, {})).toBe(0);
    const { keyId, publicKey, pem } = JSON.parse(cli.emitted[0] ?? '');
    expect(keyId).toMatch(/^[0-9a-f]{64}$/);
    expect(createPublicKey(pem).export({ format: 'jwk' })).toMatchObject({ crv: 'Ed25519', x: publicKey });
    expect(cli.printed).toEqual([`keyid ${keyId}`, ...pem.trimEnd().split('\n')]);
  });
});

describe('--since', () => {
  test.each([
    ['2026-03-02', '2026-03-02T00:00:00.000Z'],
    ['2026-03-02T14:00Z', '2026-03-02T14:00:00.000Z'],
    ['2026-03-02T14:00:00.5+02:00', '2026-03-02T12:00:00.500Z'],
  ])('%s', (text, at) => expect(new Date(instant(text)).toISOString()).toBe(at));

  test.each(['', 'yesterday', '2026-13-01', '2026-03-02T14:00', '1772460000', '2026-03-02 14:00Z'])(
    'refuses %j',
    (text) => expect(() => instant(text)).toThrow('Give a day'),
  );
});
