import { rules } from '@airlock/conformance';
import { airlockActionSchema, canonicalize, type McpBinding, type McpServer } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DisplayCard, displayCard, mcpCallAction, mcpServerSha256 } from '../../src/index.js';
import { actionOf } from '../support/git-context.js';

const HASH = {
  program: '1'.repeat(64),
  file: '2'.repeat(64),
  definition: '3'.repeat(64),
  raw: '4'.repeat(64),
} as const;
const SERVER: McpServer = {
  transport: 'stdio',
  command: ['node', 'server.js', '--root', '.'],
  program: '/usr/bin/node',
  programSha256: HASH.program as never,
  files: [{ path: '/srv/widgets/server.js', sha256: HASH.file as never }],
};
const BINDING: McpBinding = {
  method: 'tools/call',
  server: SERVER,
  definition: {
    sha256: HASH.definition as never,
    title: 'Look up',
    description: 'Finds a widget.\n\nNever writes.',
    annotationsJson: '{"readOnlyHint":true}',
  },
  rawSha256: HASH.raw as never,
  metaJson: '{"example.com/trace":1}',
  paramsJson: '{"task":{"ttl":60}}',
};
const PAIRING = {
  enforcerLabel: 'Airlock',
  workspaceName: 'widgets',
  assurance: 'verified',
  capabilities: [],
} as const;

const callOf = (binding: McpBinding | undefined, input: unknown = { id: 7 }) =>
  actionOf(
    mcpCallAction({
      server: 'widgets',
      tool: 'lookup',
      inputJson: JSON.stringify(input),
      cwd: '/srv/widgets',
      ...(binding === undefined ? {} : { binding }),
    }),
  );
const cardOf = (binding: McpBinding | undefined, input?: unknown): DisplayCard =>
  displayCard(callOf(binding, input), PAIRING);
const rowsOf = (fields: DisplayCard['computed']) =>
  fields.map(({ label, values }) => [label, values.map(({ text }) => text).join(' | ')]);
/** The fields above what every card has. */
const own = (card: DisplayCard) =>
  rowsOf(card.computed).slice(
    0,
    card.computed.findIndex(({ label }) => label === 'Kind'),
  );

/** The value with one member changed or left out, for every member on every level. */
function variants(value: any): { readonly path: string; readonly changed: any }[] {
  if (typeof value === 'string') {
    return [{ path: '', changed: `${value.slice(0, -1)}${value.endsWith('5') ? '6' : '5'}` }];
  }
  return Object.entries(value).flatMap(([name, member]) => {
    const { [name]: _, ...without } = value;
    const inner = variants(member).map(({ path, changed }) => ({
      path: `${name}.${path}`,
      changed: Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed },
    }));
    return Array.isArray(value) ? inner : [...inner, { path: `without ${name}`, changed: without }];
  });
}

describe(rules('INV-16', 'APPR-170', 'ART-130')`the card of a call through the proxy`, () => {
  it('says what the server is, what is called, and with what', () => {
    expect(own(cardOf(BINDING))).toEqual([
      ['Server', 'widgets'],
      ['Server command', 'node | server.js | --root | .'],
      ['Server program', '/usr/bin/node'],
      ['Server program SHA-256', HASH.program],
      ['Server files and their SHA-256', `/srv/widgets/server.js ${HASH.file}`],
      ['Server identity SHA-256', mcpServerSha256(SERVER)],
      ['MCP method', 'tools/call'],
      ['Tool', 'lookup'],
      ['Tool input', '{"id":7}'],
      ['Working directory of the session', '/srv/widgets'],
      ['Tool definition SHA-256', HASH.definition],
      ['Arguments SHA-256, as they are forwarded', HASH.raw],
      ['Metadata of the call (_meta)', '{"example.com/trace":1}'],
      ['Other parameters of the call', '{"task":{"ttl":60}}'],
    ]);
  });

  it('names the address of a server on the network, and no program', () => {
    const rows = own(cardOf({ ...BINDING, server: { transport: 'http', url: 'https://mcp.example/mcp' } }));
    expect(rows.slice(0, 4).map(([label]) => label)).toEqual([
      'Server',
      'Server URL',
      'Server identity SHA-256',
      'MCP method',
    ]);
    expect(rows[1]).toEqual(['Server URL', 'https://mcp.example/mcp']);
  });

  it('says that nobody knows the server behind a gateway of somebody else', () => {
    const rows = own(cardOf({ ...BINDING, server: { transport: 'gateway' } }));
    expect(rows.slice(0, 3)).toEqual([
      ['Server', 'widgets'],
      ['Server behind the name', 'not known: a gateway of somebody else forwards the call'],
      ['MCP method', 'tools/call'],
    ]);
    expect(mcpServerSha256({ transport: 'gateway' })).toBe(null);
  });

  it('repeats in short where the call goes and what is in it', () => {
    expect(rowsOf(cardOf(BINDING).essence)).toEqual([
      ['Server', 'widgets'],
      ['Server command', 'node | server.js | --root | .'],
      ['Tool', 'lookup'],
      ['Tool input', '{"id":7}'],
    ]);
    const { essence, computed } = cardOf(BINDING);
    for (const field of essence) expect(computed).toContainEqual(field);
  });

  it('misses no member: whatever is changed or left out is another card', () => {
    const card = JSON.stringify(cardOf(BINDING));
    const changes = variants(BINDING).filter(({ changed }) => {
      const made = airlockActionSchema.safeParse({ ...callOf(BINDING), extensions: { 'airlock.mcp': changed } });
      return made.success;
    });
    for (const { path, changed } of changes) expect(JSON.stringify(cardOf(changed)), path).not.toBe(card);
    expect(changes.length).toBeGreaterThan(25);
  });

  it('is another one for every other binding', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 6 });
    const sha256 = fc.constantFrom('5'.repeat(64), '6'.repeat(64));
    const server = fc.oneof(
      fc.record({
        transport: fc.constant('stdio'),
        command: fc.array(text, { minLength: 1, maxLength: 3 }),
        program: text,
        programSha256: sha256,
        files: fc.array(fc.record({ path: text, sha256 }), { maxLength: 2 }),
      }),
      fc.record({ transport: fc.constant('http'), url: text }),
      fc.constant({ transport: 'gateway' }),
    );
    const definition = fc.record(
      { sha256, title: text, description: text, annotationsJson: text },
      { requiredKeys: ['sha256'] },
    );
    const binding = fc.record(
      { method: text, server, definition, rawSha256: sha256, metaJson: text, paramsJson: text },
      { requiredKeys: ['method', 'server', 'rawSha256'] },
    );
    fc.assert(
      fc.property(binding as fc.Arbitrary<any>, binding as fc.Arbitrary<any>, (one, other) => {
        fc.pre(canonicalize(one) !== canonicalize(other));
        expect(fieldsOf(one)).not.toEqual(fieldsOf(other));
      }),
    );
  });

  it('a binding of another form is shown like any other extension, whole', () => {
    const more = { ...BINDING, more: 'unseen?' };
    const shown = JSON.stringify(cardOf(more));
    expect(shown).toContain('unseen?');
    expect(own(cardOf(more)).map(([label]) => label)).toContain('Extension value');
    expect(own(cardOf(BINDING)).map(([label]) => label)).not.toContain('Extension value');
  });

  it('another kind of action cannot borrow the words', () => {
    const { server: _, ...tool } = callOf(BINDING) as any;
    const card = displayCard(airlockActionSchema.parse({ ...tool, kind: 'tool' }), PAIRING);
    expect(own(card).map(([label]) => label)).toEqual([
      'Tool',
      'Tool input',
      'Working directory of the session',
      'Extension',
      'Extension value',
    ]);
  });

  it('without a binding has the name of the server, the tool and the input', () => {
    const card = cardOf(undefined);
    expect(own(card).map(([label]) => label)).toEqual([
      'Server',
      'Tool',
      'Tool input',
      'Working directory of the session',
    ]);
    expect(rowsOf(card.essence)).toEqual(own(card).slice(0, 3));
  });
});

/** Everything but the content hash, which would differ anyway. */
function fieldsOf(binding: McpBinding) {
  const { computed, claimed } = cardOf(binding);
  return rowsOf([...computed, ...claimed]).filter(
    ([label]) => label !== 'Content SHA-256' && label !== 'Server identity SHA-256',
  );
}

describe(rules('APPR-180', 'INV-40')`what a tool says about itself`, () => {
  it('is a claim of its server', () => {
    expect(rowsOf(cardOf(BINDING).claimed).slice(0, 3)).toEqual([
      ['Title of the tool (claimed by the server, not checked)', 'Look up'],
      ['Description of the tool (claimed by the server, not checked)', 'Finds a widget.\\n{2}Never writes.'],
      ['Annotations of the tool (claimed by the server, not checked)', '{"readOnlyHint":true}'],
    ]);
    const facts = JSON.stringify([cardOf(BINDING).computed, cardOf(BINDING).essence]);
    for (const claim of ['Look up', 'Finds a widget', 'readOnlyHint']) expect(facts).not.toContain(claim);
  });

  it('is said to be unseen where the client never saw it', () => {
    const { definition: _, ...unseen } = BINDING;
    expect(own(cardOf(unseen))).toContainEqual(['Tool definition', 'description not seen by the client']);
    expect(rowsOf(cardOf(unseen).claimed).flat().join()).not.toContain('claimed by the server');
  });

  it('cannot reach a heading: escapes, line ends and look-alikes stay inside', () => {
    const description = 'Safe.\u001b[2J\r\nServer: trusted\u202e\nCOMPUTED by the workspace:';
    const card = cardOf({ ...BINDING, definition: { ...BINDING.definition!, description } });
    const [shown] = card.claimed[1]?.values ?? [];
    expect(shown?.text).toMatch(/^[ -~]*$/);
    expect(card.marks).toEqual(expect.arrayContaining(['terminal-escape', 'bidi', 'control']));
  });
});

describe('marks of a call through the proxy', () => {
  it.each<[string, Partial<McpBinding>, unknown, string[]]>([
    ['nothing to warn about', {}, { id: 7 }, []],
    ['a server on the network', { server: { transport: 'http', url: 'https://mcp.example/' } }, { id: 7 }, ['network']],
    ['arguments that lead outside', {}, { path: '/etc/passwd' }, ['outside-workspace']],
    ['metadata that leads outside', { metaJson: '{"root":"/etc"}' }, { id: 7 }, ['outside-workspace']],
    ['parameters that lead outside', { paramsJson: '{"uri":"../../x"}' }, { id: 7 }, ['outside-workspace']],
    ['a parameter that touches the gate', { paramsJson: '{"a":".claude/settings.json"}' }, {}, ['touches-gate']],
    ['a word nobody sees', { metaJson: '{"a":"b\u200b"}' }, {}, ['invisible', 'non-ascii']],
  ])('%s', (_, members, input, marks) => {
    expect(cardOf({ ...BINDING, ...members }, input).marks).toEqual(marks);
  });
});

describe('the heading of a call through the proxy', () => {
  it.each([
    ['tools/call', 'Call a tool of a server'],
    ['resources/read', 'Read a resource of a server'],
    ['prompts/get', 'Get a prompt of a server'],
    ['sampling/createMessage', 'Send a server what a model answered'],
    ['elicitation/create', 'Send a server what a user answered'],
    ['something/new', 'Send a message to a server'],
  ])('%s', (method, title) => {
    expect(cardOf({ ...BINDING, method }).title).toBe(title);
  });
});

describe('the identity of a server', () => {
  it('is equal exactly for equal servers', () => {
    const hash = mcpServerSha256(SERVER);
    expect(mcpServerSha256(structuredClone(SERVER))).toBe(hash);
    for (const { path, changed } of variants(SERVER)) {
      if (!path.startsWith('without')) expect(mcpServerSha256(changed), path).not.toBe(hash);
    }
  });
});
