import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { touchedTargets } from '../../src/index.js';
import { PLACES } from './gate.js';

const OWN = 'the own files of the gate';
const HOOKS = 'the hooks of a repository';
const HOST = 'the settings, hooks or plugins of the host';
const MCP = 'the registration of MCP servers';
const RECEIPTS = 'the receipts of the gate';
const HOLDER = 'a folder that holds protected files';
const ID = '1'.repeat(40);

/** Its content names the gate, which is no change of the gate. */
const section = (path: string) =>
  `diff --git a/${path} b/${path}\nindex ${ID}..${'2'.repeat(40)} 100644\n` +
  `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-.claude/settings.json\n+.git/hooks/pre-commit airlock stop\n`;
const touched = (diff: string, refs: readonly string[] = []) =>
  touchedTargets(
    { kind: 'git-commit', repository: 'example.com/airlock/run/airlock', commits: [{ diff }], refs },
    null,
    PLACES,
  );

describe(rules('LOC-090')`a commit touches the gate by the paths that it changes`, () => {
  it.each([
    ['.claude/settings.json', HOST],
    ['sub/.claude/hooks/x.sh', HOST],
    ['.CLAUDE/settings.json', HOST],
    ['.claude', HOLDER],
    ['.mcp.json', MCP],
    ['.airlock/approvers', OWN],
    ['.husky/pre-commit', HOOKS],
    ['.husky/_/husky.sh', HOOKS],
    ['.githooks/pre-push', HOOKS],
    ['lefthook.yml', HOOKS],
    ['.lefthook-local.toml', HOOKS],
    ['.lefthook/pre-commit/x.sh', HOOKS],
    ['.pre-commit-config.yaml', HOOKS],
    ['.simple-git-hooks.cjs', HOOKS],
    ['sub/.git/hooks/pre-commit', HOOKS],
  ])('%s', (path, what) => {
    expect(touched(section('README.md') + section(path))).toEqual([`${what}: ${path}`]);
  });

  it.each([
    ['".cl\\141ude/settings.json"', HOST, '.claude/settings.json'],
    ['"\\056mcp.json"', MCP, '.mcp.json'],
    ['".claude/with blank"', HOST, '.claude/with blank'],
    ['".husky/\\303\\244"', HOOKS, '.husky/ä'],
    ['".husky/\\377"', HOOKS, '.husky/\\377'],
  ])('a name in quotes: %s', (quoted, what, path) => {
    const inner = quoted.slice(1, -1);
    const diff = `diff --git "a/${inner}" "b/${inner}"\nnew file mode 100644\nindex ${'0'.repeat(40)}..${ID}\n`;
    expect(touched(diff)).toEqual([`${what}: ${path}`]);
  });

  it('by both names of a renamed file', () => {
    const rename = (from: string, to: string) =>
      `diff --git a/${from} b/${to}\nsimilarity index 100%\nrename from ${from}\nrename to ${to}\nindex ${ID}..${ID} 100644\n`;
    expect(touched(rename('.husky/pre-push', 'old'))).toEqual([`${HOOKS}: .husky/pre-push`]);
    expect(touched(rename('old', '.husky/pre-push'))).toEqual([`${HOOKS}: .husky/pre-push`]);
  });

  it.each([
    'src/airlock/index.ts',
    'src/hooks/pre-commit',
    'docs/.claude.md',
    '.claude/CLAUDE.md',
    'package.json',
    '.github/workflows/ci.yml',
    'b/.gitignore',
  ])('not by %s, whatever its content is', (path) => {
    expect(touched(section(path))).toEqual([]);
  });

  it('by paths of a diff in another form, as widely as its headers can be read', () => {
    expect(touched('--- x/.mcp.json\n').join()).toContain(MCP);
  });

  it('however many paths there are', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => section(`src/${index}`)).join('');
    expect(touched(many)).toEqual([]);
    expect(touched(many + section('.mcp.json'))).toEqual([`${MCP}: .mcp.json`]);
  });
});

describe(rules('LOC-090')`references touch the gate`, () => {
  it.each([
    [`delete refs/notes/airlock at ${ID}`, true],
    [`force refs/notes/AIRLOCK from ${ID} to ${ID}`, true],
    [`create refs/airlock/remotes/origin at ${ID}`, true],
    [`create refs/heads/airlock at ${ID}`, false],
    [`update refs/heads/.claude/settings.json from ${ID} to ${ID}`, false],
    [`create refs/notes/airlock-talk at ${ID}`, false],
  ])('%s: %s', (line, expected) => {
    expect(touched('', [line])).toEqual(expected ? [`${RECEIPTS}: ${line}`] : []);
  });
});
