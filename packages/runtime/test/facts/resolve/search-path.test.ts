import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { FactsError } from '../../../src/facts/errors.js';
import { searchPath } from '../../../src/facts/resolve/search-path.js';
import { file, scratch } from '../scratch.js';

const SCRIPT = '#!/bin/sh\n';

function outcome(name: string, path: string | undefined): string | { code: string } {
  try {
    return searchPath(name, { path: path });
  } catch (error) {
    if (!(error instanceof FactsError)) throw error;
    return { code: error.code };
  }
}

describe(rules('ENF-140')`the program is searched as execvp does, before anybody is asked`, () => {
  const NOT_FOUND = { code: 'command_not_found' };
  const NOT_EXECUTABLE = { code: 'not_executable' };

  function layout() {
    const root = scratch();
    const [one, two] = [join(root, 'one'), join(root, 'two')];
    file(join(one, 'denied'), SCRIPT, 0o644);
    file(join(two, 'denied'), SCRIPT);
    file(join(one, 'both'), SCRIPT);
    file(join(two, 'both'), SCRIPT);
    file(join(one, 'plain'), 'text', 0o644);
    mkdirSync(join(one, 'folder'), { recursive: true });
    symlinkSync('loop', join(one, 'loop'));
    symlinkSync('nowhere', join(one, 'dangling'));
    return { one, two, path: `${one}:${two}:${root}/missing` };
  }

  test.each([
    { title: 'the first match wins', name: 'both', expected: 'one/both' },
    { title: 'a candidate without the execute bit is passed over', name: 'denied', expected: 'two/denied' },
    { title: 'one that nobody can execute cannot be executed', name: 'plain', expected: NOT_EXECUTABLE },
    { title: 'a directory cannot be executed', name: 'folder', expected: NOT_EXECUTABLE },
    { title: 'a link to itself cannot be executed', name: 'loop', expected: NOT_EXECUTABLE },
    { title: 'a dangling link is not found', name: 'dangling', expected: NOT_FOUND },
    { title: 'an unknown name is not found', name: 'no-such-thing', expected: NOT_FOUND },
    { title: 'an empty name is not found', name: '', expected: NOT_FOUND },
    { title: 'case matters', name: 'BOTH', expected: NOT_FOUND },
  ])('$title', ({ name, expected }) => {
    const { one, path } = layout();
    const wanted = typeof expected === 'string' ? join(one, '..', expected) : expected;
    expect(outcome(name, path)).toEqual(wanted);
  });

  test.each([
    { title: 'absolute', name: (one: string) => join(one, 'both'), expected: 'same' },
    { title: 'absolute and missing', name: (one: string) => join(one, 'none'), expected: NOT_FOUND },
    { title: 'below a file', name: (one: string) => join(one, 'both/x'), expected: NOT_FOUND },
    { title: 'not executable', name: (one: string) => join(one, 'plain'), expected: NOT_EXECUTABLE },
    { title: 'a directory', name: (one: string) => `${one}/`, expected: NOT_EXECUTABLE },
  ])('a name with a slash is used as it is: $title', ({ name, expected }) => {
    const { one } = layout();
    expect(outcome(name(one), '/nowhere')).toEqual(expected === 'same' ? name(one) : expected);
  });

  test('what cannot be executed comes with a command that helps; a folder with none', () => {
    const { one } = layout();
    const name = join(one, 'my plain');
    file(name, 'text', 0o644);
    const refusal = (of: string) =>
      expect.objectContaining(of === one ? { fix: undefined } : { fix: `chmod +x '${of}'` });
    expect(() => searchPath(name, { path: '/nowhere' })).toThrow(refusal(name));
    expect(() => searchPath(one, { path: '/nowhere' })).toThrow(refusal(one));
  });

  test('an empty PATH element is the working directory', () => {
    expect(outcome('package.json', ':/nowhere')).toEqual(NOT_EXECUTABLE);
    expect(outcome('package.json', '/nowhere')).toEqual(NOT_FOUND);
  });

  test('without PATH the default of the C library is searched', () => {
    expect(outcome('sh', undefined)).toBe('/bin/sh');
  });

  test('seen from another folder, relative names and elements of PATH are joined to it', () => {
    const { one } = layout();
    const root = join(one, '..');
    expect(searchPath('./one/both', { path: undefined, cwd: root })).toBe(`${root}/./one/both`);
    expect(searchPath('both', { path: 'none:two', cwd: root })).toBe(`${root}/two/both`);
    expect(searchPath('both', { path: '', cwd: one })).toBe(`${one}/./both`);
    expect(searchPath(`${one}/both`, { path: undefined, cwd: '/nowhere' })).toBe(`${one}/both`);
    expect(searchPath('both', { path: one, cwd: '/nowhere' })).toBe(`${one}/both`);
  });
});
