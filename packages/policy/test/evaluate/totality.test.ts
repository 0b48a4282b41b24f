import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, type EvaluationInput, failsOpen } from '../../src/evaluate/evaluate.js';
import { bindingOf, signedTool } from './mcp-calls.js';
import {
  ALL_KINDS,
  actionOf,
  approving,
  AT,
  commandFacts,
  CONTENT,
  denying,
  factsOf,
  FOLDER,
  hash,
  inputOf,
  patternOf,
  policyOf,
  SESSION,
  standingOf,
} from './inputs.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('git status', 'git status; rm -rf /', "echo 'x'", 'a | b && c || d', '$(x)', '', ' ', '\uD800', '\0'),
);
const words = fc.array(text, { maxLength: 4 });
const session = fc.constantFrom(undefined, SESSION, 'session-2');

const action = fc
  .record({
    kind: fc.constantFrom(...ALL_KINDS),
    commandText: text,
    argv: words,
    shell: fc.constantFrom(undefined, '', '/usr/bin/bash', '/usr/bin/fish', 'pwsh'),
    stdin: fc.constantFrom('none', 'tty', 'pipe', 'file'),
    inputJson: text,
    sessionId: session,
    source: text,
    notices: fc.constantFrom(undefined, [], ['touches-gate'], ['tool-changed']),
    extensions: fc.oneof(
      fc.constantFrom(undefined, {}, { 'airlock.interpreters': 7 }, { 'airlock.interpreters': [null] }),
      fc.constantFrom({ 'airlock.mcp': 7 }, { 'airlock.mcp': bindingOf() }),
      fc.record({ method: text, url: text }).map(({ method, url }) => ({
        'airlock.mcp': bindingOf({ method, server: { transport: 'http', url } }),
      })),
    ),
  })
  .map(({ kind, inputJson, argv, shell, stdin, ...common }) => {
    const command = kind === 'command' ? { argv, shell, stdin } : {};
    const tool = kind === 'tool' || kind === 'mcp-call' ? { inputJson } : {};
    return actionOf(kind, { ...common, ...command, ...tool });
  });

const selector = fc.record(
  {
    commandFamily: text,
    argvPrefix: words,
    argv: words,
    contentSha256: fc.constantFrom(CONTENT, hash('d')),
    sessionId: fc.constantFrom(SESSION, 'session-2'),
  },
  { requiredKeys: [] },
);
const standing = fc.array(
  fc.oneof(
    selector.map((members) => approving(members)),
    selector.map((members) => denying(members)),
    fc.constantFrom(standingOf({ effect: 'approve' }), standingOf({ effect: 'deny' })),
  ),
  { maxLength: 3 },
);
const facts = fc.option(
  fc
    .tuple(
      fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
      words,
      fc.option(words, { nil: undefined }),
    )
    .map(([commands, unknownInput, reads]) =>
      factsOf([], { commands: commands.map((argv) => commandFacts(argv)), unknownInput, reads }),
    ),
  { nil: null },
);
const patterns = fc.array(
  fc
    .oneof(text, fc.constantFrom('git status *', 'echo x', 'git *'))
    .filter((one) => one !== '')
    .map((one) => patternOf(one)),
  { maxLength: 3 },
);
const input: fc.Arbitrary<EvaluationInput> = fc
  .record({ action, facts, standing, patterns, tainted: fc.boolean(), autoUntil: fc.constantFrom(null, AT, AT + 1) })
  .map(({ patterns: signed, tainted, autoUntil, ...rest }) =>
    inputOf({
      ...rest,
      policy: policyOf(signed, {
        tools: [{ id: 'tool-1', tool: signedTool({ server: 'files', tool: 'read' }) }],
        autoUntil,
        unmanaged: ['/x', FOLDER].slice(0, signed.length),
      }),
      session: { tainted },
    }),
  );

describe(rules('LOC-045')`a verdict`, () => {
  it('is given for every action there can be, and is the same twice', () => {
    fc.assert(
      fc.property(input, (any) => {
        const verdict = evaluate(any);
        expect(['allow', 'pass', 'deny', 'ask']).toContain(verdict.kind);
        expect(evaluate(any)).toEqual(verdict);
        expect(typeof failsOpen(any)).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });

  it('names a basis that is there', () => {
    fc.assert(
      fc.property(input, (any) => {
        const verdict = evaluate(any);
        if (verdict.kind !== 'allow') return;
        const { basis } = verdict;
        if (basis.kind === 'grant') {
          expect(any.standing.some((one) => one.effect === 'approve' && one.policyId === basis.policyId)).toBe(true);
        } else
          expect([...any.policy.patterns, ...any.policy.tools].map(({ id }) => id)).toEqual(
            expect.arrayContaining([...basis.patternIds]),
          );
      }),
      { numRuns: 300 },
    );
  });

  it('without facts allows nothing that it does not allow with them', () => {
    fc.assert(
      fc.property(input, (any) => {
        const known = { ...any, facts: any.facts ?? factsOf([]) };
        const isAllowed = evaluate({ ...known, facts: { ...known.facts, unknownInput: [] } }).kind === 'allow';
        expect(evaluate({ ...any, facts: null }).kind === 'allow' && !isAllowed).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
