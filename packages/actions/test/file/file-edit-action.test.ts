import { rules } from '@airlock/conformance';
import { sha256Hex } from '@airlock/crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDifference } from '../../src/file/apply-difference.js';
import { type FileEditFacts, fileEditAction } from '../../src/index.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const LATIN1 = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
const FACTS: FileEditFacts = {
  path: '/srv/widgets/src/a.txt',
  before: bytes('a\n'),
  after: bytes('b\n'),
  tool: 'Edit',
  inputJson: '{"file_path":"/srv/widgets/src/a.txt","new_string":"b","old_string":"a"}',
};
const fileOf = (change: Partial<FileEditFacts>) => fileEditAction({ ...FACTS, ...change }).files[0]!;
const lines = (count: number, word: string) => bytes(`${word}\n`.repeat(count));

describe(rules('ART-130', 'ART-140')`the content of a file edit`, () => {
  it('has everything', () => {
    expect(fileEditAction(FACTS)).toEqual({
      kind: 'file-edit',
      actionType: 'file_edit',
      commandText: '/srv/widgets/src/a.txt',
      description: 'Edit a file',
      files: [
        {
          path: '/srv/widgets/src/a.txt',
          preimageSha256: '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7',
          sha256: '0263829989b6fd954f72baaf2fc64bc2e2f01d692d4de72986ea808f6e99813f',
          diff: '@@ -1 +1 @@\n-a\n+b\n',
        },
      ],
      tool: 'Edit',
      inputJson: FACTS.inputJson,
    });
  });

  it('takes a note and a working directory', () => {
    expect(fileEditAction({ ...FACTS, note: 'Fix it', cwd: '/srv/widgets' })).toMatchObject({
      description: 'Fix it',
      extensions: { 'airlock.cwd': '/srv/widgets' },
    });
  });

  it.each([
    ['a new file', { before: null }, { text: 'b\n' }],
    ['a new empty file', { before: null, after: bytes('') }, { text: '' }],
    ['an empty file that is filled', { before: bytes('') }, { diff: '@@ -0,0 +1 @@\n+b\n' }],
    ['nothing changed', { after: FACTS.before! }, { diff: '' }],
    ['no text before', { before: LATIN1 }, { text: 'b\n' }],
    ['a byte order mark that goes', { before: bytes('\ufeffb\n') }, { diff: '@@ -1 +1 @@\n-\ufeffb\n+b\n' }],
    ['a NUL that comes', { after: bytes('a\0\n') }, { diff: '@@ -1 +1 @@\n-a\n+a\0\n' }],
  ])('%s', (_, change, shown) => {
    const { path: __, preimageSha256, sha256, ...rest } = fileOf(change);
    const { before, after } = { ...FACTS, ...change };
    expect(rest).toEqual(shown);
    expect(preimageSha256).toBe(before === null ? undefined : sha256Hex(before));
    expect(sha256).toBe(sha256Hex(after));
  });

  it('shows the complete new content where a diff would be long and longer', () => {
    const [before, after] = [lines(200_000, 'aaaa'), lines(100_000, 'bbbb')];
    expect(fileOf({ before, after })).toMatchObject({ text: 'bbbb\n'.repeat(100_000) });
    expect(fileOf({ before: lines(200_000, 'aaaa'), after: bytes('b\n') })).not.toHaveProperty('diff');
    expect(fileOf({ before: lines(70_000, 'aaaa'), after: lines(10, 'b') })).toHaveProperty('diff');
  });

  it('shows a small change of a large file, and all of it above 16 MiB', () => {
    const large = lines(3 << 20, 'abcd');
    const changed = large.with(7, 0x78);
    expect(fileOf({ before: large, after: changed }).diff).toMatch(/^@@ -1,5 \+1,5 @@\n/);
    const huge = lines((16 << 20) / 4 + 1, 'abc');
    expect(fileOf({ before: huge, after: bytes('b\n') })).toMatchObject({ text: 'b\n' });
  });

  it('binds and shows every change there can be', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\0', 'é'), maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { diff, preimageSha256, sha256 } = fileOf({ before: bytes(before), after: bytes(after) });
        expect(applyDifference(before, diff ?? '')).toBe(after);
        expect([preimageSha256, sha256]).toEqual([sha256Hex(bytes(before)), sha256Hex(bytes(after))]);
      }),
    );
  });
});

describe(rules('ART-130', 'ART-140')`a file edit that cannot be put before a human`, () => {
  it.each([
    ['content that is no text', { after: LATIN1 }, 'content_not_text'],
    ['a new file that is no text', { before: null, after: LATIN1 }, 'content_not_text'],
    ['a relative path', { path: 'src/a.txt' }, 'action_invalid'],
    ['a relative folder', { cwd: 'src' }, 'action_invalid'],
    ['a tool without a name', { tool: '' }, 'action_invalid'],
    ['an input that is no JSON', { inputJson: '{' }, 'action_invalid'],
    ['an input that is no object', { inputJson: '[]' }, 'action_invalid'],
    ['an input in another form', { inputJson: '{"b":1,"a":1}' }, 'action_invalid'],
    ['an input with a member twice', { inputJson: '{"a":1,"a":1}' }, 'action_invalid'],
    ['a new file above the limit', { before: null, after: lines(1 << 20, 'aa') }, 'action_too_large'],
    ['a diff above the limit', { before: bytes('x'), after: lines(1 << 20, 'aa') }, 'action_too_large'],
  ])('%s', (_, change, code) => {
    expect(() => fileOf(change)).toThrow(expect.objectContaining({ code }));
  });
});
