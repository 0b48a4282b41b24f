import { rules } from '@airlock/conformance';
import { canonicalize, readPolicyDocument } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PolicyChange, proposePolicy } from '../../src/document/change.js';
import { PolicyChangeError } from '../../src/document/errors.js';
import { type PolicyInForce, policyInForce, STRICTEST_POLICY } from '../../src/document/in-force.js';
import {
  documents,
  identity,
  isNarrower,
  patternOf,
  patterns,
  restrictionsOf,
  textOf,
  toolOf,
  tools,
  VERSION,
} from './policies.js';

/** 2026-11-22T00:00:00Z, the second of {@link VERSION}. */
const AT = VERSION * 1000;
const HOUR = 3_600_000;
const WEEK = 168 * HOUR;

const FULL = policyInForce(
  textOf({
    auto: { until: '2026-11-22T02:00:00.000Z' },
    failOpen: { until: '2026-11-22T01:00:00.000Z' },
    patterns: [patternOf(), patternOf({ text: 'npm run build' })],
    tools: [toolOf(), toolOf({ tool: 'read' })],
    gatesOff: ['git'],
    unmanaged: ['/home/a/tmp'],
    requirements: ['harp-decision'],
  }),
  [],
);

const proposed = (policy: PolicyInForce, change: PolicyChange, at = AT) =>
  JSON.parse(proposePolicy(policy, change, at).text);

describe(rules('LOC-080', 'LOC-082')`a change of the strictest policy`, () => {
  const rows: readonly [PolicyChange, Record<string, unknown>, string][] = [
    [
      { kind: 'auto-on', until: AT + 6 * HOUR },
      { auto: { until: '2026-11-22T06:00:00.000Z' } },
      'Turn auto mode on until 2026-11-22 06:00 UTC',
    ],
    [
      { kind: 'fail-open', until: AT + 8 * HOUR },
      { failOpen: { until: '2026-11-22T08:00:00.000Z' } },
      'Open fail mode until 2026-11-22 08:00 UTC',
    ],
    [
      { kind: 'add-pattern', pattern: patternOf() },
      { patterns: [patternOf()] },
      'Approve without asking: "npm test" in /home/a/project',
    ],
    [
      { kind: 'allow-tool', tool: toolOf() },
      { tools: [toolOf()] },
      'Call without asking: the tool "query" of the server "search"',
    ],
    [
      { kind: 'unmanage', path: '/home/a/tmp' },
      { unmanaged: ['/home/a/tmp'] },
      'Ask nothing in this folder: /home/a/tmp',
    ],
    [{ kind: 'gate-off', gate: 'git' }, { gatesOff: ['git'] }, 'Switch off the gate: git'],
    [
      { kind: 'lift-requirement', requirement: 'harp-decision' },
      {},
      'No longer require decisions in the signed HARP form',
    ],
    [
      { kind: 'lift-requirement', requirement: 'verified-pairing' },
      {},
      'No longer require an approver that was paired with the full code',
    ],
    [{ kind: 'renew' }, {}, 'Sign the policy in force anew'],
  ];

  it.each(rows)('%j', (change, members, summary) => {
    const text = canonicalize({ version: VERSION, ...members });
    expect(proposePolicy(STRICTEST_POLICY, change, AT)).toEqual({ text, version: VERSION, summary });
  });

  it('every kind of change has a row', () => {
    const kinds = [
      'auto-on',
      'fail-open',
      'add-pattern',
      'allow-tool',
      'unmanage',
      'gate-off',
      'lift-requirement',
      'renew',
    ];
    expect([...new Set(rows.map(([{ kind }]) => kind))]).toEqual(kinds);
  });
});

describe(rules('LOC-082')`the version`, () => {
  it.each([
    ['the time, where that is larger', VERSION - 10, AT, VERSION],
    ['the time without its fraction', VERSION - 10, AT + 999, VERSION],
    ['one more than a version of this second', VERSION, AT, VERSION + 1],
    ['one more than a version from a clock that was ahead', VERSION + 500, AT, VERSION + 501],
    ['the time again, a second later', VERSION, AT + 1000, VERSION + 1],
  ])('is %s', (_, before, at, version) => {
    const policy = { ...FULL, version: before };
    expect(proposePolicy(policy, { kind: 'renew' }, at).version).toBe(version);
    expect(proposed(policy, { kind: 'renew' }, at).version).toBe(version);
  });
});

describe(rules('LOC-080')`a change keeps the rest`, () => {
  it('signed anew the policy is the same', () => {
    expect(proposed(FULL, { kind: 'renew' })).toEqual({ ...FULL.document, version: VERSION + 1 });
  });

  it.each([
    ['what has expired is left out', AT + 2 * HOUR, undefined, undefined],
    ['what expires this moment is left out', AT + HOUR, '2026-11-22T02:00:00.000Z', undefined],
    ['what expires next is kept', AT + HOUR - 1, '2026-11-22T02:00:00.000Z', '2026-11-22T01:00:00.000Z'],
  ])('%s', (_, at, auto, failOpen) => {
    const document = proposed(FULL, { kind: 'renew' }, at);
    expect(document.auto?.until).toBe(auto);
    expect(document.failOpen?.until).toBe(failOpen);
    expect('auto' in document).toBe(auto !== undefined);
    expect('failOpen' in document).toBe(failOpen !== undefined);
  });

  it('a pattern with other pins takes the place of the old one', () => {
    const pattern = patternOf({ program: identity('/opt/npm') });
    expect(proposed(FULL, { kind: 'add-pattern', pattern }).patterns).toEqual([
      pattern,
      patternOf({ text: 'npm run build' }),
    ]);
  });

  it.each([
    ['other words', { text: 'npm run lint' }],
    ['another folder', { cwd: '/home/b' }],
    ['another shell', { shell: '/usr/bin/dash' }],
  ])('a pattern with %s is one more, at the end', (_, parts) => {
    const pattern = patternOf(parts);
    const before = FULL.document!.patterns!;
    expect(proposed(FULL, { kind: 'add-pattern', pattern }).patterns).toEqual([...before, pattern]);
  });

  it('every copy of a replaced pattern goes', () => {
    const copies = [patternOf({ text: 'git diff' }), patternOf(), patternOf({ text: 'git log' }), patternOf()];
    const policy = policyInForce(textOf({ patterns: copies }), []);
    const pattern = patternOf({ configuration: [] });
    expect(proposed(policy, { kind: 'add-pattern', pattern }).patterns).toEqual([copies[0], pattern, copies[2]]);
  });

  it.each([
    ['another server behind it', { serverSha256: 'c'.repeat(64) }],
    ['another definition', { definitionSha256: 'c'.repeat(64) }],
  ])('a tool with %s takes the place of the old one', (_, parts) => {
    const tool = toolOf(parts);
    expect(proposed(FULL, { kind: 'allow-tool', tool }).tools).toEqual([tool, toolOf({ tool: 'read' })]);
  });

  it.each([
    ['another name', { tool: 'write' }],
    ['a server of another name', { server: 'files' }],
    ['a name in another case', { tool: 'Query' }],
  ])('a tool with %s is one more, at the end', (_, parts) => {
    const tool = toolOf(parts);
    expect(proposed(FULL, { kind: 'allow-tool', tool }).tools).toEqual([...FULL.document!.tools!, tool]);
  });

  it('every copy of a replaced tool goes', () => {
    const copies = [toolOf({ tool: 'a' }), toolOf(), toolOf({ tool: 'b' }), toolOf({ serverSha256: 'c'.repeat(64) })];
    const policy = policyInForce(textOf({ tools: copies }), []);
    const tool = toolOf({ definitionSha256: 'd'.repeat(64) });
    expect(proposed(policy, { kind: 'allow-tool', tool }).tools).toEqual([copies[0], tool, copies[2]]);
  });

  it('a folder and a gate are listed once', () => {
    expect(proposed(FULL, { kind: 'unmanage', path: '/home/a/tmp' }).unmanaged).toEqual(['/home/a/tmp']);
    expect(proposed(FULL, { kind: 'gate-off', gate: 'git' }).gatesOff).toEqual(['git']);
    expect(proposed(FULL, { kind: 'gate-off', gate: 'run' }).gatesOff).toEqual(['git', 'run']);
  });

  it('a lifted requirement is gone, and its member with the last one', () => {
    expect(proposed(FULL, { kind: 'lift-requirement', requirement: 'verified-pairing' }).requirements).toEqual([
      'harp-decision',
    ]);
    expect('requirements' in proposed(FULL, { kind: 'lift-requirement', requirement: 'harp-decision' })).toBe(false);
  });
});

describe(rules('LOC-080')`a change that nobody is asked to sign`, () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => patternOf({ cwd: `/${at}` }));
  const full = (members: Record<string, unknown>) => policyInForce(textOf(members), []);
  const cases: readonly [string, PolicyInForce, PolicyChange][] = [
    ['auto mode until now', FULL, { kind: 'auto-on', until: AT }],
    ['auto mode until yesterday', FULL, { kind: 'auto-on', until: AT - 24 * HOUR }],
    ['auto mode for longer than a week', FULL, { kind: 'auto-on', until: AT + WEEK + 1 }],
    ['auto mode until no time', FULL, { kind: 'auto-on', until: Number.NaN }],
    ['auto mode for ever', FULL, { kind: 'auto-on', until: Number.POSITIVE_INFINITY }],
    ['auto mode until a fraction of a millisecond', FULL, { kind: 'auto-on', until: AT + 0.5 }],
    ['fail mode open until now', FULL, { kind: 'fail-open', until: AT }],
    ['fail mode open for longer than a week', FULL, { kind: 'fail-open', until: AT + WEEK + 1 }],
    ['a shell', FULL, { kind: 'add-pattern', pattern: patternOf({ text: 'bash -c ls' }) }],
    ['every command of a tool', FULL, { kind: 'add-pattern', pattern: patternOf({ text: 'npm *' }) }],
    ['a list of commands', FULL, { kind: 'add-pattern', pattern: patternOf({ text: 'npm test && ls' }) }],
    ['a 101st pattern', full({ patterns: many(100) }), { kind: 'add-pattern', pattern: patternOf() }],
    ['a pattern in a relative folder', FULL, { kind: 'add-pattern', pattern: patternOf({ cwd: 'x' }) }],
    ['a pattern with a lone surrogate', FULL, { kind: 'add-pattern', pattern: patternOf({ cwd: '/\ud800' }) }],
    [
      'a 101st tool',
      full({ tools: Array.from({ length: 100 }, (_, at) => toolOf({ tool: `${at}` })) }),
      { kind: 'allow-tool', tool: toolOf() },
    ],
    ['a tool with a name too long', FULL, { kind: 'allow-tool', tool: { ...toolOf(), tool: 'x'.repeat(201) } }],
    ['a tool with a lone surrogate', FULL, { kind: 'allow-tool', tool: toolOf({ server: '\ud800' }) }],
    ['a tool without a definition', FULL, { kind: 'allow-tool', tool: { ...toolOf(), definitionSha256: '' as never } }],
    ['a relative folder', FULL, { kind: 'unmanage', path: 'tmp' }],
    [
      'a 101st folder',
      full({ unmanaged: Array.from({ length: 100 }, (_, at) => `/${at}`) }),
      { kind: 'unmanage', path: '/x' },
    ],
    ['a gate of no known form', FULL, { kind: 'gate-off', gate: 'Run' }],
    ['a version beyond what is exact', { ...FULL, version: Number.MAX_SAFE_INTEGER }, { kind: 'renew' }],
  ];

  it.each(cases)('%s', (_, policy, change) => {
    expect(() => proposePolicy(policy, change, AT)).toThrow(PolicyChangeError);
    expect(() => proposePolicy(policy, change, AT)).toThrow(expect.objectContaining({ code: 'policy_change_invalid' }));
  });

  it.each([
    ['The end must lie in the future', { kind: 'auto-on', until: AT }],
    ['The end must be at most 7 days away', { kind: 'fail-open', until: AT + WEEK + 1 }],
    ['This policy is not possible: unmanaged.1: Invalid string: must start with "/"', { kind: 'unmanage', path: 'x' }],
    ['This pattern approves nothing: `bash` is a shell', { kind: 'add-pattern', pattern: patternOf({ text: 'bash' }) }],
    ['This policy cannot be written down', { kind: 'unmanage', path: '/\ud800' }],
  ] as const)('says why: %s', (message, change) => {
    expect(() => proposePolicy(FULL, change, AT)).toThrow(new PolicyChangeError(message));
  });

  it.each([
    ['a member that is not possible', { kind: 'unmanage', path: 'x' }, 'ZodError'],
    ['a text that cannot be written', { kind: 'unmanage', path: '/\ud800' }, 'CanonicalizationError'],
    ['an end beyond the calendar', { kind: 'renew' }, 'EncodingError'],
  ] as const)('keeps the cause: %s', (_, change, name) => {
    const policy = change.kind === 'renew' ? { ...FULL, autoUntil: 9e15 } : FULL;
    expect(() => proposePolicy(policy, change, AT)).toThrow(
      expect.objectContaining({ code: 'policy_change_invalid', cause: expect.objectContaining({ name }) }),
    );
  });

  it('names every defect', () => {
    const pattern = patternOf({ cwd: 'a', shell: 'b' });
    expect(() => proposePolicy(STRICTEST_POLICY, { kind: 'add-pattern', pattern }, AT)).toThrow(
      new PolicyChangeError(
        'This policy is not possible: patterns.0.cwd: Invalid string: must start with "/"; ' +
          'patterns.0.shell: Invalid string: must start with "/"',
      ),
    );
  });

  it('exactly a week and one millisecond are possible', () => {
    expect(proposed(FULL, { kind: 'auto-on', until: AT + WEEK }).auto.until).toBe('2026-11-29T00:00:00.000Z');
    expect(proposed(FULL, { kind: 'fail-open', until: AT + 1 }).failOpen.until).toBe('2026-11-22T00:00:00.001Z');
  });
});

const futures = fc.integer({ min: 1, max: WEEK });
const changes: fc.Arbitrary<PolicyChange> = fc.oneof(
  fc.record({ kind: fc.constant('auto-on' as const), until: futures.map((ms) => AT + ms) }),
  fc.record({ kind: fc.constant('fail-open' as const), until: futures.map((ms) => AT + ms) }),
  fc.record({ kind: fc.constant('add-pattern' as const), pattern: patterns }),
  fc.record({ kind: fc.constant('allow-tool' as const), tool: tools }),
  fc.record({ kind: fc.constant('unmanage' as const), path: fc.constantFrom('/home/a', '/new') }),
  fc.record({ kind: fc.constant('gate-off' as const), gate: fc.constantFrom('run', 'new') }),
  fc.record({
    kind: fc.constant('lift-requirement' as const),
    requirement: fc.constantFrom('ask-reads' as const, 'harp-decision' as const, 'verified-pairing' as const),
  }),
  fc.constant({ kind: 'renew' as const }),
);
/** A policy as it is narrowed here, with the list that narrows it; restrictions are made under documents there were. */
const narrowed = fc.option(documents).chain((document) => {
  const text = document === null ? null : canonicalize(document);
  const whole = policyInForce(text, []);
  return fc.array(restrictionsOf(whole), { maxLength: 6 }).map((all) => {
    const restrictions = all.map((one) => ({ ...one, version: Math.min(one.version, whole.version) }));
    return { restrictions, policy: policyInForce(text, restrictions) };
  });
});

/** What the policy is by the rules of the issue, said without the code. */
function expectedAfter(policy: PolicyInForce, change: PolicyChange): Partial<PolicyInForce> {
  const running = (until: number | null) => (until !== null && until > AT ? until : null);
  const once = (list: readonly string[], item: string) => [...new Set([...list, item])];
  const kept = {
    autoUntil: running(policy.autoUntil),
    failOpenUntil: running(policy.failOpenUntil),
    gatesOff: policy.gatesOff,
    unmanaged: policy.unmanaged,
    requirements: policy.requirements,
  };
  switch (change.kind) {
    case 'auto-on':
      return { ...kept, autoUntil: change.until };
    case 'fail-open':
      return { ...kept, failOpenUntil: change.until };
    case 'unmanage':
      return { ...kept, unmanaged: once(policy.unmanaged, change.path) };
    case 'gate-off':
      return { ...kept, gatesOff: once(policy.gatesOff, change.gate) };
    case 'lift-requirement':
      return { ...kept, requirements: policy.requirements.filter((one) => one !== change.requirement) };
    case 'add-pattern':
    case 'allow-tool':
    case 'renew':
      return kept;
  }
}

describe(rules('LOC-080', 'LOC-082', 'LOC-085')`what is signed is what was in force and exactly the change`, () => {
  it('under the same restrictions', () => {
    fc.assert(
      fc.property(narrowed, changes, ({ restrictions, policy }, change) => {
        const { text, version } = proposePolicy(policy, change, AT);
        const {
          version: newVersion,
          sha256: _,
          document,
          patterns: after,
          tools: toolsAfter,
          ...rest
        } = policyInForce(text, restrictions);
        expect(newVersion).toBe(version);
        expect(version).toBeGreaterThan(policy.version);
        expect(rest).toEqual(expectedAfter(policy, change));
        expect(canonicalize(document)).toBe(text);
        const added = change.kind === 'add-pattern' ? change.pattern : null;
        const isReplaced = (one: any) =>
          added !== null && ['text', 'cwd', 'shell'].every((key) => one[key] === (added as any)[key]);
        const others = policy.patterns.map(({ pattern }) => pattern).filter((one) => !isReplaced(one));
        expect(after.map(({ pattern }) => pattern).filter((one) => !isReplaced(one))).toEqual(others);
        expect(after.map(({ pattern }) => pattern).filter(isReplaced)).toEqual(added === null ? [] : [added]);
        const allowed = change.kind === 'allow-tool' ? change.tool : null;
        const isNamed = ({ tool }: { readonly tool: { readonly server: string; readonly tool: string } }) =>
          tool.server === allowed?.server && tool.tool === allowed.tool;
        expect(toolsAfter.filter((one) => !isNamed(one))).toEqual(policy.tools.filter((one) => !isNamed(one)));
        expect(toolsAfter.filter(isNamed).map(({ tool }) => tool)).toEqual(allowed === null ? [] : [allowed]);
      }),
      { numRuns: 300 },
    );
  });

  it('signed anew it is no looser, whatever was restricted', () => {
    fc.assert(
      fc.property(narrowed, ({ restrictions, policy }) => {
        const after = policyInForce(proposePolicy(policy, { kind: 'renew' }, AT).text, restrictions);
        expect(isNarrower(after, policy)).toBe(true);
      }),
    );
  });

  it('the document is one, with one line of printable ASCII about it', () => {
    const anyChange = fc.oneof(
      changes,
      fc.string({ unit: 'binary' }).map((path): PolicyChange => ({ kind: 'unmanage', path: `/${path}` })),
      fc
        .string({ unit: 'binary' })
        .map((cwd): PolicyChange => ({ kind: 'add-pattern', pattern: patternOf({ cwd: `/${cwd}` }) })),
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 100 })
        .map((tool): PolicyChange => ({ kind: 'allow-tool', tool: toolOf({ tool, server: tool }) })),
    );
    fc.assert(
      fc.property(narrowed, anyChange, ({ policy }, change) => {
        const { text, summary } = proposePolicy(policy, change, AT);
        expect(readPolicyDocument(text)).not.toBeNull();
        expect(summary).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });
});

describe('times in words', () => {
  it.each([
    ['a full minute', '2026-11-22T06:00:00.000Z', '2026-11-22 06:00 UTC'],
    ['a millisecond after it', '2026-11-22T06:00:00.001Z', '2026-11-22 06:01 UTC'],
    ['a second before it', '2026-11-22T05:59:59.000Z', '2026-11-22 06:00 UTC'],
    ['the last second of a year', '2026-12-31T23:59:59.000Z', '2027-01-01 00:00 UTC'],
  ])('%s is shown as the minute in which it is over', (_, time, shown) => {
    const until = Date.parse(time);
    const { summary } = proposePolicy(STRICTEST_POLICY, { kind: 'auto-on', until }, until - HOUR);
    expect(summary).toBe(`Turn auto mode on until ${shown}`);
  });
});
