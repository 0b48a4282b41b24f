import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lexCommandLine, taintsSession } from '../../src/index.js';
import { call, leads, line } from './gate.js';

const LIVING = { ...leads({}), persistentShell: true };

describe(rules(
  'INV-27',
)`a line that may change its shell taints the session: the same text may then run something else`, () => {
  test.each([
    'cd /tmp',
    'export PATH=/tmp:$PATH',
    'PATH=/tmp',
    'ls() { evil; }',
    'alias ls=evil',
    'source ./env',
    '. ./env',
    'eval "$(x)"',
    'set -e',
    'shopt -s dotglob',
    'unset HOME',
    'hash -p /tmp/evil ls',
    'trap evil DEBUG',
    'enable -n echo',
    'npm test && cd ..',
    'ls > $(x)',
    'exec 3>x',
  ])('%s', (text) => {
    expect(taintsSession(line(text), LIVING)).toBe(true);
    // A shell that ends with the line takes its changes with it.
    expect(taintsSession(line(text), leads({}))).toBe(false);
    // Nobody said that it does.
    expect(taintsSession(line(text), null)).toBe(true);
  });

  test.each(['npm test', 'make build && npm test | tail -n 3', 'git status; ls src', 'echo "a b" 2>&1\n'])(
    'a list of simple commands changes nothing: %s',
    (text) => {
      expect(taintsSession(line(text), LIVING)).toBe(false);
      expect(taintsSession(line(text), null)).toBe(false);
    },
  );

  test('without a shell, or without a command, there is nothing to change', () => {
    expect(taintsSession(call('cd', '/tmp'), LIVING)).toBe(false);
    expect(taintsSession({ ...line('cd /tmp'), kind: 'file-edit' }, LIVING)).toBe(false);
  });

  test('a shell that is not understood may be changed by anything', () => {
    expect(taintsSession({ ...line('ls'), shell: '/usr/bin/fish' }, LIVING)).toBe(true);
  });

  test('exactly what the strict lexer reads leaves a shell as it was', () => {
    const word = fc.constantFrom('ls', 'npm', 'test', '&&', ';', '|', 'cd', '$x', 'a=b', '"a b"', '>', 'x', '*');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const text = words.join(' ');
        expect(taintsSession(line(text), LIVING)).toBe(!lexCommandLine({ command: text, shell: 'bash' }).ok);
      }),
    );
  });
});
