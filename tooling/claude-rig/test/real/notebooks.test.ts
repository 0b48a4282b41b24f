import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedRequest } from '@airlock/approver';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeSite,
  type ClaudeVersion,
  mentions,
  openSite,
  requiresClaude,
  runClaude,
  versionsUnderTest,
} from '../../src/index.js';

const CELLS = [
  { cell_type: 'markdown', id: 'text', metadata: {}, source: ['# Title\n', 'é 😀'] },
  {
    cell_type: 'code',
    execution_count: 3,
    id: 'code',
    metadata: { tags: ['x'] },
    outputs: [{ name: 'stdout', output_type: 'stream', text: ['1\n'] }],
    source: ['a = 1\n', 'print(a)'],
  },
  { cell_type: 'markdown', metadata: {}, source: 'the end' },
];
const notebook = { cells: CELLS, metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 5 };

const replace = { new_source: 'b = 2\nprint("ü $& \\n")\n', edit_mode: 'replace' };
const EDITS = [
  { name: 'a code cell is replaced', input: { ...replace, cell_id: 'code' } },
  { name: 'a code cell is replaced, with its type', input: { ...replace, cell_id: 'code', cell_type: 'code' } },
  { name: 'a text cell is replaced, by default', input: { cell_id: 'text', new_source: 'new' } },
  { name: 'a cell is replaced by its place', input: { ...replace, cell_id: 'cell-2' } },
  { name: 'a cell is emptied', input: { ...replace, cell_id: 'code', new_source: '' } },
  { name: 'a code cell is deleted', input: { cell_id: 'code', new_source: '', edit_mode: 'delete' } },
  { name: 'a cell is deleted by its place', input: { cell_id: 'cell-0', new_source: 'x', edit_mode: 'delete' } },
] as const;

/** How Jupyter writes a notebook, and two others. */
const FORMS = [
  { form: 'one space and a line feed at the end', text: `${JSON.stringify(notebook, null, 1)}\n` },
  { form: 'four spaces', text: JSON.stringify(notebook, null, 4) },
  { form: 'one line', text: JSON.stringify(notebook) },
] as const;

const CASES = EDITS.flatMap((edit) => FORMS.map((form) => ({ ...edit, ...form })));

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe(rules('ART-130', 'ENF-140')`what a notebook holds after NotebookEdit is what the human was shown`, () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'side' });
    site.human.answering = () => 'approve';
  });
  afterAll(() => site?.close());

  /** What the difference that the human was shown makes of a text, by git. */
  function applied(before: string, hunks: string): string {
    const folder = join(site.site.root, 'applied');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'file'), before);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: `--- a/file\n+++ b/file\n${hunks}` });
    return readFileSync(join(folder, 'file'), 'utf8');
  }

  const filesOf = ({ content }: OpenedRequest) =>
    content.kind === 'action' && content.action.kind === 'file-edit' ? content.action.files : [];

  async function run(version: ClaudeVersion) {
    const fileOf = (index: number) => join(site.project.folder, `${version}-${index}.ipynb`);
    for (const [index, { text }] of CASES.entries()) writeFileSync(fileOf(index), text);
    const steps = CASES.flatMap(({ input }, index) => [
      call('Read', { file_path: fileOf(index) }),
      call('NotebookEdit', { notebook_path: fileOf(index), ...input }),
    ]);
    const result = await runClaude(site, { version, mode: 'bypass', steps });
    expect(result.toolResults.filter(({ text, isError }) => isError || text.includes('Airlock ('))).toEqual([]);
    return CASES.map(({ name, form, text }, index) => {
      const path = fileOf(index);
      const shown = result.requests.filter((opened) => mentions(opened, path)).flatMap(filesOf);
      return { name, form, before: text, path, holds: readFileSync(path, 'utf8'), shown };
    });
  }

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test('every case', async () => {
        for (const { name, form, before, path, holds, shown } of await run(version)) {
          const what = `${name} (${form})`;
          expect(holds, what).not.toBe(before);
          const hashes = { preimageSha256: hashOf(before), sha256: hashOf(holds) };
          expect(shown, what).toEqual([{ path, ...hashes, diff: expect.any(String) }]);
          expect(applied(before, shown[0]?.diff ?? ''), what).toBe(holds);
        }
      });
    });
  }
});
