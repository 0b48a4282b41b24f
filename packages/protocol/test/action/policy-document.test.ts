import { rules } from '@airlock/conformance';
import { canonicalize, type PolicyDocument, policyDocumentSchema, readPolicyDocument } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const HASH = 'a'.repeat(64);
const FILE = { path: '/usr/bin/npm', device: '2049', inode: '131', sha256: HASH };
const PATTERN = {
  text: 'npm test',
  cwd: '/home/a/project',
  shell: '/usr/bin/bash',
  program: FILE,
  interpreters: [{ ...FILE, path: '/usr/bin/node' }],
  configuration: [{ name: 'package.json scripts', sha256: HASH }],
  environmentSha256: HASH,
};
const TOOL = { server: 'search', serverSha256: HASH, tool: 'query', definitionSha256: 'b'.repeat(64) };
const FULL = {
  version: 1_795_305_600,
  auto: { until: '2026-11-22T06:00:00.000Z' },
  failOpen: { until: '2026-11-22T14:00:00+02:00' },
  patterns: [PATTERN],
  tools: [TOOL],
  gatesOff: ['claude-code', 'run'],
  unmanaged: ['/home/a/tmp', '/'],
  requirements: ['ask-reads', 'harp-decision', 'verified-pairing'],
};

const read = (value: unknown) => readPolicyDocument(canonicalize(value));
const withMember = (name: string, value: unknown) => ({ ...FULL, [name]: value });
const withPattern = (name: string, value: unknown) => withMember('patterns', [{ ...PATTERN, [name]: value }]);
const withTool = (name: string, value: unknown) => withMember('tools', [{ ...TOOL, [name]: value }]);
const times = (count: number, item: (index: number) => unknown) => Array.from({ length: count }, (_, at) => item(at));
const without = (object: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

describe(rules('LOC-082')`a policy document`, () => {
  test('with everything is read as it is', () => {
    expect(read(FULL)).toEqual(FULL);
  });

  test.each([
    ['a version of 1', withMember('version', 1)],
    ['only a version', { version: 1 }],
    ['empty lists', { version: 1, patterns: [], gatesOff: [], unmanaged: [], requirements: [] }],
    [
      '100 patterns',
      withMember(
        'patterns',
        times(100, () => PATTERN),
      ),
    ],
    [
      '100 unmanaged folders',
      withMember(
        'unmanaged',
        times(100, (at) => `/${at}`),
      ),
    ],
    [
      '16 gates',
      withMember(
        'gatesOff',
        times(16, (at) => `g${at}`),
      ),
    ],
    [
      '100 tools',
      withMember(
        'tools',
        times(100, () => TOOL),
      ),
    ],
    ['no tools', withMember('tools', [])],
    ['a server with a name of 200 characters', withTool('server', 'x'.repeat(200))],
    ['a tool with a name of 200 characters', withTool('tool', 'x'.repeat(200))],
    ['names in any script', withMember('tools', [{ ...TOOL, server: 'süchen', tool: '検索' }])],
    ['a gate of 32 characters', withMember('gatesOff', ['g'.repeat(32)])],
    ['a path of 4,096 characters', withMember('unmanaged', [`/${'x'.repeat(4095)}`])],
    ['a pattern without a shell', withMember('patterns', [without(PATTERN, 'shell')])],
    ['a pattern of a builtin', withMember('patterns', [without(PATTERN, 'program')])],
    ['a pattern without interpreters', withMember('patterns', [without(PATTERN, 'interpreters')])],
    ['a pattern of 4,096 characters', withPattern('text', 'x'.repeat(4096))],
    ['a pattern without configuration', withPattern('configuration', [])],
    [
      '64 pieces of configuration',
      withPattern(
        'configuration',
        times(64, (at) => ({ name: `${at}`, sha256: HASH })),
      ),
    ],
    [
      '8 interpreters',
      withPattern(
        'interpreters',
        times(8, () => FILE),
      ),
    ],
    ['an inode of 20 digits', withPattern('program', { ...FILE, inode: '9'.repeat(20) })],
    ['a device of 0', withPattern('program', { ...FILE, device: '0' })],
  ])('%s is read', (_, value) => {
    expect(read(value)).toEqual(value);
  });

  const refused: readonly [string, unknown][] = [
    ['no version', without(FULL, 'version')],
    ['version 0', withMember('version', 0)],
    ['a negative version', withMember('version', -1)],
    ['a version as text', withMember('version', '1')],
    ['a member nobody here understands', withMember('mode', 'open')],
    ['a member in another case', withMember('Patterns', [])],
    ['auto mode as a word', withMember('auto', true)],
    ['auto mode without an end', withMember('auto', {})],
    ['auto mode with an end that is a number', withMember('auto', { until: 1_795_327_200 })],
    ['auto mode with an end that does not exist', withMember('auto', { until: '2026-02-30T00:00:00Z' })],
    ['auto mode with more than an end', withMember('auto', { until: FULL.auto.until, also: 1 })],
    ['fail mode as a word', withMember('failOpen', 'open')],
    ['fail mode without an end', withMember('failOpen', {})],
    ['fail mode with more than an end', withMember('failOpen', { until: FULL.auto.until, scope: 'all' })],
    [
      '101 patterns',
      withMember(
        'patterns',
        times(101, () => PATTERN),
      ),
    ],
    [
      '101 unmanaged folders',
      withMember(
        'unmanaged',
        times(101, (at) => `/${at}`),
      ),
    ],
    [
      '17 gates',
      withMember(
        'gatesOff',
        times(17, (at) => `g${at}`),
      ),
    ],
    [
      '4 requirements',
      withMember(
        'requirements',
        times(4, () => 'harp-decision'),
      ),
    ],
    ['a list that is none', withMember('patterns', PATTERN)],
    ['a pattern as text', withMember('patterns', ['npm test'])],
    ['a relative folder', withMember('unmanaged', ['tmp'])],
    ['an empty folder', withMember('unmanaged', [''])],
    ['a folder of 4,097 characters', withMember('unmanaged', [`/${'x'.repeat(4096)}`])],
    ['an empty gate', withMember('gatesOff', [''])],
    ['a gate in upper case', withMember('gatesOff', ['RUN'])],
    ['a gate that starts with a digit', withMember('gatesOff', ['1run'])],
    ['a gate with a space', withMember('gatesOff', ['run '])],
    ['a gate with a line feed', withMember('gatesOff', ['run\n'])],
    ['a gate of 33 characters', withMember('gatesOff', ['g'.repeat(33)])],
    [
      '101 tools',
      withMember(
        'tools',
        times(101, () => TOOL),
      ),
    ],
    ['a tool by its name only', withMember('tools', ['query'])],
    ['a tool with a further member', withTool('arguments', {})],
    ['a tool without its server', withMember('tools', [without(TOOL, 'server')])],
    ['a tool of any server of that name', withMember('tools', [without(TOOL, 'serverSha256')])],
    ['a server without its tool', withMember('tools', [without(TOOL, 'tool')])],
    ['a tool with any definition', withMember('tools', [without(TOOL, 'definitionSha256')])],
    ['a tool with a definition that is no hash', withTool('definitionSha256', '')],
    ['a tool with a hash in upper case', withTool('serverSha256', HASH.toUpperCase())],
    ['a server without a name', withTool('server', '')],
    ['a tool without a name', withTool('tool', '')],
    ['a server with a name of 201 characters', withTool('server', 'x'.repeat(201))],
    ['a tool with a name of 201 characters', withTool('tool', 'x'.repeat(201))],
    ['a list of tools for one', withTool('tool', ['query', 'other'])],
    ['an unknown requirement', withMember('requirements', ['passphrase'])],
    ['a pattern with a further member', withPattern('regex', true)],
    ['an empty pattern', withPattern('text', '')],
    ['a pattern of 4,097 characters', withPattern('text', 'x'.repeat(4097))],
    ['a pattern in a relative folder', withPattern('cwd', 'project')],
    ['a pattern of a shell by name', withPattern('shell', 'bash')],
    ['a program by its path only', withPattern('program', '/usr/bin/npm')],
    ['a program with a relative path', withPattern('program', { ...FILE, path: 'npm' })],
    ['a program with a further member', withPattern('program', { ...FILE, mtime: '1' })],
    ['a program without its hash', withPattern('program', without(FILE, 'sha256'))],
    ['a program with a device as a number', withPattern('program', { ...FILE, device: 2049 })],
    ['a program with a device of 21 digits', withPattern('program', { ...FILE, device: '9'.repeat(21) })],
    ['a program with a device in hexadecimal', withPattern('program', { ...FILE, device: '0x801' })],
    ['a program with a negative inode', withPattern('program', { ...FILE, inode: '-1' })],
    ['a program with an empty inode', withPattern('program', { ...FILE, inode: '' })],
    ['a program with an inode of 21 digits', withPattern('program', { ...FILE, inode: '9'.repeat(21) })],
    ['a program with a hash in upper case', withPattern('program', { ...FILE, sha256: HASH.toUpperCase() })],
    [
      '9 interpreters',
      withPattern(
        'interpreters',
        times(9, () => FILE),
      ),
    ],
    [
      '65 pieces of configuration',
      withPattern(
        'configuration',
        times(65, () => ({ name: 'x', sha256: HASH })),
      ),
    ],
    ['configuration without a name', withPattern('configuration', [{ name: '', sha256: HASH }])],
    ['configuration with a long name', withPattern('configuration', [{ name: 'x'.repeat(4097), sha256: HASH }])],
    ['configuration without a hash', withPattern('configuration', [{ name: 'x' }])],
    ['configuration with a further member', withPattern('configuration', [{ name: 'x', sha256: HASH, also: 1 }])],
    ['a pattern without configuration', withMember('patterns', [without(PATTERN, 'configuration')])],
    ['a pattern without its folder', withMember('patterns', [without(PATTERN, 'cwd')])],
    ['a pattern without its environment', withMember('patterns', [without(PATTERN, 'environmentSha256')])],
    ['an environment that is no hash', withPattern('environmentSha256', 'none')],
  ];
  test.each(refused)('%s is no document', (_, value) => {
    expect(read(value)).toBeNull();
  });

  test.each([
    ['another order of members', '{"version":1,"gatesOff":["run"]}'],
    ['white space', '{"version": 1}'],
    ['a duplicate key', '{"version":1,"version":1}'],
    ['null instead of absence', '{"auto":null,"version":1}'],
    ['a version with a fraction', '{"version":1.0}'],
    ['a version with an exponent', '{"version":1e3}'],
    ['a version beyond 2^53 - 1', '{"version":9007199254740992}'],
    ['an escaped letter', '{"gatesOff":["\\u0072un"],"version":1}'],
    ['a lone surrogate', '{"unmanaged":["/\ud800"],"version":1}'],
    ['a member of the prototype', '{"__proto__":{"version":1}}'],
    ['a byte order mark', '\ufeff{"version":1}'],
    ['a text', '"version"'],
    ['nothing', ''],
  ])('%s is no document', (_, text) => {
    expect(readPolicyDocument(text)).toBeNull();
  });

  test('has exactly these members', () => {
    expect(Object.keys(policyDocumentSchema.shape)).toEqual([
      'version',
      'approverKey',
      'auto',
      'failOpen',
      'patterns',
      'tools',
      'gatesOff',
      'unmanaged',
      'requirements',
    ]);
  });
});

describe(rules('LOC-082', 'INV-19')`reading and writing`, () => {
  const members = fc.subarray(Object.keys(FULL).filter((name) => name !== 'version'));

  test('a document that was read is written as the same text', () => {
    fc.assert(
      fc.property(members, (names) => {
        const document: PolicyDocument | null = read({
          version: 1,
          ...Object.fromEntries(Object.entries(FULL).filter(([name]) => names.includes(name))),
        });
        expect(Object.keys(document!).sort()).toEqual([...names, 'version'].sort());
        expect(readPolicyDocument(canonicalize(document))).toEqual(document);
      }),
    );
  });

  test('a member or a character more is never read as the same document', () => {
    const text = canonicalize(FULL);
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ minLength: 1, maxLength: 3 }), (at, added) => {
        const document = readPolicyDocument(text.slice(0, at) + added + text.slice(at));
        expect(document).not.toEqual(FULL);
      }),
    );
  });
});
