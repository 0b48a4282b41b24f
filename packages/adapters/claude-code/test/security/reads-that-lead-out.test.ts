import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch } from '../support/files.js';

/** What policy is told that a call reads; undefined: it is asked. */
async function readsOf(tool: string, input: object, cwd: string) {
  const desk = new ScriptedDesk();
  await send(desk, toolEventOf(tool, input, { cwd }));
  return desk.described[0]?.facts?.reads;
}

describe(rules('LOC-045', 'INV-23')`a repository makes a read inside the workspace one outside`, () => {
  test('.. behind a link, which a host that shortens paths takes for another folder', async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, 'a', 'b', 'c'), { recursive: true });
    symlinkSync(join(cwd, 'a', 'b', 'c'), join(cwd, 'link'));
    const out = `${cwd}/link/../../secret`;
    expect(await readsOf('LS', { path: out }, cwd)).toBeUndefined();
    expect(await readsOf('Glob', { pattern: '*', path: 'link/../..' }, cwd)).toBeUndefined();
    expect(await readsOf('Read', { file_path: out }, cwd)).toBeUndefined();
    expect(await readsOf('LS', { path: `${cwd}/a..b/..c/d..` }, cwd)).toEqual([`${cwd}/a..b/..c/d..`]);
  });

  test('white space that the host takes away, and a link under the name without it', async () => {
    const cwd = scratch();
    symlinkSync('/etc', join(cwd, 'link'));
    writeFileSync(join(cwd, 'link '), '');
    for (const path of [`${cwd}/link `, ` ${cwd}/link`, `${cwd}/link\n`, 'link\u00a0']) {
      expect(await readsOf('LS', { path }, cwd)).toBeUndefined();
      expect(await readsOf('Grep', { pattern: 'x', path }, cwd)).toBeUndefined();
    }
    expect(await readsOf('LS', { path: 'link' }, cwd)).toEqual(['/etc']);
  });

  it.each(['.{.,x}/*', '{x,.}./*', '.{,x}./*', '\\.\\./*', '@(.|x)./*', '.[.]./*', '{\\/etc,a}/*'])(
    'a pattern that becomes ..: %s',
    async (pattern) => {
      expect(await readsOf('Glob', { pattern }, scratch())).toBeUndefined();
    },
  );

  it.each(['**/*.ts', 'src/*.{ts,tsx}', '.github/**', '[ab]*.md', 'a?b'])(
    'ordinary patterns pass: %s',
    async (pattern) => {
      const cwd = scratch();
      expect(await readsOf('Glob', { pattern }, cwd)).toEqual([cwd]);
    },
  );

  it.each(['channel', 'q'])(
    'a search that only other builds of the host send somewhere: ListAgents with %s',
    async (member) => {
      expect(await readsOf('ListAgents', { cursor: 'c' }, scratch())).toEqual([]);
      expect(await readsOf('ListAgents', { [member]: 'what the agent knows' }, scratch())).toBeUndefined();
    },
  );
});
