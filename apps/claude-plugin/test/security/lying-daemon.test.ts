import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import {
  ALLOW,
  type Behaviour,
  DENY,
  hostileDaemon,
  PASS,
  REASON,
  says,
  type Spoken,
  spoken,
  verdictBody,
} from '../support/hostile-daemon.js';
import { EVENT, expectBlocked, Stage } from '../support/stage.js';

const MEGABYTE = 1024 * 1024;

const because = (words: Readonly<Record<string, unknown>>) => JSON.stringify({ hookSpecificOutput: words });

/** Answers that are none of the three exact ones (LOC-040, table 18.1). */
const answers: Readonly<Record<string, Spoken>> = {
  // Permission, exit code and body disagree.
  'allow with exit 2': { ...ALLOW, exit: '2' },
  'allow with exit 1': { ...ALLOW, exit: '1' },
  'allow with exit 00': { ...ALLOW, exit: '00' },
  'allow with exit +0': { ...ALLOW, exit: '+0' },
  'allow with exit 0x0': { ...ALLOW, exit: '0x0' },
  'allow with exit 256, which shells read as 0': { ...ALLOW, exit: '256' },
  'allow with two exit codes in one header': { ...ALLOW, exit: '0, 2' },
  'allow without exit': { ...ALLOW, exit: null },
  'allow without permission': { ...ALLOW, permission: null },
  'allow with the body of a denial': { ...ALLOW, body: verdictBody('deny') },
  'allow with the body of pass': { ...ALLOW, body: '{}' },
  'allow with an empty body': { ...ALLOW, body: '' },
  'pass with the body of allow': { ...PASS, body: verdictBody('allow') },
  'pass with an empty body': { ...PASS, body: '' },
  'pass with exit 2': { ...PASS, exit: '2' },
  'deny with exit 0': { ...DENY, exit: '0' },
  'deny with exit 1': { ...DENY, exit: '1' },
  'deny with the body of allow': { ...DENY, body: verdictBody('allow') },
  'deny with the body of pass': { ...DENY, body: '{}' },
  'pending, which only modules understand': { status: '202 Accepted', body: '' },
  // Words that are no permission.
  ask: { ...ALLOW, permission: 'ask', body: verdictBody('allow').replace('"allow"', '"ask"') },
  defer: { ...ALLOW, permission: 'defer', body: verdictBody('allow').replace('"allow"', '"defer"') },
  'Allow in upper case': { ...ALLOW, permission: 'Allow' },
  ALLOW: { ...ALLOW, permission: 'ALLOW' },
  'allow and a word more': { ...ALLOW, permission: 'allow deny' },
  'allow in quotes': { ...ALLOW, permission: '"allow"' },
  'allow with a comma': { ...ALLOW, permission: 'allow, allow' },
  'allow with a shell substitution': { ...ALLOW, permission: '$(echo allow)' },
  'two permissions, allow first': { ...ALLOW, headers: ['Airlock-Permission: deny'] },
  'two permissions, allow last': { ...DENY, headers: ['Airlock-Permission: allow', 'Airlock-Exit: 0'] },
  'two permissions, a false one before a whole allow': {
    ...ALLOW,
    permission: 'deny',
    headers: ['Airlock-Permission: allow'],
  },
  'the same permission twice': { ...ALLOW, headers: ['Airlock-Permission: allow'] },
  'two lengths, the right one last': {
    ...ALLOW,
    length: 1,
    headers: [`Content-Length: ${verdictBody('allow').length}`],
  },
  'allow with a reason of 66 kB': { ...ALLOW, body: verdictBody('allow', 'x'.repeat(66_000)) },
  'two exit codes': { ...ALLOW, headers: ['Airlock-Exit: 2'] },
  'permission only in a header of another name': {
    ...ALLOW,
    permission: null,
    headers: ['X-Airlock-Permission: allow'],
  },
  'permission on a folded line': { ...ALLOW, permission: null, headers: ['Airlock-Permission:', ' allow'] },
  // Bodies that are not exactly one verdict.
  'two objects': { ...ALLOW, body: verdictBody('allow') + verdictBody('allow') },
  'two objects on two lines': { ...ALLOW, body: `${verdictBody('allow')}\n${verdictBody('deny')}` },
  'allow and text after it': { ...ALLOW, body: `${verdictBody('allow')} and more` },
  'a banner before allow': { ...ALLOW, body: `Welcome!\n${verdictBody('allow')}` },
  'a byte order mark before allow': { ...ALLOW, body: `\uFEFF${verdictBody('allow')}` },
  'allow in an array': { ...ALLOW, body: `[${verdictBody('allow')}]` },
  'truncated allow': { ...ALLOW, body: verdictBody('allow').slice(0, -5) },
  'allow with another member': { ...ALLOW, body: verdictBody('allow').replace('{"hook', '{"continue":true,"hook') },
  'allow that rewrites the input': {
    ...ALLOW,
    body: verdictBody('allow').replace(
      '"permissionDecision":',
      '"updatedInput":{"command":"id"},"permissionDecision":',
    ),
  },
  'allow that rewrites the input after the reason': {
    ...ALLOW,
    body: verdictBody('allow').replace('"}}', '","updatedInput":{"command":"id"}}}'),
  },
  'allow that rewrites the input inside what looks like a reason': {
    ...ALLOW,
    body: `{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","permissionDecisionReason":"a","updatedInput":{"command":"id"},"x":"b"}}`,
  },
  'allow after an escaped quote': {
    ...ALLOW,
    body: verdictBody('allow').replace('"}}', '\\\\","updatedInput":{"command":"id"},"y":"b"}}'),
  },
  'allow with a reason twice': {
    ...ALLOW,
    body: verdictBody('allow').replace('"}}', '","permissionDecisionReason":"b"}}'),
  },
  'allow without a reason': { ...ALLOW, body: because({ hookEventName: 'PreToolUse', permissionDecision: 'allow' }) },
  'allow with a number as reason': {
    ...ALLOW,
    body: because({ hookEventName: 'PreToolUse', permissionDecision: 'allow', permissionDecisionReason: 1 }),
  },
  'allow for another event': { ...ALLOW, body: verdictBody('allow').replace('PreToolUse', 'PostToolUse') },
  'allow without an event': {
    ...ALLOW,
    body: because({ permissionDecision: 'allow', permissionDecisionReason: REASON }),
  },
  'legacy approve': { ...ALLOW, body: '{"decision":"approve"}' },
  'permission at the top level': { ...ALLOW, body: '{"permissionDecision":"allow","permissionDecisionReason":"x"}' },
  'allow with a NUL byte': { ...ALLOW, body: verdictBody('allow').replace('approved', 'appr\0oved') },
  'allow with a NUL byte after it': { ...ALLOW, body: `${verdictBody('allow')}\0` },
  'allow with a raw line feed in the reason': {
    ...ALLOW,
    body: verdictBody('allow').replace('approved', 'appr\noved'),
  },
  'pass with a space in it': { ...PASS, body: '{ }' },
  'pass and a line feed more': { ...PASS, body: '{}\n\n{}' },
  // Not 200.
  '201 with allow': { ...ALLOW, status: '201 Created' },
  '204 with allow': { ...ALLOW, status: '204 No Content', body: '', length: null },
  '206 with allow': { ...ALLOW, status: '206 Partial Content' },
  '302 with allow': { ...ALLOW, status: '302 Found', headers: ['Location: http://localhost/v1/status'] },
  '400 with allow': { ...ALLOW, status: '400 Bad Request' },
  '401 with allow': { ...ALLOW, status: '401 Unauthorized' },
  '500 with allow': { ...ALLOW, status: '500 Internal Server Error' },
  '503 with pass': { ...PASS, status: '503 Service Unavailable' },
  '2000 with allow': { ...ALLOW, status: '2000 OK' },
};

const raw =
  (text: string): Behaviour =>
  (socket) =>
    socket.end(text);

/** Behaviours that are no whole answer. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  'nothing at all': (socket) => socket.end(),
  'a connection that is cut': (socket) => socket.destroy(),
  'text that is no HTTP': raw(`${verdictBody('allow')}\n`),
  'HTTP/0.9': raw(verdictBody('allow')),
  'an answer in HTTP/9.9': (socket) => socket.end(spoken(ALLOW).toString().replace('HTTP/1.1', 'HTTP/9.9')),
  'headers without an end': (socket) => socket.end(spoken({ ...ALLOW, body: '' }).subarray(0, -2)),
  'headers without a body': (socket) => socket.end(spoken({ ...ALLOW, body: '', length: 150 })),
  'a body shorter than announced': (socket) =>
    socket.end(spoken({ ...ALLOW, length: verdictBody('allow').length + 1 })),
  'a longer body than announced, cut to half a verdict': (socket) => socket.end(spoken({ ...ALLOW, length: 40 })),
  'no length': (socket) => socket.end(spoken({ ...ALLOW, length: null })),
  'a length of one byte less': (socket) => socket.end(spoken({ ...ALLOW, length: verdictBody('allow').length - 1 })),
  'a length with a plus': (socket) =>
    socket.end(spoken({ ...ALLOW, length: null, headers: [`Content-Length: +${verdictBody('allow').length}`] })),
  'a length and chunks': (socket) => socket.end(spoken({ ...ALLOW, headers: ['Transfer-Encoding: chunked'] })),
  'a whole body in chunks, which our daemon never sends': (socket) =>
    socket.end(
      Buffer.concat([
        spoken({ ...ALLOW, body: '', length: null, headers: ['Transfer-Encoding: chunked'] }),
        Buffer.from(`${verdictBody('allow').length.toString(16)}\r\n${verdictBody('allow')}\r\n0\r\n\r\n`),
      ]),
    ),
  'a line feed alone at the end of its lines': (socket) =>
    socket.end(spoken(ALLOW).toString().replaceAll('\r\n', '\n')),
  'a length that is no number': (socket) =>
    socket.end(spoken({ ...ALLOW, length: null, headers: ['Content-Length: many'] })),
  'two lengths': (socket) => socket.end(spoken({ ...ALLOW, headers: ['Content-Length: 3'] })),
  'a chunked body that is cut off': (socket) =>
    socket.end(
      Buffer.concat([
        spoken({ ...ALLOW, body: '', length: null, headers: ['Transfer-Encoding: chunked'] }),
        Buffer.from(`${verdictBody('allow').length.toString(16)}\r\n${verdictBody('allow')}\r\n`),
      ]),
    ),
  'a chunk of wrong size': (socket) =>
    socket.end(
      Buffer.concat([
        spoken({ ...ALLOW, body: '', length: null, headers: ['Transfer-Encoding: chunked'] }),
        Buffer.from(`zz\r\n${verdictBody('allow')}\r\n0\r\n\r\n`),
      ]),
    ),
  'permission only in a trailer': (socket) =>
    socket.end(
      Buffer.concat([
        spoken({ body: '', length: null, headers: ['Transfer-Encoding: chunked', 'Trailer: Airlock-Permission'] }),
        Buffer.from(
          `${verdictBody('allow').length.toString(16)}\r\n${verdictBody('allow')}\r\n0\r\nAirlock-Permission: allow\r\nAirlock-Exit: 0\r\n\r\n`,
        ),
      ]),
    ),
  'an early 103 that allows, then a denial': (socket) =>
    socket.end(Buffer.concat([spoken({ ...ALLOW, status: '103 Early Hints', body: '', length: null }), spoken(DENY)])),
  'an early 100 that allows, then nothing said': (socket) =>
    socket.end(
      Buffer.concat([
        spoken({ ...ALLOW, status: '100 Continue', body: '', length: null }),
        spoken({ body: verdictBody('allow') }),
      ]),
    ),
  'a header of 300 KB before allow': (socket) =>
    socket.end(spoken({ ...ALLOW, headers: [`X-Padding: ${'x'.repeat(300_000)}`] })),
  'a body that claims to be gzip': (socket) =>
    socket.end(spoken({ ...ALLOW, headers: ['Content-Encoding: gzip'], body: 'no gzip' })),
  'a body of 100 MB': (socket) => {
    socket.write(spoken({ ...ALLOW, body: '', length: 100 * MEGABYTE }));
    const part = Buffer.alloc(MEGABYTE, 'x');
    const push = (left: number): void => {
      if (left === 0 || socket.destroyed) socket.end();
      else socket.write(part, () => push(left - 1));
    };
    push(100);
  },
  '100 MB of allow after each other': (socket) => {
    socket.write(spoken({ ...ALLOW, length: null }));
    const part = Buffer.from(`${verdictBody('allow')}\n`.repeat(6000));
    const push = (left: number): void => {
      if (left === 0 || socket.destroyed) socket.end();
      else socket.write(part, () => push(left - 1));
    };
    push(100);
  },
};

/** Behaviours that end only with the hook's own deadline, which is two seconds here. */
const silences: Readonly<Record<string, Behaviour>> = {
  'never answers': () => undefined,
  'sends headers, then nothing': (socket) => socket.write(spoken({ ...ALLOW, body: '', length: 150 })),
  'sends allow, and never ends': (socket) =>
    socket.write(spoken({ ...ALLOW, length: null, headers: ['Connection: keep-alive'] })),
  'drips one byte a second': (socket) => {
    const bytes = spoken(ALLOW);
    let sent = 0;
    const timer = setInterval(() => socket.write(bytes.subarray(sent, (sent += 1))), 1000);
    socket.once('close', () => clearInterval(timer));
  },
};

const table = <T>(rows: Readonly<Record<string, T>>) => Object.entries(rows).map(([name, row]) => ({ name, row }));

describe('an honest daemon', () => {
  test('allow comes out byte for byte', async () => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(ALLOW));
    const ended = await stage.run();
    expect(ended).toMatchObject({ code: 0, stdout: verdictBody('allow') });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ line: 'POST /v1/hooks/claude-code/PreToolUse HTTP/1.1' });
    expect(seen[0]!.body.toString()).toBe(EVENT);
    expect(stage.slowPathCall).toBeNull();
  });

  test('allow in single bytes comes out byte for byte', async () => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, (socket) => {
      socket.setNoDelay(true);
      const bytes = spoken(ALLOW);
      const push = (at: number): void => {
        if (at === bytes.length) socket.end();
        else socket.write(bytes.subarray(at, at + 1), () => setImmediate(push, at + 1));
      };
      push(0);
    });
    expect(await stage.run()).toMatchObject({ code: 0, stdout: verdictBody('allow') });
  });

  test('pass is exactly {}', async () => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(PASS));
    expect(await stage.run()).toMatchObject({ code: 0, stdout: '{}' });
  });

  test('deny says why to human and model', async () => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(DENY));
    const ended = await stage.run();
    expectBlocked(ended);
    expect(ended.stdout).toBe(verdictBody('deny', 'not today'));
    expect(ended.stderr).toContain('not today');
  });
});

describe(rules('LOC-040', 'LOC-100', 'LOC-140', 'INV-22', 'INV-24')`a daemon that lies`, () => {
  test.each(table(answers))('$name is a denial', async ({ row }) => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(row));
    expectBlocked(await stage.run());
    expect(seen).toHaveLength(1);
    // A daemon that runs and answers badly is not asked about by the slow path (LOC-105).
    expect(stage.slowPathCall).toBeNull();
  });

  test.each(table(behaviours))('$name is a denial', async ({ row }) => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, row);
    expectBlocked(await stage.run());
    expect(stage.slowPathCall).toBeNull();
  });

  test.each(table(silences))('one that $name is a denial in time', async ({ row }) => {
    const stage = new Stage();
    stage.alter('315', '2');
    await hostileDaemon(stage.socket, row);
    const ended = await stage.run();
    expectBlocked(ended);
    expect(ended.took).toBeGreaterThan(1500);
    expect(ended.took).toBeLessThan(10_000);
    expect(stage.slowPathCall).toBeNull();
  });

  test('input that never ends is a denial in time, though the host ignores the signal of the deadline', async () => {
    const stage = new Stage();
    stage.alter('315', '2');
    await hostileDaemon(stage.socket, says(ALLOW));
    const pipe = join(stage.root, 'input');
    execFileSync('mkfifo', [pipe]);
    const ignoring = ['/bin/sh', '-c', `trap '' ALRM; exec /bin/sh -p "$@" <>"$0"`, pipe];
    const ended = await stage.run({ shell: ignoring });
    expectBlocked(ended);
    expect(ended.took).toBeGreaterThan(1500);
  });
});
