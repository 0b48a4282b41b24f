import { rules } from '@airlock/conformance';
import { airlockActionSchema } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DisplayCard, displayCard, type PairingView, unrender } from '../../src/index.js';
import { PLAINTEXTS } from '../plaintext/vectors.js';

const PAIRING: PairingView = {
  enforcerLabel: 'Airlock',
  workspaceName: 'widgets',
  assurance: 'verified',
  capabilities: [],
};
const parse = (value: unknown) => airlockActionSchema.parse(value);
const shownValues = (card: DisplayCard) =>
  [...card.computed, ...card.claimed].flatMap(({ values }) => values.map(({ text }) => unrender(text)));
const cardOf = (value: any, pairing = PAIRING) => displayCard(parse(value), pairing);
const EXAMPLE = PLAINTEXTS[0]!.value;

/** The value with one leaf changed, for every leaf, with the path of that leaf. */
function variants(value: any): { readonly path: string; readonly changed: any }[] {
  if (typeof value === 'string')
    return [{ path: '', changed: `${value.slice(0, -1)}${value.endsWith('1') ? '2' : '1'}` }];
  if (typeof value === 'number') return [{ path: '', changed: value + 1 }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    variants(member).map(({ path, changed }) => ({
      path: `${name}.${path}`,
      changed: Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed },
    })),
  );
}

describe(rules('INV-16', 'APPR-170')`a card`, () => {
  it.each(PLAINTEXTS.map((vector) => [vector.id, vector] as const))(
    'shows everything that is hashed, so that no change of it goes unseen: %s',
    (_, { value }) => {
      const full = { ...value, notices: ['same-host'], extensions: { other: { deep: ['x'] } } };
      const environment = value.kind === 'command' ? { environment: { PATH: '=/opt/bin' } } : {};
      const base = { ...full, ...environment };
      const card = JSON.stringify(cardOf(base));
      const changes = variants(base).filter(({ changed }) => airlockActionSchema.safeParse(changed).success);
      for (const { path, changed } of changes) expect(JSON.stringify(cardOf(changed)), path).not.toBe(card);
      expect(changes.length).toBeGreaterThan(15);
    },
  );

  it('shows names too', () => {
    const shown = shownValues(
      cardOf({ ...EXAMPLE, environment: { LD_PRELOAD: '=/x.so' }, extensions: { 'org.x': 1 } }),
    );
    expect(shown).toContain('LD_PRELOAD=/x.so');
    expect(shown).toContain('org.x');
  });

  it('names what runs first and last, and the long environment at the end of the facts', () => {
    const environment = {
      PATH: '=/opt/bin',
      TOKEN: `sha256:${'ab'.repeat(32)}`,
      USER: 'unset',
      'A=B': '=c',
      ODD: 'value',
    };
    const { computed, essence } = cardOf({ ...EXAMPLE, shell: undefined, environment });
    const facts = ['Arguments', 'Working directory', 'Program', 'Program SHA-256'];
    expect(essence.map(({ label }) => label)).toEqual(facts);
    expect(computed.slice(0, facts.length)).toEqual(essence);
    const rest = computed.slice(facts.length).map(({ label, values }) => [label, values.map(({ text }) => text)]);
    expect(rest.map(([label]) => label)).toContain('Standard input');
    expect(rest.slice(-4)).toEqual([
      ['Environment differences in another form', ['{"name":"A=B","value":"=c"}', '{"name":"ODD","value":"value"}']],
      ['Environment variables that are not set', ['USER']],
      ['Environment differences by value', ['PATH=/opt/bin']],
      ['Environment differences by SHA-256 of the value', [`TOKEN sha256:${'ab'.repeat(32)}`]],
    ]);
  });

  it('shows different environments differently, whatever the names and values are', () => {
    const variables = fc.dictionary(fc.stringMatching(/^[A=b ]{1,4}$/), fc.stringMatching(/^[=A b]{0,4}$|^unset$/));
    fc.assert(
      fc.property(variables, variables, (one, other) => {
        fc.pre(JSON.stringify(Object.entries(one).sort()) !== JSON.stringify(Object.entries(other).sort()));
        expect(cardOf({ ...EXAMPLE, environment: one })).not.toEqual(cardOf({ ...EXAMPLE, environment: other }));
      }),
    );
  });

  it('is a function of the plaintext and the own record only, and differs when they do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (one, other) => {
        fc.pre(one !== other);
        const first = cardOf({ ...EXAMPLE, argv: ['npm', one] });
        expect(first).toEqual(cardOf({ ...EXAMPLE, argv: ['npm', one] }));
        expect(first).not.toEqual(cardOf({ ...EXAMPLE, argv: ['npm', other] }));
      }),
    );
  });

  it('shows each argument on its own, so that edges are visible', () => {
    const card = cardOf({ ...EXAMPLE, argv: ['git ', 'status', ''] });
    const field = card.computed.find(({ label }) => label === 'Arguments');
    expect(field).toMatchObject({ shape: 'list', values: [{ text: 'git\\s{1}' }, { text: 'status' }, { text: '' }] });
  });

  it('shows interpreters of a script as path and hash', () => {
    const extensions = { 'airlock.interpreters': [{ path: '/usr/bin/env', sha256: 'ab'.repeat(32) }] };
    const field = cardOf({ ...EXAMPLE, extensions }).computed.find(({ label }) => label.startsWith('Interpreters'));
    expect(field?.values.map(({ text }) => text)).toEqual([`/usr/bin/env ${'ab'.repeat(32)}`]);
  });

  it('shows unknown extensions and interpreters of another form whole', () => {
    const extensions = { 'airlock.interpreters': [{ path: 1 }, 'x'], other: { deep: ['y'] } };
    const shown = shownValues(cardOf({ ...EXAMPLE, extensions })).join('\n');
    expect(shown).toContain('{"value":[{"path":1},"x"]}');
    expect(shown).toContain('{"value":{"deep":["y"]}}');
  });
});

describe(rules('APPR-180')`who says what`, () => {
  it('the origin is the approver’s own record, whatever the action claims', () => {
    const card = cardOf({ ...EXAMPLE, workspace: 'production-readonly', source: 'trusted' });
    expect(card.origin).toMatchObject({
      enforcerLabel: { text: 'Airlock' },
      workspace: { text: 'widgets' },
      assurance: 'verified',
      warnings: [],
    });
    expect(card.computed.find(({ label }) => label.startsWith('Workspace (as'))?.values[0]?.text).toBe(
      'production-readonly',
    );
  });

  it('claims stand apart from facts', () => {
    const card = cardOf({ ...EXAMPLE, description: 'harmless', shell: undefined });
    expect(card.claimed.map(({ label }) => label)).toEqual(['Command as text', 'Action type', 'Description']);
    expect(card.computed.flatMap(({ values }) => values).map(({ text }) => text)).not.toContain('harmless');
  });
});

describe(rules('PAIR-225', 'ART-145')`warnings and notices`, () => {
  it('of the pairing', () => {
    const pairing: PairingView = {
      ...PAIRING,
      assurance: 'gateway-trusted',
      capabilities: ['unprotected-key', 'same-host'],
    };
    expect(cardOf(EXAMPLE, pairing).origin.warnings).toHaveLength(3);
  });

  it('of the action in our words, an unknown one by its name', () => {
    const notices = ['command-approved', 'content-not-shown', 'new\u202ething', 'recovery-used'].sort();
    const shown = cardOf({ ...EXAMPLE, notices }).notices;
    expect(shown).toHaveLength(4);
    expect(shown.join('\n')).toContain('Unknown notice: new\\u{202E}thing');
    expect(shown.join('\n')).toContain('Content not shown');
  });
});

describe('marks and size', () => {
  it.each([
    [{ argv: ['sh', '-c', 'echo hi > out'], shell: undefined }, 'redirect'],
    [{ commandText: 'a | b > c' }, 'redirect'],
    [{ argv: ['cat', '/etc/passwd'], shell: undefined }, 'outside-workspace'],
    [{ description: 'x\u202ey' }, 'bidi'],
    [{ notices: ['touches-gate'] }, 'touches-gate'],
  ])('%j is marked %s', (change, mark) => {
    expect(cardOf({ ...EXAMPLE, ...change }).marks).toContain(mark);
  });

  const vector = (name: string) => PLAINTEXTS.find(({ id }) => id === name)!.value;
  const FILE = vector('file-edit').files[0];
  const editOf = (file: object, more: object = { extensions: { 'airlock.cwd': '/srv/widgets' } }) =>
    cardOf({ ...vector('file-edit'), files: [{ ...FILE, ...file }], ...more });

  it.each([
    ['a file inside', {}, []],
    ['a file outside', { path: '/srv/other/a.txt' }, ['outside-workspace']],
    ['a file that leaves by dots', { path: '/srv/widgets/../a.txt' }, ['outside-workspace']],
    ['a hook', { path: '/srv/widgets/.git/hooks/pre-commit' }, ['touches-gate']],
    ['settings of the host', { path: '/srv/widgets/.claude/settings.json' }, ['touches-gate']],
    ['the registration of servers', { path: '/srv/widgets/.mcp.json' }, ['touches-gate']],
    ['ordinary layout', { diff: `@@ -1 +1,9 @@\n+${' '.repeat(40)}x\n\n\n\n\n` }, []],
    ['a character nobody sees', { diff: '@@ -1 +1 @@\n-a\n+a\u200b\n' }, ['invisible', 'non-ascii']],
    ['text that runs backwards', { diff: undefined, text: 'a\u202eb' }, ['bidi', 'invisible', 'non-ascii']],
    ['a word of mixed scripts', { diff: '@@ -1 +1 @@\n-pay\n+p\u0430y\n' }, ['mixed-script', 'non-ascii']],
    ['a carriage return', { diff: '@@ -1 +1 @@\n-a\n+a\r\n' }, ['control']],
    ['an escape', { text: '\u001b[2J' }, ['control', 'terminal-escape']],
  ])('an edit of %s', (_, file, marks) => {
    expect(editOf(file).marks).toEqual(marks);
  });

  it('an edit says whether the file is new, and shows all of it', () => {
    const labels = (card: DisplayCard) => card.computed.slice(0, 4).map(({ label }) => label);
    expect(labels(editOf({}))).toEqual(['File', 'SHA-256 before', 'SHA-256 after', 'Difference']);
    const created = editOf({ preimageSha256: undefined, diff: undefined, text: 'b\n' });
    expect(labels(created).slice(0, 3)).toEqual(['New file', 'SHA-256 after', 'Complete new content']);
  });

  it.each([
    ['inside', { file_path: '/srv/widgets/a' }, []],
    ['outside', { file_path: '/etc/passwd' }, ['outside-workspace']],
    ['outside, deep', { a: [{ b: '../../x' }] }, ['outside-workspace']],
    ['below the home', { path: '~/.ssh/config' }, ['outside-workspace']],
    ['as a key', { '/etc/passwd': 1 }, ['outside-workspace']],
    ['of the gate', { path: 'x/.claude/settings.json' }, ['touches-gate']],
    ['in prose of several lines', { prompt: '/etc/passwd\nis a file' }, []],
    ['in prose', { prompt: 'read about /etc/passwd' }, []],
  ])('a tool input with a path %s', (_, input, marks) => {
    const members = { inputJson: JSON.stringify(input), extensions: { 'airlock.cwd': '/srv/widgets' } };
    const call = cardOf({ ...vector('mcp-call'), ...members });
    const { server: __, ...tool } = vector('mcp-call');
    expect(call.marks).toEqual(marks);
    expect(cardOf({ ...tool, ...members, kind: 'tool' }).marks).toEqual(marks);
  });

  it('nothing is outside where nobody says of what, and a broken input is shown as it stands', () => {
    expect(editOf({ path: '/etc/passwd' }, {}).marks).toEqual([]);
    const card = cardOf({ ...vector('mcp-call'), inputJson: '{"a":' });
    expect(shownValues(card)).toContain('{"a":');
  });

  it('shows the folder of a session', () => {
    const field = editOf({}).computed.find(({ label }) => label === 'Working directory of the session');
    expect(field?.values[0]?.text).toBe('/srv/widgets');
    const odd = cardOf({ ...EXAMPLE, extensions: { 'airlock.cwd': 7 } });
    expect(shownValues(odd)).toContain('{"value":7}');
  });

  it('a policy change always touches the gate', () => {
    const change = PLAINTEXTS.find(({ id }) => id === 'policy-change')!;
    expect(cardOf(change.value).marks).toContain('touches-gate');
  });

  it('counts what there is to see', () => {
    const { size, computed, claimed } = cardOf({ ...EXAMPLE, commandText: 'a && b\nc' });
    const values = [...computed, ...claimed].flatMap((field) => field.values);
    expect(size).toEqual({
      bytes: values.reduce((sum, { bytes }) => sum + bytes, 0),
      lines: values.reduce((sum, { lines }) => sum + lines, 0),
      commands: 3,
      values: values.length,
    });
  });
});
