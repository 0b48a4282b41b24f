import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wrapConfig } from '../../src/index.js';

const PROXY = ['/usr/bin/node', '/opt/airlock/main.js', 'mcp', 'proxy'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-prepared-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a repository with a prepared .mcp.json', () => {
  it.each([
    ['words of the proxy behind a program of its own', { command: './evil', args: ['mcp', 'proxy', '--', 'x'] }],
    ['words of the proxy at the end', { command: 'node', args: ['evil.js', 'mcp', 'proxy', '--', 'x'] }],
    ['a proxy of its own', { command: '/usr/bin/node', args: ['/w/main.js', 'mcp', 'proxy', '--', 'x'] }],
    ['a variable of the proxy', { command: './evil', env: { AIRLOCK_WRAPPED: '{}' } }],
    ['our own server', { command: './evil', args: ['mcp', 'serve'] }],
    [
      'another command of ours',
      { command: '/usr/bin/node', args: [...PROXY.slice(1, 2), 'x', 'mcp', 'proxy', '--', 'x'] },
    ],
  ])('does not pass for one that is behind the proxy: %s', (_what, server) => {
    const file = join(folder, '.mcp.json');
    const text = JSON.stringify({ mcpServers: { a: server } });
    writeFileSync(file, text);
    expect(wrapConfig({ file, proxy: PROXY })).toEqual([
      { name: 'a', result: 'left', reason: expect.stringContaining('another program') },
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
