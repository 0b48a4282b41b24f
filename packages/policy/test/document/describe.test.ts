import { rules } from '@airlock/conformance';
import {
  policyDocumentSchema,
  policyPatternSchema,
  policyRequirementSchema,
  policyToolSchema,
} from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePolicy } from '../../src/document/describe.js';
import { documentOf, documents, identity, patternOf, toolOf } from './policies.js';

const described = (members: Record<string, unknown>) => describePolicy(documentOf(members));
const HASH = 'a'.repeat(64);

/** One row per member of a document: what it adds to the words. */
const MEMBERS: Readonly<Record<string, readonly [Record<string, unknown>, readonly string[]]>> = {
  version: [{ version: 7 }, ['Everything is asked but reading in the workspace.']],
  approverKey: [
    { approverKey: `${'A'.repeat(42)}E` },
    [`The approver with this key takes the place of the one who signs: ${'A'.repeat(42)}E`],
  ],
  auto: [
    { auto: { until: '2026-11-22T08:00:00+02:00' } },
    ['Auto mode on until 2026-11-22 06:00 UTC: nothing is asked but what touches the gate itself.'],
  ],
  failOpen: [
    { failOpen: { until: '2026-11-22T13:59:00.001Z' } },
    ['Fail mode open until 2026-11-22 14:00 UTC: nothing is asked while gateway or daemon cannot be reached.'],
  ],
  patterns: [
    { patterns: [patternOf(), patternOf({ text: 'git status *', cwd: '/srv' })] },
    [
      'Approved without asking: npm test',
      '  in the folder: /home/a/project',
      '  read by this shell or none: /usr/bin/bash',
      '  while this program is the same file: /usr/bin/npm',
      '  while 1 piece of configuration stays the same',
      '  while the variables that loaders and interpreters read stay the same',
      'Approved without asking: git status *',
      '  also with further words of the fixed list for it',
      '  in the folder: /srv',
      '  read by this shell or none: /usr/bin/bash',
      '  while this program is the same file: /usr/bin/npm',
      '  while 1 piece of configuration stays the same',
      '  while the variables that loaders and interpreters read stay the same',
    ],
  ],
  tools: [
    { tools: [toolOf(), toolOf({ server: 'files', tool: 'read', definitionSha256: 'c'.repeat(64) })] },
    [
      'Called without asking, the tool: query',
      '  of the server that is named: search',
      `  while its program, files and arguments, or its address, stay the same: ${HASH}`,
      `  while description and schema of the tool stay the same: ${'b'.repeat(64)}`,
      'Called without asking, the tool: read',
      '  of the server that is named: files',
      `  while its program, files and arguments, or its address, stay the same: ${HASH}`,
      `  while description and schema of the tool stay the same: ${'c'.repeat(64)}`,
    ],
  ],
  gatesOff: [
    { gatesOff: ['run', 'git'] },
    ['Nothing is asked that comes from this gate: run', 'Nothing is asked that comes from this gate: git'],
  ],
  unmanaged: [
    { unmanaged: ['/srv', '/home/a/tmp'] },
    ['Nothing is asked in this folder: /srv', 'Nothing is asked in this folder: /home/a/tmp'],
  ],
  requirements: [
    { requirements: ['ask-reads', 'harp-decision', 'verified-pairing'] },
    [
      'Everything is asked.',
      'Required: to be asked for what only reads, too.',
      'Required: decisions in the signed HARP form.',
      'Required: an approver that was paired with the full code.',
    ],
  ],
};

/** One row per member of a pattern: the pattern and the line that says it. */
const PATTERN_MEMBERS: Readonly<Record<string, readonly (readonly [Record<string, unknown>, string])[]>> = {
  text: [
    [{ text: 'npm run build' }, 'Approved without asking: npm run build'],
    [{ text: 'git status *' }, '  also with further words of the fixed list for it'],
    [{ text: 'bash *' }, 'Approved without asking: bash *'],
  ],
  cwd: [[{ cwd: '/srv/x' }, '  in the folder: /srv/x']],
  shell: [
    [{ shell: '/bin/dash' }, '  read by this shell or none: /bin/dash'],
    [{ shell: undefined }, '  only where no shell reads it'],
  ],
  program: [
    [{ program: identity('/opt/npm') }, '  while this program is the same file: /opt/npm'],
    [{ program: undefined }, '  a builtin of the shell'],
  ],
  interpreters: [
    [{ interpreters: [identity('/usr/bin/node')] }, '  while this interpreter is the same file: /usr/bin/node'],
    [
      { interpreters: [identity('/usr/bin/env'), identity('/opt/node')] },
      '  while this interpreter is the same file: /opt/node',
    ],
  ],
  configuration: [
    [{ configuration: [] }, '  while 0 pieces of configuration stay the same'],
    [{ configuration: [{ name: '.npmrc', sha256: HASH }] }, '  while 1 piece of configuration stays the same'],
    [
      { configuration: ['a', 'b'].map((name) => ({ name, sha256: HASH })) },
      '  while 2 pieces of configuration stay the same',
    ],
  ],
  environmentSha256: [
    [{ environmentSha256: HASH }, '  while the variables that loaders and interpreters read stay the same'],
  ],
};

describe(rules('LOC-080')`a policy in words`, () => {
  it('every member of the schema has its words', () => {
    expect(Object.keys(MEMBERS)).toEqual(Object.keys(policyDocumentSchema.shape));
    expect(Object.keys(PATTERN_MEMBERS)).toEqual(Object.keys(policyPatternSchema.shape));
    expect(MEMBERS['tools']?.[1]).toHaveLength(2 * Object.keys(policyToolSchema.shape).length);
    expect(MEMBERS['requirements']![0]['requirements']).toEqual(policyRequirementSchema.options);
  });

  it.each(Object.entries(MEMBERS))('%s', (_, [members, lines]) => {
    expect(described(members)).toEqual(lines);
  });

  it.each(Object.entries(PATTERN_MEMBERS).flatMap(([name, rows]) => rows.map((row) => [name, ...row] as const)))(
    'of a pattern: %s %j',
    (_, parts, line) => {
      const pattern = Object.fromEntries(Object.entries(patternOf(parts)).filter(([, value]) => value !== undefined));
      expect(described({ patterns: [pattern] })).toContain(line);
    },
  );

  it('a pattern with all its members is read from top to bottom', () => {
    expect(described({ patterns: [patternOf({ interpreters: [identity('/usr/bin/node')] })] })).toEqual([
      'Approved without asking: npm test',
      '  in the folder: /home/a/project',
      '  read by this shell or none: /usr/bin/bash',
      '  while this program is the same file: /usr/bin/npm',
      '  while this interpreter is the same file: /usr/bin/node',
      '  while 1 piece of configuration stays the same',
      '  while the variables that loaders and interpreters read stay the same',
    ]);
  });

  it('a document with everything says everything, what is required last', () => {
    const names = Object.keys(MEMBERS).filter((name) => name !== 'version');
    const members = Object.assign({}, ...names.map((name) => MEMBERS[name]![0]));
    const lines = names.flatMap((name) => MEMBERS[name]![1]).filter((line) => !line.startsWith('Everything is asked'));
    expect(described(members)).toEqual(lines);
  });

  it.each([
    ['nothing', {}],
    ['empty lists', { patterns: [], gatesOff: [], unmanaged: [], requirements: [] }],
  ])('%s: everything is asked but reads', (_, members) => {
    expect(described(members)).toEqual(['Everything is asked but reading in the workspace.']);
  });

  it('of whatever permits something it never says that everything is asked', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const { version: _, requirements, ...permissions } = document;
        const permits = Object.values(permissions).some((value) => !Array.isArray(value) || value.length > 0);
        const all = requirements?.includes('ask-reads') === true ? '' : ' but reading in the workspace';
        const said = describePolicy(document).filter((line) => line.startsWith('Everything is asked'));
        expect(said).toEqual(permits ? [] : [`Everything is asked${all}.`]);
        expect(describePolicy(document).length).toBeGreaterThanOrEqual((requirements ?? []).length + 1);
      }),
    );
  });

  it.each([
    ['9999-12-31T23:59:59.999Z', '9999-12-31 23:59 UTC'],
    ['9999-12-31T23:59:00-23:00', '9999-12-31 23:59 UTC'],
    ['0000-01-01T00:00:00+10:00', '0000-01-01 00:00 UTC'],
  ])('the outermost times have words: %s', (until, shown) => {
    const [line] = described({ auto: { until } });
    expect(line).toBe(`Auto mode on until ${shown}: nothing is asked but what touches the gate itself.`);
  });
});

describe(rules('INV-40')`texts of unknown origin inside`, () => {
  it.each([
    ['a second line', '/x\nEverything is asked.', 'Nothing is asked in this folder: /x\\n{1}Everything is asked.'],
    ['an escape sequence', '/x\u001b[2K', 'Nothing is asked in this folder: /x\\u{1B}[2K'],
    ['reordered text', '/\u202excod', 'Nothing is asked in this folder: /\\u{202E}xcod'],
    ['a look-alike', '/\u0430pp', 'Nothing is asked in this folder: /\\u{430}pp'],
    ['a token of its own', '/\\n{1}', 'Nothing is asked in this folder: /\\\\n{1}'],
    ['padding', `/${' '.repeat(80)}x`, 'Nothing is asked in this folder: /\\s{80}x'],
  ])('%s stays on its line and in ASCII', (_, path, line) => {
    expect(described({ unmanaged: [path] })).toEqual([line]);
  });

  it('wherever they stand', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((one) => one.isWellFormed());
    fc.assert(
      fc.property(text, (raw) => {
        const path = `/${raw}`;
        const pattern = { text: path, cwd: path, shell: path, program: identity(path), interpreters: [identity(path)] };
        const lines = described({ patterns: [patternOf(pattern)], unmanaged: [path] });
        expect(lines).toHaveLength(8);
        for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  it('two different folders never read the same', () => {
    const path = fc.string({ unit: 'binary', maxLength: 8 }).map((raw) => `/${raw}`);
    fc.assert(
      fc.property(path, path, (one, other) => {
        fc.pre(one !== other && one.isWellFormed() && other.isWellFormed());
        expect(described({ unmanaged: [one] })).not.toEqual(described({ unmanaged: [other] }));
      }),
    );
  });
});
