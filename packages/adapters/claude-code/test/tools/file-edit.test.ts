import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { EDITS } from '../support/edits.js';
import { scratch, TERMINAL } from '../support/files.js';

const hex = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

async function call(tool: string, input: object, environment: Readonly<Record<string, string>> = TERMINAL) {
  const desk = new ScriptedDesk();
  const answer = await send(desk, toolEventOf(tool, input), { environment });
  const described = desk.described[0];
  return { answer, action: described?.action ?? {}, facts: described?.facts, recheck: described?.recheck };
}

describe(rules('ART-130')`a changed file`, () => {
  it.each(EDITS.filter(({ before }) => before !== ''))(
    'Edit: $name',
    async ({ before, after, all = false, ...edit }) => {
      const path = join(scratch(), 'f.txt');
      if (before !== null) writeFileSync(path, before);
      const { action } = await call('Edit', {
        file_path: path,
        old_string: edit.old,
        new_string: edit.new,
        replace_all: all,
      });
      expect(action).toMatchObject(
        after === null
          ? {
              kind: 'tool',
              tool: 'Edit',
              extensions: before === null ? {} : { 'airlock.file': { path, preimageSha256: hex(before) } },
            }
          : {
              kind: 'file-edit',
              files: [{ path, sha256: hex(after), ...(before === null ? {} : { preimageSha256: hex(before) }) }],
            },
      );
      expect(action['inputJson']).toContain(JSON.stringify(edit.new));
    },
  );

  test('Write: hash before and after, and the difference', async () => {
    const path = join(scratch(), 'f.txt');
    writeFileSync(path, 'a\nb\n');
    const { action } = await call('Write', { file_path: path, content: 'a\nc\n' });
    expect(action['files']).toEqual([
      { path, preimageSha256: hex('a\nb\n'), sha256: hex('a\nc\n'), diff: '@@ -1,2 +1,2 @@\n a\n-b\n+c\n' },
    ]);
  });

  it.each([
    ['a UTF-8 mark', Buffer.from('\ufeffa\n')],
    ['UTF-16', Buffer.from('\ufeffa\n', 'utf16le')],
    ['UTF-16, the other order', Buffer.from([0xfe, 0xff, 0, 0x61])],
  ])('Write over a file with %s: versions differ, so nothing is predicted', async (_name, before) => {
    const path = join(scratch(), 'f.txt');
    writeFileSync(path, before);
    expect((await call('Write', { file_path: path, content: 'x\n' })).action).toMatchObject({ kind: 'tool' });
  });

  it.each([
    ['Write', { content: 'x' }, 'file-edit'],
    ['Edit', { old_string: 'b', new_string: 'x' }, 'tool'],
  ])('%s of a file that is no UTF-8', async (tool, input, kind) => {
    const path = join(scratch(), 'f.txt');
    writeFileSync(path, Buffer.from([0x61, 0x0a, 0xe9, 0x0a, 0x62, 0x0a]));
    expect((await call(tool, { file_path: path, ...input })).action).toMatchObject({ kind });
  });

  it.each([
    ['claude-code_2-1-330_harness', 'file-edit'],
    ['claude-code_2-1-197_harness', 'file-edit'],
    ['claude-code_2-1-250_harness', 'tool'],
    ['claude-code_3-0-1_harness', 'tool'],
  ])('NotebookEdit in %s', async (agent, kind) => {
    const path = join(scratch(), 'n.ipynb');
    writeFileSync(path, '{"cells":[{"cell_type":"markdown","id":"c","metadata":{},"source":"a"}]}\n');
    const input = { notebook_path: path, cell_id: 'c', new_source: 'x' };
    expect((await call('NotebookEdit', input, { ...TERMINAL, AI_AGENT: agent })).action).toMatchObject({ kind });
  });

  const NOTEBOOK = '{"cells":[{"cell_type":"markdown","id":"c","metadata":{},"source":"a"}]}';
  it.each([
    { what: 'a new cell', edit: { edit_mode: 'insert', cell_type: 'code' } },
    { what: 'another type', edit: { cell_type: 'code' } },
    { what: 'a version that keeps or drops the last line feed', before: `${NOTEBOOK}\n`, agent: '2-1-250' },
    { what: 'no notebook', before: 'x' },
  ])('NotebookEdit whose end cannot be told, $what: bound to the file as it is', async (row) => {
    const { edit = {}, before = NOTEBOOK, agent = '2-1-330' } = row;
    const path = join(scratch(), 'n.ipynb');
    writeFileSync(path, before);
    const input = { notebook_path: path, cell_id: 'c', new_source: 'x', ...edit };
    const environment = { ...TERMINAL, AI_AGENT: `claude-code_${agent}_harness` };
    const { action, recheck } = await call('NotebookEdit', input, environment);
    expect(action).toMatchObject({
      kind: 'tool',
      extensions: { 'airlock.cwd': '/', 'airlock.file': { path, preimageSha256: hex(before) } },
    });
    expect(await recheck?.()).toBeNull();
    writeFileSync(path, 'y');
    expect(await recheck?.()).toMatchObject({ code: 'file_changed' });
  });

  it.each(['rel.txt', '~/x', '/a/../b', '/a//b', '/a/', '', 7])(
    'a path that the host does not hand on: %s',
    async (path) => {
      const { action } = await call('Write', { file_path: path, content: 'x' });
      expect(action).toMatchObject({ kind: 'tool', tool: 'Write' });
    },
  );

  test('a link is shown as the file that it leads to, with the name as it was given', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    const { action, facts } = await call('Write', { file_path: join(folder, 'link', 'new.txt'), content: 'x' });
    expect(action['files']).toMatchObject([{ path: join(folder, 'real', 'new.txt'), text: 'x' }]);
    expect(action['inputJson']).toContain(join(folder, 'link', 'new.txt'));
    expect(facts?.targets).toContainEqual({
      name: join(folder, 'link', 'new.txt'),
      paths: [join(folder, 'real', 'new.txt')],
    });
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(path), 'file_unreadable'],
    [
      'a file that is too large',
      (path: string) => writeFileSync(path, Buffer.alloc(8 * 1024 * 1024 + 1)),
      'file_too_large',
    ],
  ])('%s is refused with a code', async (_name, make, code) => {
    const path = join(scratch(), 'f');
    make(path);
    const { answer } = await call('Write', { file_path: path, content: 'x' });
    expect(answer).toMatchObject({ permission: 'deny', exit: 2, reason: expect.stringContaining(code) });
  });
});

describe(rules('INV-18')`the last look at a file`, () => {
  async function written(before: string | null) {
    const path = join(scratch(), 'f.txt');
    if (before !== null) writeFileSync(path, before);
    const { recheck } = await call('Write', { file_path: path, content: 'new' });
    return { path, recheck: async () => await recheck?.() };
  }

  test('nothing happened', async () => {
    const { recheck } = await written('old');
    expect(await recheck()).toBeNull();
    expect(await (await written(null)).recheck()).toBeNull();
  });

  test('other content, no file any more, a file where there was none', async () => {
    const changed = await written('old');
    writeFileSync(changed.path, 'older');
    expect(await changed.recheck()).toMatchObject({ code: 'file_changed' });
    const gone = await written('old');
    unlinkSync(gone.path);
    expect(await gone.recheck()).toMatchObject({ code: 'file_changed' });
    const made = await written(null);
    writeFileSync(made.path, '');
    expect(await made.recheck()).toMatchObject({ code: 'file_changed' });
  });
});
