import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { DENY, hastyDaemon, hostileDaemon, PASS, says } from '../support/hostile-daemon.js';
import { EVENT, expectBlocked, Stage } from '../support/stage.js';

const MIB = 1024 * 1024;

/** Inputs that a host could send; each must arrive as it is or be denied. */
const inputs: Readonly<Record<string, Buffer>> = {
  'invalid UTF-8': Buffer.concat([Buffer.from(EVENT.slice(0, -2)), Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80])]),
  'NUL bytes': Buffer.from(EVENT.replace('touch', 'to\0uch\0')),
  'line feeds at its end': Buffer.from(`${EVENT}\n\n\n`),
  'carriage returns': Buffer.from(EVENT.replace('touch', 'touch\r\n')),
  'an @ first, which names a file elsewhere': Buffer.from('@/etc/passwd'),
  'a minus first': Buffer.from('-X GET'),
  'words of a shell': Buffer.from('$(exit 0) `exit 0` ; exit 0 #'),
  '1 MiB': Buffer.from(EVENT.replace('touch', 'x'.repeat(MIB))),
  'almost 4 MiB': Buffer.from(EVENT.replace('touch', 'x'.repeat(4 * MIB - EVENT.length))),
};

const table = <T>(rows: Readonly<Record<string, T>>) => Object.entries(rows).map(([name, row]) => ({ name, row }));

describe(rules('LOC-050', 'INV-15')`a hostile input`, () => {
  test.each(table(inputs))('$name reaches the daemon byte for byte', async ({ row }) => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(PASS));
    expect(await stage.run({ input: row })).toMatchObject({ code: 0, stdout: '{}' });
    expect(seen[0]?.body.equals(row)).toBe(true);
  });

  test.each(table(inputs))('$name reaches the Node hook byte for byte', async ({ row }) => {
    const stage = new Stage();
    expectBlocked(await stage.run({ input: row }));
    expect(Buffer.from(stage.slowPathCall?.input ?? '', 'base64').equals(row)).toBe(true);
  });

  test.each([
    ['nothing at all', ''],
    ['a closed input', 'closed'],
  ] as const)('%s: what the daemon denies stays denied', async (_name, input) => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(DENY));
    expectBlocked(await stage.run({ input }));
  });

  test('a byte over 4 MiB is a denial, and no daemon is told a part of it', async () => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(PASS));
    const ended = await stage.run({ input: Buffer.alloc(4 * MIB + 1, 'x') });
    expectBlocked(ended);
    expect(ended.stderr).toContain('over 4 MiB');
    expect(seen).toEqual([]);
  });

  test('64 MiB, which the daemon refuses to read, is a denial', async () => {
    const stage = new Stage();
    await hastyDaemon(stage.socket, { ...DENY, status: '413 Payload Too Large', headers: ['Connection: close'] });
    expectBlocked(await stage.run({ input: Buffer.alloc(64 * MIB, 'x') }));
  });
});
