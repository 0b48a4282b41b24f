import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { McpTarget } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeFs } from '../../src/files/fs-port.js';
import { integrityWithKey } from '../../src/files/integrity.js';
import { type KnownToolsContent, KnownToolsFile } from '../../src/tools/known-tools-file.js';
import { KnownTools } from '../../src/tools/known-tools.js';
import { faultyFs, ioError } from '../support/faulty-fs.js';
import { temporaryFolder } from '../support/temporary.js';

const hash = (digit: string) => digit.repeat(64) as never;
const WS = 'ws-1';
const QUERY: McpTarget = {
  server: 'search',
  method: 'tools/call',
  tool: 'query',
  serverSha256: hash('1'),
  definitionSha256: hash('2'),
};

interface Place {
  readonly path: string;
  readonly failures: unknown[];
  /** What a daemon that starts now knows. */
  readonly open: (over?: { readonly key?: string; readonly fs?: typeof nodeFs }) => KnownTools;
}

function place(): Place {
  const path = join(temporaryFolder(), 'known-tools.json');
  const failures: unknown[] = [];
  const open: Place['open'] = ({ key = 'k', fs = nodeFs } = {}) => {
    const integrity = integrityWithKey(Buffer.alloc(32, key));
    const file = new KnownToolsFile({ file: path, integrity, fs });
    return new KnownTools({ file, onFailure: (cause) => failures.push(cause) });
  };
  return { path, failures, open };
}

describe(rules('ART-145')`what the last approved call of a tool went to`, () => {
  it('is nothing at first, and nothing has changed', () => {
    const { open, path, failures } = place();
    const tools = open();
    expect(tools.hasChanged(WS, QUERY)).toBe(false);
    expect(tools.lastApproved(WS, QUERY)).toBe(null);
    expect([existsSync(path), failures]).toEqual([false, []]);
  });

  it.each<[string, Partial<McpTarget>]>([
    ['another server', { serverSha256: hash('9') }],
    ['another definition', { definitionSha256: hash('9') }],
    ['both', { serverSha256: hash('9'), definitionSha256: hash('9') }],
    ['a definition that nobody saw', { definitionSha256: null }],
    ['a server that nobody knows', { serverSha256: null }],
    ['the two hashes the other way round', { serverSha256: hash('2'), definitionSha256: hash('1') }],
  ])('%s has changed until that is approved, over a restart too', (_, change) => {
    const { open } = place();
    const tools = open();
    tools.approved(WS, QUERY, 'shown');
    const other = { ...QUERY, ...change };
    for (const known of [tools, open()]) {
      expect([known.hasChanged(WS, QUERY), known.hasChanged(WS, other)]).toEqual([false, true]);
      expect(known.lastApproved(WS, QUERY)).toEqual({
        serverSha256: hash('1'),
        definitionSha256: hash('2'),
        isShown: true,
      });
    }
    tools.approved(WS, other, 'shown');
    for (const known of [tools, open()]) {
      expect([known.hasChanged(WS, QUERY), known.hasChanged(WS, other)]).toEqual([true, false]);
    }
  });

  it.each<[string, string, Partial<McpTarget>]>([
    ['another workspace', 'ws-2', {}],
    ['a server of another name', WS, { server: 'search2' }],
    ['another tool', WS, { tool: 'write' }],
    ['another method', WS, { method: 'resources/read' }],
    ['names cut elsewhere', WS, { server: 'searchquery', tool: '' }],
  ])('says nothing about %s', (_, workspaceId, change) => {
    const { open } = place();
    const tools = open();
    tools.approved(WS, QUERY, 'shown');
    const other = { ...QUERY, ...change, definitionSha256: hash('9') };
    expect(tools.hasChanged(workspaceId, other)).toBe(false);
    expect(tools.lastApproved(workspaceId, other)).toBe(null);
  });

  it('is kept as hashes, for this user only, and written when it is another one', () => {
    const { open, path } = place();
    const fs = faultyFs();
    const tools = open({ fs });
    tools.approved(WS, QUERY, 'shown');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    for (const name of ['search', 'query', WS]) expect(text).not.toContain(name);
    const { calls } = fs;
    tools.approved(WS, QUERY, 'shown');
    expect([fs.calls, readFileSync(path, 'utf8')]).toEqual([calls, text]);
    tools.approved(WS, { ...QUERY, definitionSha256: null }, 'shown');
    expect(fs.calls).toBeGreaterThan(calls);
  });

  it('is that of the last approval, whatever was approved in between', () => {
    const names = fc.constantFrom('a', 'b');
    const hashes = fc.constantFrom(hash('1'), hash('2'), null);
    const target = fc.record({
      server: names,
      method: fc.constantFrom('tools/call', 'prompts/get'),
      tool: names,
      serverSha256: hashes,
      definitionSha256: hashes,
    }) as fc.Arbitrary<McpTarget>;
    const entry = fc.tuple(fc.constantFrom('ws-1', 'ws-2'), target);
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), entry, (approved, [workspaceId, call]) => {
        const tools = new KnownTools({ file: memoryFile(), onFailure: () => undefined });
        for (const [where, which] of approved) tools.approved(where, which, 'shown');
        const isNamed = (where: string, which: McpTarget) =>
          where === workspaceId &&
          which.server === call.server &&
          which.method === call.method &&
          which.tool === call.tool;
        const last = approved.findLast(([where, which]) => isNamed(where, which))?.[1];
        const isSame = last?.serverSha256 === call.serverSha256 && last.definitionSha256 === call.definitionSha256;
        expect(tools.hasChanged(workspaceId, call)).toBe(last !== undefined && !isSame);
      }),
    );
  });

  it.each<[string, readonly ['shown' | 'handed-over', Partial<McpTarget>][], boolean]>([
    ['nobody, by the call of a host', [['handed-over', {}]], false],
    ['whoever approved its own card', [['shown', {}]], true],
    [
      'whoever approved its own card later',
      [
        ['handed-over', {}],
        ['shown', {}],
      ],
      true,
    ],
    [
      'whoever approved its own card before',
      [
        ['shown', {}],
        ['handed-over', {}],
      ],
      true,
    ],
    [
      'nobody, where it was another one before',
      [
        ['shown', { serverSha256: hash('9') }],
        ['handed-over', {}],
      ],
      false,
    ],
  ])('was seen by %s', (_, approvals, isShown) => {
    const { open } = place();
    const tools = open();
    for (const [how, change] of approvals) tools.approved(WS, { ...QUERY, ...change }, how);
    for (const known of [tools, open()]) {
      expect(known.lastApproved(WS, QUERY)?.isShown).toBe(isShown);
      expect(known.hasChanged(WS, QUERY)).toBe(false);
    }
  });

  it('is forgotten from the thousand and first on, the longest unused first, and that is remembered', () => {
    const file = memoryFile();
    const open = () => new KnownTools({ file, onFailure: () => undefined });
    const tools = open();
    const named = (at: number): McpTarget => ({ ...QUERY, tool: `t${at}` });
    for (let at = 0; at < 1000; at += 1) tools.approved(WS, named(at), 'shown');
    expect(tools.hasChanged(WS, named(2000))).toBe(false);
    tools.approved(WS, named(0), 'shown');
    tools.approved(WS, named(1000), 'shown');
    for (const known of [tools, open()]) {
      expect(known.lastApproved(WS, named(1))).toBe(null);
      expect(known.lastApproved(WS, named(0))).not.toBe(null);
      expect([
        known.hasChanged(WS, named(1)),
        known.hasChanged(WS, named(2)),
        known.hasChanged(WS, named(2000)),
      ]).toEqual([true, false, true]);
    }
  });
});

/** A file that nothing goes wrong with, without a disk. */
function memoryFile(): KnownToolsFile {
  let content: KnownToolsContent | null = null;
  const file = new KnownToolsFile({ file: '/nowhere', integrity: integrityWithKey(Buffer.alloc(32)), fs: nodeFs });
  const write = (given: KnownToolsContent) => {
    content = given;
  };
  return Object.assign(file, { read: () => content, write });
}

describe(rules('ENF-180', 'ART-145')`a file that was not written here`, () => {
  const damages: readonly [string, (path: string) => void][] = [
    ['was cut', (path) => writeFileSync(path, readFileSync(path).subarray(0, -20))],
    ['is empty', (path) => writeFileSync(path, '')],
    ['is no JSON', (path) => writeFileSync(path, '{')],
    ['has another hash in it', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace(hash('2'), hash('9')))],
    [
      'lost its seal',
      (path) => writeFileSync(path, JSON.stringify({ json: '{"v":1,"isLost":false,"tools":[]}', mac: '' })),
    ],
    ['can be written by others', (path) => chmodSync(path, 0o666)],
    [
      'is a folder',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ];

  it.each(damages)(
    '%s: everything counts as changed, nothing throws, and what is approved then is known',
    (_, damage) => {
      const { open, path, failures } = place();
      open().approved(WS, QUERY, 'shown');
      damage(path);
      const tools = open();
      expect(failures).toHaveLength(1);
      expect(tools.lastApproved(WS, QUERY)).toBe(null);
      expect(tools.hasChanged(WS, QUERY)).toBe(true);
      tools.approved(WS, QUERY, 'shown');
      expect([tools.hasChanged(WS, QUERY), tools.hasChanged(WS, { ...QUERY, tool: 'other' })]).toEqual([false, true]);
    },
  );

  it('was sealed with another key: the loss is remembered, also by the next start', () => {
    const { open } = place();
    open().approved(WS, QUERY, 'shown');
    open({ key: 'x' }).approved(WS, { ...QUERY, tool: 'other' }, 'shown');
    const tools = open({ key: 'x' });
    expect(tools.hasChanged(WS, { ...QUERY, tool: 'other' })).toBe(false);
    expect(tools.hasChanged(WS, QUERY)).toBe(true);
  });

  it('cannot be kept at all: everything counts as changed until it is approved', () => {
    const failures: unknown[] = [];
    const tools = new KnownTools({ file: null, onFailure: (cause) => failures.push(cause) });
    expect(tools.hasChanged(WS, QUERY)).toBe(true);
    tools.approved(WS, QUERY, 'shown');
    expect([tools.hasChanged(WS, QUERY), failures.length]).toEqual([false, 1]);
  });
});

describe(rules('ENF-180')`a disk that fails`, () => {
  it('at any step blocks nothing: the approval before or the new one is known afterwards, never a third', () => {
    const steps = stepsOfOneWrite();
    expect(steps).toBeGreaterThan(3);
    for (let at = 1; at <= steps; at += 1) {
      const { open, failures } = place();
      open().approved(WS, QUERY, 'shown');
      const fs = faultyFs();
      const tools = open({ fs });
      fs.before = (_name, call) => {
        if (call === fs.calls && call >= at) throw ioError('ENOSPC');
      };
      const changed = { ...QUERY, definitionSha256: hash('9') };
      tools.approved(WS, changed, 'shown');
      expect(failures).toHaveLength(1);
      expect(tools.hasChanged(WS, changed)).toBe(false);
      const after = open();
      expect([after.hasChanged(WS, QUERY), after.hasChanged(WS, changed)].filter(Boolean)).toHaveLength(1);
    }
  });
});

function stepsOfOneWrite(): number {
  const fs = faultyFs();
  const tools = place().open({ fs });
  fs.calls = 0;
  tools.approved(WS, QUERY, 'shown');
  return fs.calls;
}
