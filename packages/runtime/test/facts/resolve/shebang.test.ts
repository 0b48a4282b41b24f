import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvTarget, readImageKind } from '../../../src/facts/resolve/shebang.js';

const head = (text: string) => new TextEncoder().encode(text).slice(0, 256);
const script = (interpreter: string, argument: string | null = null) => ({ kind: 'script', interpreter, argument });

describe(rules('ENF-140')`the first bytes say what the kernel would start`, () => {
  test.each([
    { title: 'plain', text: '#!/bin/sh\necho', expected: script('/bin/sh') },
    { title: 'blanks around', text: '#! \t/bin/sh \t\n', expected: script('/bin/sh') },
    { title: 'everything after it is one argument', text: '#!/bin/sh -e -u\n', expected: script('/bin/sh', '-e -u') },
    { title: 'no newline at all', text: '#!/bin/sh', expected: script('/bin/sh') },
    { title: 'a carriage return belongs to the name', text: '#!/bin/sh\r\n', expected: script('/bin/sh\r') },
  ])('$title', ({ text, expected }) => {
    expect(readImageKind(head(text))).toEqual(expected);
  });

  test.each([
    { title: 'no magic and no #!', bytes: head('echo hello\n') },
    { title: 'an empty file', bytes: new Uint8Array() },
    { title: 'a #! that names nothing', bytes: head('#! \t\n') },
    { title: 'a #! line longer than the kernel reads', bytes: head(`#!/${'x'.repeat(300)}\n`) },
    { title: 'a #! line that is not UTF-8', bytes: new Uint8Array([0x23, 0x21, 0x2f, 0xff, 0x0a]) },
    { title: 'a byte order mark before it', bytes: new Uint8Array([0xef, 0xbb, 0xbf, ...head('#!/bin/sh\n')]) },
    { title: 'a Windows program', bytes: head('MZ\u0090') },
  ])('unknown, so never handed to a shell: $title', ({ bytes }) => {
    expect(readImageKind(bytes).kind).toBe('unknown');
  });

  test.each(['7f454c46', 'cffaedfe', 'cafebabe'])('binary magic %s', (hex) => {
    expect(readImageKind(new Uint8Array(Buffer.from(`${hex}00`, 'hex'))).kind).toBe('binary');
  });

  test('never throws and never invents an interpreter', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), (bytes) => {
        const kind = readImageKind(bytes);
        if (kind.kind === 'script') expect(Buffer.from(bytes).toString('utf8')).toContain(kind.interpreter);
      }),
    );
  });
});

describe(rules('ENF-140')`what env would look for is followed or refused, never guessed`, () => {
  test.each([
    { argument: 'node', expected: { name: 'node' } },
    { argument: 'no such name', expected: { name: 'no such name' } },
    { argument: '-S node --flag', expected: { name: 'node' } },
    { argument: '-Snode', expected: { name: 'node' } },
    { argument: '-S LANG=C node', expected: { name: 'node' } },
  ])('$argument', ({ argument, expected }) => {
    expect(readEnvTarget(argument)).toEqual(expected);
  });

  test.each([null, '-i node', '-S PATH=/tmp node', '-S "node"', '-S $X', '-S -i node', '-S LANG=C', '-S', 'LANG=C'])(
    'refused: %s',
    (argument) => {
      expect(readEnvTarget(argument)).toHaveProperty('unsupported');
    },
  );
});
