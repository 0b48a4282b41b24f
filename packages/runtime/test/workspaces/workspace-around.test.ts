import { describe, expect, it } from 'vitest';
import { workspaceAround, type WorkspaceStatus } from '../../src/client.js';

const status = (known: Readonly<Record<string, WorkspaceStatus['state']>>) => ({
  workspaces: Object.entries(known).map(([path, state]) => ({ path, state }) as WorkspaceStatus),
});

describe('the workspace around a folder', () => {
  it.each([
    ['the folder itself', { '/a/b': 'paired' }, '/a/b', '/a/b'],
    ['one above it', { '/a': 'paired' }, '/a/b/c', '/a'],
    ['the root', { '/': 'paired' }, '/a/b', '/'],
    ['the root, from the root', { '/': 'paired' }, '/', '/'],
    ['the nearest, listed last', { '/a': 'paired', '/a/b': 'paired' }, '/a/b/c', '/a/b'],
    ['the nearest, listed first', { '/a/b': 'paired', '/a': 'paired' }, '/a/b/c', '/a/b'],
    ['a nearer one that was revoked, not a paired one above', { '/a': 'paired', '/a/b': 'revoked' }, '/a/b', '/a/b'],
    ['one that is being paired', { '/a': 'pairing' }, '/a/b', '/a'],
    ['not one that is unpaired', { '/a': 'paired', '/a/b': 'unpaired' }, '/a/b', '/a'],
    ['none, where the only one is unpaired', { '/a': 'unpaired' }, '/a', null],
    ['none, where only the beginning of the name is the same', { '/a/b': 'paired' }, '/a/bc', null],
    ['none, below the folder', { '/a/b': 'paired' }, '/a', null],
    ['none at all', {}, '/a', null],
  ] as const)('is %s', (_, known, folder, path) => {
    expect(workspaceAround(status(known), folder)?.path ?? null).toBe(path);
  });
});
