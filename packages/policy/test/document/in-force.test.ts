import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { canonicalize } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LocalRestriction, policyInForce, STRICTEST_POLICY } from '../../src/document/in-force.js';
import { readPattern } from '../../src/patterns/match.js';
import { documents, isNarrower, patternOf, restrictionsOf, textOf, toolOf, VERSION } from './policies.js';

const vectors: {
  readonly plaintexts: readonly { readonly id: string; readonly value: any }[];
  readonly policyDocument: { readonly canonical: string; readonly sha256: string };
} = JSON.parse(readFileSync(new URL('../../../testkit/vectors/decision-signature.json', import.meta.url), 'utf8'));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A text that permits something of every kind, and what is in force under it. */
const PATTERN = patternOf();
const PATTERN_ID = `pat-${sha256(canonicalize(PATTERN)).slice(0, 16)}`;
const OTHER = patternOf({ text: 'npm run build' });
const OTHER_ID = `pat-${sha256(canonicalize(OTHER)).slice(0, 16)}`;
const TOOL = toolOf();
const TOOL_ID = `tool-${sha256(canonicalize(TOOL)).slice(0, 16)}`;
const OTHER_TOOL = toolOf({ tool: 'read' });
const OTHER_TOOL_ID = `tool-${sha256(canonicalize(OTHER_TOOL)).slice(0, 16)}`;
const TEXT = textOf({
  auto: { until: '2026-11-22T08:00:00+02:00' },
  failOpen: { until: '2026-11-22T07:00:00.500Z' },
  patterns: [PATTERN, OTHER],
  tools: [TOOL, OTHER_TOOL],
  gatesOff: ['git', 'run'],
  unmanaged: ['/home/a/tmp', '/srv'],
  requirements: ['harp-decision'],
});
const POLICY = policyInForce(TEXT, []);

/** A document as a later version of Airlock may sign it: the tool is covered under a condition that nobody here knows. */
function textWithNewerTool(): string {
  return canonicalize({ version: VERSION, tools: [{ ...TOOL, onlyArguments: '{}' }] });
}

describe(rules('LOC-080')`without a signed document`, () => {
  it('everything is asked; version and hash are those of no document', () => {
    const noPolicy = vectors.plaintexts.find(({ id }) => id === 'no-policy')!.value;
    expect(policyInForce(null, [])).toBe(STRICTEST_POLICY);
    expect(STRICTEST_POLICY).toEqual({
      version: noPolicy.policyVersion,
      sha256: noPolicy.policySha256,
      autoUntil: null,
      failOpenUntil: null,
      patterns: [],
      tools: [],
      gatesOff: [],
      unmanaged: [],
      requirements: [],
    });
    expect(STRICTEST_POLICY.sha256).toBe(sha256('{}'));
  });

  it('what is required here is required before anything was signed', () => {
    expect(
      policyInForce(null, [
        { kind: 'require', requirement: 'verified-pairing', version: 0 },
        { kind: 'auto-off', version: 0 },
      ]),
    ).toEqual({ ...STRICTEST_POLICY, requirements: ['verified-pairing'] });
  });

  it('what was required under a document that is lost stays required', () => {
    const restriction = { kind: 'require', requirement: 'harp-decision', version: VERSION } as const;
    expect(policyInForce(null, [restriction]).requirements).toEqual(['harp-decision']);
  });
});

describe(rules('LOC-082')`a signed document`, () => {
  it('is in force with its version and the hash of its text', () => {
    const { canonical, sha256: hash } = vectors.policyDocument;
    expect(policyInForce(canonical, [])).toEqual({
      ...STRICTEST_POLICY,
      version: 1772373600,
      sha256: hash,
      document: { version: 1772373600 },
    });
  });

  it('permits what it says, in its order', () => {
    expect(POLICY).toEqual({
      version: VERSION,
      sha256: sha256(TEXT),
      document: JSON.parse(TEXT),
      autoUntil: Date.parse('2026-11-22T06:00:00Z'),
      failOpenUntil: Date.parse('2026-11-22T07:00:00.500Z'),
      patterns: [
        { id: PATTERN_ID, pattern: PATTERN },
        { id: OTHER_ID, pattern: OTHER },
      ],
      tools: [
        { id: TOOL_ID, tool: TOOL },
        { id: OTHER_TOOL_ID, tool: OTHER_TOOL },
      ],
      gatesOff: ['git', 'run'],
      unmanaged: ['/home/a/tmp', '/srv'],
      requirements: ['harp-decision'],
    });
  });

  it.each([
    ['another spelling', '{ "version":1772373600}'],
    ['a final newline', '{"version":1772373600}\n'],
    ['a duplicate key', '{"version":1,"version":2}'],
    ['another order', '{"version":1,"auto":{"until":"2026-11-22T06:00:00.000Z"}}'],
    ['no version', '{}'],
    ['version 0', '{"version":0}'],
    ['a version that is no integer', '{"version":"1"}'],
    ['a member nobody here understands', '{"failMode":"open","version":1}'],
    ['a member in another case', '{"Auto":{"until":"2026-11-22T06:00:00.000Z"},"version":1}'],
    ['a tool with a member of a newer version', textWithNewerTool()],
    ['auto mode without an end', '{"auto":{},"version":1}'],
    ['an end that is no time', '{"auto":{"until":"soon"},"version":1}'],
    ['fail mode open without an end', '{"failOpen":true,"version":1}'],
    ['the next approver’s key', `{"approverKey":"${'A'.repeat(43)}","version":1}`],
    [
      'the next approver’s key beside permissions',
      `{"approverKey":"${'A'.repeat(43)}","gatesOff":["run"],"version":1}`,
    ],
    ['a lone surrogate', '{"unmanaged":["/\ud800"],"version":1}'],
    ['an array', '[1]'],
    ['nothing', ''],
  ])('%s is as good as none', (_, text) => {
    expect(policyInForce(text, [])).toBe(STRICTEST_POLICY);
  });
});

describe(rules('LOC-085')`a local restriction`, () => {
  const rows: readonly [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['auto mode off', { kind: 'auto-off' }, { autoUntil: null }],
    ['fail mode closed', { kind: 'fail-closed' }, { failOpenUntil: null }],
    [
      'a pattern removed',
      { kind: 'pattern-removed', patternId: PATTERN_ID },
      { patterns: [{ id: OTHER_ID, pattern: OTHER }] },
    ],
    [
      'a tool removed',
      { kind: 'pattern-removed', patternId: TOOL_ID },
      { tools: [{ id: OTHER_TOOL_ID, tool: OTHER_TOOL }] },
    ],
    ['the start of a tool id', { kind: 'pattern-removed', patternId: TOOL_ID.slice(0, -1) }, {}],
    ['a path managed again', { kind: 'path-managed', path: '/srv' }, { unmanaged: ['/home/a/tmp'] }],
    ['a gate on again', { kind: 'gate-on', gate: 'git' }, { gatesOff: ['run'] }],
    [
      'another requirement',
      { kind: 'require', requirement: 'verified-pairing' },
      { requirements: ['harp-decision', 'verified-pairing'] },
    ],
    ['a requirement that holds already', { kind: 'require', requirement: 'harp-decision' }, {}],
    ['an unknown pattern', { kind: 'pattern-removed', patternId: 'pat-0000000000000000' }, {}],
    ['the start of a pattern id', { kind: 'pattern-removed', patternId: PATTERN_ID.slice(0, -1) }, {}],
    ['a path inside an unmanaged one', { kind: 'path-managed', path: '/srv/x' }, {}],
    ['a gate in another case', { kind: 'gate-on', gate: 'GIT' }, {}],
  ];

  it.each(rows)('%s changes exactly that', (_, restriction, change) => {
    const policy = policyInForce(TEXT, [{ ...restriction, version: VERSION } as LocalRestriction]);
    expect(policy).toEqual({ ...POLICY, ...change });
  });

  it('the requirements have one order, whichever came first', () => {
    const required = policyInForce(textOf({ requirements: ['verified-pairing'] }), [
      { kind: 'require', requirement: 'harp-decision', version: VERSION },
    ]);
    expect(required.requirements).toEqual(['harp-decision', 'verified-pairing']);
  });

  it.each([
    ['made under an older document', VERSION - 1, true],
    ['made before there was any', 0, true],
    ['made under this document', VERSION, false],
    ['made under a newer document', VERSION + 1, false],
  ])('%s: is the document complete without it?', (_, version, isComplete) => {
    expect(policyInForce(TEXT, [{ kind: 'auto-off', version }]).autoUntil === POLICY.autoUntil).toBe(isComplete);
    const required = policyInForce(TEXT, [{ kind: 'require', requirement: 'verified-pairing', version }]);
    expect(required.requirements.includes('verified-pairing')).toBe(!isComplete);
  });
});

const narrowings = documents.chain((document) => {
  const text = canonicalize(document);
  const restriction = restrictionsOf(policyInForce(text, []));
  return fc.record({
    text: fc.option(fc.constant(text)),
    list: fc.array(restriction, { maxLength: 8 }),
    added: restriction,
  });
});

describe(rules('INV-26', 'LOC-085')`restrictions only narrow`, () => {
  it('one more, anywhere in the list, never makes the policy looser', () => {
    fc.assert(
      fc.property(narrowings, fc.nat(8), ({ text, list, added }, position) => {
        const more = policyInForce(text, list.toSpliced(position, 0, added));
        expect(isNarrower(more, policyInForce(text, list))).toBe(true);
      }),
    );
  });

  it('order and repetition say nothing', () => {
    fc.assert(
      fc.property(narrowings, ({ text, list }) => {
        const policy = policyInForce(text, list);
        expect(policyInForce(text, list.toReversed())).toEqual(policy);
        expect(policyInForce(text, [...list, ...list])).toEqual(policy);
      }),
    );
  });

  it('every restriction that holds has its effect', () => {
    fc.assert(
      fc.property(narrowings, ({ text, list, added }) => {
        const policy = policyInForce(text, [...list, added]);
        fc.pre(added.version >= policy.version);
        switch (added.kind) {
          case 'auto-off':
            return policy.autoUntil === null;
          case 'fail-closed':
            return policy.failOpenUntil === null;
          case 'pattern-removed':
            return [...policy.patterns, ...policy.tools].every(({ id }) => id !== added.patternId);
          case 'path-managed':
            return !policy.unmanaged.includes(added.path);
          case 'gate-on':
            return !policy.gatesOff.includes(added.gate);
          case 'require':
            return policy.requirements.includes(added.requirement);
        }
      }),
    );
  });

  it('the order that the test compares by is one', () => {
    fc.assert(
      fc.property(narrowings, ({ text, list }) => {
        const [narrow, wide] = [policyInForce(text, list), policyInForce(text, [])];
        expect(isNarrower(narrow, narrow)).toBe(true);
        if (!isNarrower(wide, narrow)) return;
        expect({ ...narrow, requirements: narrow.requirements.toSorted() }).toEqual({
          ...wide,
          requirements: wide.requirements.toSorted(),
        });
      }),
    );
  });
});

describe(rules('INV-33', 'ENF-175')`a signed pattern that is invalid or broad`, () => {
  it.each([
    'bash',
    'bash -c ls',
    'python3 *',
    'node -e 1',
    'env *',
    'sudo npm *',
    'git *',
    'npm *',
    'cd /srv',
    'npm test && npm run build',
    'npm test > out',
    'npm *test',
    'npm "$HOME"',
    'npm \u0442est',
    'FOO=1 npm test',
    '*',
    ' ',
  ])('%s approves nothing and takes no other pattern with it', (words) => {
    const document = textOf({ patterns: [patternOf({ text: words }), PATTERN] });
    expect(policyInForce(document, []).patterns).toEqual([{ id: PATTERN_ID, pattern: PATTERN }]);
  });

  it('what is in force is exactly what the reader of patterns accepts', () => {
    const word = fc.constantFrom(
      'git',
      'npm',
      'status',
      'test',
      'run',
      '*',
      '-c',
      'bash',
      'env',
      '&&',
      "'a b'",
      '$x',
      'ls',
    );
    const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 5 }), (texts) => {
        const { patterns } = policyInForce(textOf({ patterns: texts.map((text) => patternOf({ text })) }), []);
        expect(patterns.map(({ pattern }) => pattern.text)).toEqual(texts.filter((text) => readPattern(text).ok));
      }),
    );
  });
});

describe(rules('INV-35')`removing a pattern`, () => {
  it('leaves no more in force than before', () => {
    fc.assert(
      fc.property(documents, fc.nat(3), (document, index) => {
        const whole = policyInForce(canonicalize(document), []);
        const patterns = (document.patterns ?? []).filter((_, at) => at !== index);
        const fewer = policyInForce(canonicalize({ ...document, patterns }), []);
        expect(isNarrower(fewer, whole)).toBe(true);
      }),
    );
  });

  it('by its id takes it and its copies away, and nothing else', () => {
    fc.assert(
      fc.property(documents, fc.nat(), (document, index) => {
        const text = canonicalize(document);
        const { patterns } = policyInForce(text, []);
        fc.pre(patterns.length > 0);
        const { id, pattern } = patterns[index % patterns.length]!;
        const left = policyInForce(text, [{ kind: 'pattern-removed', patternId: id, version: document.version }]);
        const isSame = (other: unknown) => JSON.stringify(other) === JSON.stringify(pattern);
        expect(left.patterns.map((each) => each.pattern)).toEqual(document.patterns!.filter((each) => !isSame(each)));
      }),
    );
  });
});
