import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import { AT, CONTENT, factsOf, FOLDER, hash, policyOf, standingOf } from './inputs.js';
import { ADDRESS, bindingOf, callInput, callOf, GATEWAY, PROGRAM, signedTool } from './mcp-calls.js';

const ALLOWED = { kind: 'allow', basis: { kind: 'pattern', patternIds: ['tool-1'] } };
const NO_RULE = { kind: 'ask', reason: 'no_rule' };
const SERVER_CHANGED = 'the server is another one than the one approved';
const DEFINITION_CHANGED = 'the definition of the tool changed since it was approved';
const UNSEEN = 'the client never saw the definition of the tool';
const NOTICED = callOf(bindingOf(), { notices: ['same-host', 'tool-changed'] });

describe(rules('LOC-045', 'LOC-080')`a signed tool`, () => {
  it.each([
    ['its call', callOf()],
    ['its call with other arguments', callOf(bindingOf({ rawSha256: hash('5') }), { inputJson: '{"q":"x"}' })],
    ['its call with metadata', callOf(bindingOf({ metaJson: '{"a":1}' }))],
    ['its call with other words about it', callOf(bindingOf({ definition: { sha256: hash('3'), title: 'Look' } }))],
    ['its call from another session', callOf(bindingOf(), { sessionId: 'session-2' })],
    ['its call with a notice about something else', callOf(bindingOf(), { notices: ['same-host'] })],
  ])('covers %s', (_, action) => {
    expect(evaluate(callInput(action))).toEqual(ALLOWED);
  });

  it('is named by its own id, whichever stand beside it', () => {
    const tools = [signedTool({ definitionSha256: hash('9') }), signedTool({ tool: 'write' }), signedTool()];
    const basis = { kind: 'pattern', patternIds: ['tool-3'] };
    expect(evaluate(callInput(callOf(), tools))).toEqual({ kind: 'allow', basis });
  });

  it('at an address covers calls to that address', () => {
    const action = callOf(bindingOf({ server: ADDRESS }));
    expect(evaluate(callInput(action, [signedTool({}, ADDRESS)]))).toEqual(ALLOWED);
    expect(evaluate(callInput(action))).toEqual({ kind: 'ask', reason: 'pin_changed', detail: SERVER_CHANGED });
  });

  it.each<[string, ReturnType<typeof callOf>]>([
    ['another tool', callOf(bindingOf(), { tool: 'write' })],
    ['a tool of another case', callOf(bindingOf(), { tool: 'Query' })],
    ['a tool whose name begins so', callOf(bindingOf(), { tool: 'query2' })],
    ['a server of another name', callOf(bindingOf(), { server: 'search2' })],
    ['names that only read alike together', callOf(bindingOf(), { server: 'search.query', tool: '' })],
    ['a call that no proxy bound', callOf(undefined, { extensions: undefined })],
    ['a call whose binding is not one', callOf(bindingOf({ more: 1 }))],
    ['a call whose binding lacks its hash', callOf(bindingOf({ rawSha256: undefined }))],
    ['a resource that is read', callOf(bindingOf({ method: 'resources/read' }))],
    ['a prompt that is fetched', callOf(bindingOf({ method: 'prompts/get' }))],
    ['an answer to the server', callOf(bindingOf({ method: 'sampling/createMessage' }))],
    ['a method of another case', callOf(bindingOf({ method: 'Tools/call' }))],
    ['a call that an agent only claims', callOf(bindingOf(), { notices: ['claimed-by-agent'] })],
  ])('does not cover %s', (_, action) => {
    expect(evaluate(callInput(action))).toEqual(NO_RULE);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another definition', { definition: { sha256: hash('9') } }, DEFINITION_CHANGED],
    ['no definition', { definition: undefined }, UNSEEN],
    ['another address', { server: { ...ADDRESS, url: 'https://mcp.example/mcp2' } }, SERVER_CHANGED],
    ['an address for a program', { server: ADDRESS }, SERVER_CHANGED],
    ['a gateway of somebody else', { server: GATEWAY }, 'what server it is is not known'],
    ['another program', { server: { ...PROGRAM, program: '/opt/node' } }, SERVER_CHANGED],
    ['another content of the program', { server: { ...PROGRAM, programSha256: hash('9') } }, SERVER_CHANGED],
    ['other arguments of the program', { server: { ...PROGRAM, command: ['node', 'server.js'] } }, SERVER_CHANGED],
    ['fewer files', { server: { ...PROGRAM, files: [] } }, SERVER_CHANGED],
    [
      'server and definition',
      { server: ADDRESS, definition: { sha256: hash('9') } },
      `${SERVER_CHANGED}; ${DEFINITION_CHANGED}`,
    ],
    ['server, and nothing seen', { server: ADDRESS, definition: undefined }, `${SERVER_CHANGED}; ${UNSEEN}`],
  ])('does not cover %s, and says so', (_, change, detail) => {
    expect(evaluate(callInput(callOf(bindingOf(change))))).toEqual({ kind: 'ask', reason: 'pin_changed', detail });
  });

  it('of several by that name tells of the one that comes closest', () => {
    const tools = [
      signedTool({ serverSha256: hash('8'), definitionSha256: hash('9') }),
      signedTool({ serverSha256: hash('8') }),
    ];
    expect(evaluate(callInput(callOf(), tools))).toMatchObject({ reason: 'pin_changed', detail: SERVER_CHANGED });
  });

  it.each([
    ['a tool', callOf()],
    ['a tool of another kind of action', { ...callOf(), kind: 'tool' }],
  ])('is no pattern: %s is asked without one', (_, action) => {
    expect(evaluate(callInput(action as ReturnType<typeof callOf>, []))).toEqual(NO_RULE);
  });
});

describe(rules('ENF-170', 'LOC-045')`what the arguments of a covered call may be`, () => {
  it('is not known without facts', () => {
    expect(evaluate(callInput(callOf(), [signedTool()], { facts: null }))).toEqual({ kind: 'ask', reason: 'no_facts' });
  });

  it('is asked where the adapter does not know a member', () => {
    const facts = factsOf([], { unknownInput: ['x'] });
    expect(evaluate(callInput(callOf(), [signedTool()], { facts }))).toEqual({
      kind: 'ask',
      reason: 'unknown_input',
      detail: 'x',
    });
  });
});

describe(rules('LOC-090', 'LOC-045')`what goes before a signed tool`, () => {
  const denial = standingOf({ effect: 'deny', policyId: 'dnd-deny' });

  it('a denial', () => {
    expect(evaluate(callInput(callOf(), [signedTool()], { standing: [denial] }))).toEqual({
      kind: 'deny',
      policyId: 'dnd-deny',
    });
  });

  it.each([
    ['by its program', { commandFamily: 'search.query' }],
    ['by a word of its arguments', { argvPrefix: ['a.txt'] }],
  ])('a denial %s', (_, selector) => {
    const standing = [standingOf({ effect: 'deny', scope: 'action', selector })];
    expect(evaluate(callInput(callOf(), [signedTool()], { standing })).kind).toBe('deny');
  });

  it('arguments that touch the gate', () => {
    const action = callOf(bindingOf(), { notices: ['touches-gate'] });
    expect(evaluate(callInput(action))).toEqual({ kind: 'ask', reason: 'protected_target' });
  });

  it('a tool that changed since its last approval', () => {
    expect(evaluate(callInput(NOTICED))).toEqual({ kind: 'ask', reason: 'tool_changed' });
  });
});

describe(rules('DND-060', 'LOC-045')`a tool that changed since its last approval`, () => {
  const grant = (change: object) => [standingOf({ effect: 'approve', policyId: 'dnd-grant', ...change })];

  it.each([
    ['the whole workspace', {}],
    ['exactly this call', { scope: 'action', selector: { contentSha256: CONTENT } }],
  ])('is asked in spite of a grant for %s', (_, change) => {
    const standing = grant(change);
    expect(evaluate(callInput(callOf(), [], { standing }))).toMatchObject({ kind: 'allow', basis: { kind: 'grant' } });
    expect(evaluate(callInput(NOTICED, [], { standing }))).toEqual({ kind: 'ask', reason: 'tool_changed' });
  });

  it.each([
    ['auto mode', { autoUntil: AT + 1 }, 'auto'],
    ['an unmanaged folder', { unmanaged: [FOLDER] }, 'unmanaged'],
    ['a layer that is off', { gatesOff: ['mcp'] }, 'gate-off'],
  ])('is not gated in %s', (_, change, kind) => {
    const policy = policyOf([], change);
    expect(evaluate(callInput(NOTICED, [], { policy }))).toMatchObject({ kind: 'pass', basis: { kind } });
  });
});

const hashes = fc.constantFrom(hash('1'), hash('2'), hash('3'));
const entries = fc.array(
  fc.record({
    server: fc.constantFrom('search', 'files'),
    serverSha256: fc.oneof(hashes, fc.constant(signedTool().serverSha256)),
    tool: fc.constantFrom('query', 'write'),
    definitionSha256: hashes,
  }),
  { maxLength: 4 },
) as fc.Arbitrary<any[]>;
const calls = fc
  .record({
    server: fc.constantFrom('search', 'files'),
    tool: fc.constantFrom('query', 'write'),
    method: fc.constantFrom('tools/call', 'tools/call', 'resources/read'),
    definition: fc.option(
      hashes.map((sha256) => ({ sha256 })),
      { nil: undefined },
    ),
    place: fc.constantFrom(PROGRAM, PROGRAM, ADDRESS, GATEWAY),
    notices: fc.constantFrom([], [], ['same-host'], ['tool-changed'], ['claimed-by-agent'], ['touches-gate']),
  })
  .map(({ server, tool, method, definition, place, notices }) =>
    callOf(bindingOf({ method, definition, server: place }), { server, tool, notices }),
  );

describe(rules('INV-34', 'INV-35')`whatever is signed and called`, () => {
  it('is covered exactly when all four are the same, it is a call of a tool, and nothing was noticed', () => {
    fc.assert(
      fc.property(entries, calls, (tools, action: any) => {
        const binding = action.extensions['airlock.mcp'];
        const isSame = tools.some(
          (tool) =>
            tool.server === action.server &&
            tool.tool === action.tool &&
            tool.definitionSha256 === binding.definition?.sha256 &&
            binding.server.transport === 'stdio' &&
            tool.serverSha256 === signedTool().serverSha256,
        );
        const isPlain = action.notices.every((notice: string) => notice === 'same-host');
        const expected = isSame && isPlain && binding.method === 'tools/call' ? 'allow' : 'ask';
        expect(evaluate(callInput(action, tools)).kind).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('one entry less never covers more', () => {
    fc.assert(
      fc.property(entries, calls, fc.nat(3), (tools, action, index) => {
        const fewer = tools.filter((_, at) => at !== index);
        if (evaluate(callInput(action, fewer)).kind !== 'allow') return;
        expect(evaluate(callInput(action, tools)).kind).toBe('allow');
      }),
    );
  });
});
