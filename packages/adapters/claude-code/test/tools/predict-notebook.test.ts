import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { predictNotebook } from '../../src/tools/predict-notebook.js';

const CODE = {
  cell_type: 'code',
  execution_count: 3,
  id: 'c1',
  metadata: {},
  outputs: [{ name: 'stdout', output_type: 'stream', text: ['1\n'] }],
  source: ['print(1)\n', 'x'],
};
const MARKDOWN = { cell_type: 'markdown', id: 'c2', metadata: {}, source: 'hello' };
const REST = { metadata: { a: 1 }, nbformat: 4, nbformat_minor: 5 };
const BEFORE = JSON.stringify({ cells: [CODE, MARKDOWN], ...REST }, null, 2);

function notebook(...cells: readonly object[]): string {
  return JSON.stringify({ cells, ...REST }, null, 1);
}

const RUN_ANEW = { ...CODE, execution_count: null, outputs: [], source: 'q' };
const replace = { newSource: 'q', cellType: undefined, mode: 'replace' } as const;

describe(rules('ART-130')`what a notebook holds after NotebookEdit`, () => {
  it.each([
    { name: 'a code cell loses its outputs', edit: { ...replace, cellId: 'c1' }, after: notebook(RUN_ANEW, MARKDOWN) },
    {
      name: 'a markdown cell',
      edit: { ...replace, cellId: 'c2' },
      after: notebook(CODE, { ...MARKDOWN, source: 'q' }),
    },
    {
      name: 'by its place',
      edit: { ...replace, cellId: 'cell-1' },
      after: notebook(CODE, { ...MARKDOWN, source: 'q' }),
    },
    {
      name: 'the type it has',
      edit: { ...replace, cellId: 'c1', cellType: 'code' },
      after: notebook(RUN_ANEW, MARKDOWN),
    },
    { name: 'another type', edit: { ...replace, cellId: 'c1', cellType: 'markdown' }, after: null },
    { name: 'deleted', edit: { ...replace, cellId: 'c2', mode: 'delete' } as const, after: notebook(CODE) },
    { name: 'no such cell', edit: { ...replace, cellId: 'c3' }, after: null },
    { name: 'no such place', edit: { ...replace, cellId: 'cell-2' }, after: null },
  ])('$name', ({ edit, after }) => {
    expect(predictNotebook(BEFORE, edit, true)).toBe(after);
    expect(predictNotebook(BEFORE, edit, null)).toBe(after);
  });

  test('a line feed at the end stays or goes with the version of the host, and is not guessed', () => {
    const edit = { ...replace, cellId: 'c1' };
    expect(predictNotebook(`${BEFORE}\n`, edit, true)).toBe(`${notebook(RUN_ANEW, MARKDOWN)}\n`);
    expect(predictNotebook(`${BEFORE}\n`, edit, false)).toBe(notebook(RUN_ANEW, MARKDOWN));
    expect(predictNotebook(`${BEFORE}\n`, edit, null)).toBeNull();
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no cells', '{}'],
    ['carriage returns', `${BEFORE}\r\n`],
    ['one id twice', notebook(CODE, { ...MARKDOWN, id: 'c1' })],
    ['a raw cell', notebook({ ...CODE, cell_type: 'raw' })],
  ])('%s: not predicted', (_name, before) => {
    expect(predictNotebook(before, { ...replace, cellId: 'c1' }, true)).toBeNull();
  });
});
