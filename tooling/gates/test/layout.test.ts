import { describe, expect, it } from 'vitest';
import { judgeChangesets, judgeRoot } from '../src/layout.js';

describe('the top level', () => {
  it('holds the known entries and dot-files', () => {
    expect(judgeRoot(['package.json', 'packages', '.oxlintrc.json', 'README.md'])).toEqual([]);
  });

  it('refuses anything else', () => {
    expect(judgeRoot(['knip.json', 'src'])).toHaveLength(2);
  });
});

describe('changesets', () => {
  const versions = new Map([['@airlock/x', '0.0.0']]);
  const changeset = (text: string) => [{ file: '.changeset/a.md', text }];

  it('announce every new package', () => {
    expect(judgeChangesets(changeset("---\n'@airlock/x': minor\n---\n\nFirst.\n"), versions)).toEqual([]);
  });

  it.each([
    ['no changeset for a new package', [], ['@airlock/x is new and no changeset announces it']],
    [
      'a package that does not exist',
      changeset("---\n'@airlock/x': minor\n'@airlock/y': patch\n---\n\nFirst.\n"),
      ['.changeset/a.md names @airlock/y, which is no package of this workspace'],
    ],
    ['no text', changeset("---\n'@airlock/x': minor\n---\n\n"), ['.changeset/a.md does not say what changed']],
    [
      'an unknown bump',
      changeset("---\n'@airlock/x': huge\n---\n\nFirst.\n"),
      [
        '.changeset/a.md names no package with major, minor or patch',
        '@airlock/x is new and no changeset announces it',
      ],
    ],
  ])('fail on %s', (_what, files, findings) => {
    expect(judgeChangesets(files, versions)).toEqual(findings);
  });

  it('are not needed any more for a package that was released', () => {
    expect(judgeChangesets([], new Map([['@airlock/x', '0.1.0']]))).toEqual([]);
  });
});
