import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type TargetedAction, touchedTargets } from '../../src/index.js';
import { call, CWD, leads, line, PLACES } from './gate.js';

const PROTECTED = [
  '/home/ada/.config/airlock/config.json',
  '/home/ada/.local/state/airlock',
  '/run/user/1000/airlock/daemon.sock',
  '/srv/gate/dist/main.js',
  `${CWD}/.git/hooks/pre-commit`,
  `${CWD}/.git/config`,
  `${CWD}/.claude/settings.json`,
  '/home/ada/.claude/plugins/gate',
  '/home/ada/.claude.json',
  '/home/ada/.gitconfig',
  `${CWD}/.mcp.json`,
];

const isTouched = (action: TargetedAction) => touchedTargets(action, null, PLACES).length > 0;

/** Another way to write the same path. */
const detour = fc.constantFrom('', '/.', '//', '/x/..', '/./y/../.', '/a/b/../..');

function respelled(path: string): fc.Arbitrary<string> {
  const parts = path.split('/').slice(1);
  const part = (text: string) =>
    fc
      .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
      .map((upper) => Array.from(text, (letter, index) => (upper[index] ? letter.toUpperCase() : letter)).join(''));
  return fc
    .tuple(
      fc.tuple(...parts.map(part)),
      fc.tuple(...parts.map(() => detour)),
      fc.constantFrom('', '/', '/.', '//'),
      fc.constantFrom('', '/proc/self/root', '/proc/self/task/7/root', '/proc/1/root/.', '/System/Volumes/Data'),
    )
    .map(
      ([names, detours, end, door]) =>
        `${door}${names.map((name, index) => `${detours[index]}/${name}`).join('')}${end}`,
    );
}

const spelling = fc.constantFrom(...PROTECTED).chain(respelled);

describe(rules('LOC-090')`every spelling of a protected path is found`, () => {
  test('dots, slashes, case and doors of /proc, in every kind of action', () => {
    fc.assert(
      fc.property(spelling, (path) => {
        expect(isTouched(line(`cat '${path}'`))).toBe(true);
        expect(isTouched(call('cat', path))).toBe(true);
        expect(isTouched({ kind: 'file-edit', cwd: CWD, files: [{ path }] })).toBe(true);
        expect(isTouched({ kind: 'mcp-call', tool: 'x', cwd: CWD, inputJson: JSON.stringify({ a: [path] }) })).toBe(
          true,
        );
      }),
      { numRuns: 300 },
    );
  });

  test('relative to any folder', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PROTECTED),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }),
        (path, below) => {
          const cwd = ['/home/ada', ...below].join('/');
          const relative = `${'../'.repeat(below.length + 2)}${path.slice(1)}`;
          expect(isTouched({ ...call('cat', relative), cwd })).toBe(true);
        },
      ),
    );
  });

  test('Unicode compositions of one name, and characters that nobody sees', () => {
    const places = { roots: ['/home/ada/Bücher/gate'], processIds: [] };
    for (const path of ['/home/ada/Bu\u0308cher/gate', '/home/ada/B\u00FCcher/gate', '/home/ada/BU\u0308CHER/GATE']) {
      expect(touchedTargets(call('cat', path), null, places)).not.toEqual([]);
    }
    const invisible = fc.constantFrom('\u200C', '\u200D', '\uFEFF', '\u202E', '\u2060');
    fc.assert(
      fc.property(invisible, fc.nat(4), (character, at) => {
        const name = `${'.git'.slice(0, at)}${character}${'.git'.slice(at)}`;
        expect(isTouched(call('cat', `${name}/hooks/x`))).toBe(true);
      }),
    );
  });

  test('through a link of any parent folder, as far as the adapter says where it leads', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PROTECTED), fc.nat(6), (path, cut) => {
        const parts = path.split('/').slice(1);
        const at = Math.min(cut, parts.length - 1);
        const name = ['link', ...parts.slice(at + 1)].join('/');
        expect(touchedTargets(call('cat', name), leads({ [name]: path }), PLACES)).not.toEqual([]);
      }),
    );
  });
});

describe(rules('LOC-090')`more words never make it less`, () => {
  const telling = fc.constantFrom(
    ['cat', '.git/hooks/x'],
    ['airlock', 'unpair'],
    ['git', 'commit', '-n'],
    ['git', 'commit', '--no-verify'],
    ['git', 'config', 'core.editor', 'x'],
    ['git', 'config', '--edit'],
    ['kill', '4711'],
    ['pkill', 'node'],
    ['rm', '-rf', '.git'],
    ['rm', '-rf', '.'],
    ['mv', '.git', 'x'],
    ['mv', '../shop', 'x'],
    ['claude', 'mcp'],
    ['husky', 'install'],
  );
  const word = fc.oneof(
    fc.constantFrom('-x', '--get', '--list', 'get', 'list', '.', '..', '--', '-1', 'user.name', 'a=b', 'git', 'cd', ''),
    fc.string({ maxLength: 6 }),
  );

  test('after them', () => {
    fc.assert(
      fc.property(telling, fc.array(word, { maxLength: 4 }), (words, more) => {
        expect(isTouched(call(...words, ...more))).toBe(true);
      }),
    );
  });

  test('in further commands around them', () => {
    const harmless = fc.constantFrom('true', 'ls -la', 'cd src', 'echo "a b"', 'git status', "printf '%s' x");
    const joint = fc.constantFrom(' && ', '; ', ' | ', '\n', ' || ', ' & ');
    fc.assert(
      fc.property(harmless, joint, telling, joint, harmless, (before, one, words, other, after) => {
        expect(isTouched(line(`${before}${one}${words.join(' ')}${other}${after}`))).toBe(true);
        expect(isTouched(line(`${before}${one}(${words.join(' ')})${other}${after}`))).toBe(true);
        expect(isTouched(line(`sh -c "${before}${one}${words.join(' ')}"`))).toBe(true);
      }),
    );
  });

  test('any text is judged, in time that grows with its length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        expect(Array.isArray(touchedTargets(line(text), null, PLACES))).toBe(true);
      }),
    );
    for (const unit of [
      '{a,b}',
      '*'.repeat(40),
      '$(',
      '"',
      "'",
      '\\',
      '../',
      'x=',
      '[',
      '%2e',
      '\\x2e',
      '`',
      '/*',
      '.*',
    ]) {
      expect(Array.isArray(touchedTargets(line(unit.repeat(2000)), null, PLACES))).toBe(true);
    }
  });
});
