import { createHash } from 'node:crypto';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environmentDifferences } from '../../src/facts/environment.js';

const BASELINE = { home: '/home/ada', user: 'ada', shell: '/bin/bash' };
const BARE = { HOME: '/home/ada', USER: 'ada', SHELL: '/bin/bash', PATH: '/usr/bin:/bin' };
const hash = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe(rules('ART-130')`the environment is bound by its differences from a bare login`, () => {
  test('a bare login differs in nothing', () => {
    expect(environmentDifferences({ ...BARE, LOGNAME: 'ada' }, BASELINE)).toEqual({});
  });

  test.each([
    {
      title: 'a loader variable with its value',
      set: { LD_PRELOAD: '/tmp/x.so' },
      expected: { LD_PRELOAD: '=/tmp/x.so' },
    },
    {
      title: 'an interpreter variable with its value',
      set: { NODE_OPTIONS: '-r x' },
      expected: { NODE_OPTIONS: '=-r x' },
    },
    { title: 'a shell function', set: { 'BASH_FUNC_ls%%': '() { :; }' }, expected: { 'BASH_FUNC_ls%%': '=() { :; }' } },
    { title: 'a changed PATH', set: { PATH: '/tmp:/bin' }, expected: { PATH: '=/tmp:/bin' } },
    { title: 'another HOME', set: { HOME: '/tmp' }, expected: { HOME: '=/tmp' } },
    { title: 'anything else by name and hash', set: { TOKEN: 's3cret' }, expected: { TOKEN: hash('s3cret') } },
    { title: 'an empty value', set: { EMPTY: '' }, expected: { EMPTY: hash('') } },
  ])('$title', ({ set, expected }) => {
    expect(environmentDifferences({ ...BARE, ...set }, BASELINE)).toEqual(expected);
  });

  test('what a login would have and this has not is said', () => {
    expect(environmentDifferences({ USER: 'ada', SHELL: '/bin/bash' }, BASELINE)).toEqual({
      HOME: 'unset',
      PATH: 'unset',
    });
  });

  test.each(['A B', 'A"B', 'A<B', 'A&B', 'Ä', '__proto__', `X${'x'.repeat(128)}`])(
    'a name that cannot stand in a canonical document is refused: %s',
    (name) => {
      const environment = Object.assign(Object.create(null), BARE);
      Object.defineProperty(environment, name, { value: '1', enumerable: true });
      expect(() => environmentDifferences(environment, BASELINE)).toThrow(
        expect.objectContaining({ code: 'environment_not_bindable' }),
      );
    },
  );

  test('two environments never share a description', () => {
    const name = fc.constantFrom('A', 'B', 'LD_PRELOAD', 'PATH', 'HOME', 'PYTHONPATH');
    const environment = fc.dictionary(name, fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(environment, environment, (one, other) => {
        const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
        const described = (each: Record<string, string>) => JSON.stringify(environmentDifferences(each, BASELINE));
        expect(described(one) === described(other)).toBe(same);
      }),
    );
  });
});
