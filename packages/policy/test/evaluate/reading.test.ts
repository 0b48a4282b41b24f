import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, type EvaluationInput, failsOpen } from '../../src/evaluate/evaluate.js';
import type { Verdict } from '../../src/verdict.js';
import { ALL_KINDS, actionOf, AT, factsOf, FOLDER, inputOf, policyOf, readInput, standingOf } from './inputs.js';

const READ: Verdict = { kind: 'pass', basis: { kind: 'read' } };
const INSIDE = `${FOLDER}/src/a.ts`;
const OUTSIDE = '/home/dev/other/a.ts';
const SECRET = `${FOLDER}/.env`;
const verdictOf = (...reads: string[]) => evaluate(readInput(reads));

describe(rules('LOC-045')`a tool that only reads`, () => {
  it.each([
    ['nothing but the state of its host', []],
    ['a file of the workspace', [INSIDE]],
    ['the workspace itself', [FOLDER]],
    ['several files', [INSIDE, FOLDER, `${FOLDER}/README.md`]],
    ['a name that begins with dots', [`${FOLDER}/.../..a/.b`]],
  ])('%s passes', (_, reads) => {
    expect(verdictOf(...reads)).toStrictEqual(READ);
  });

  it.each<readonly [string, readonly string[], string]>([
    ['a file elsewhere', [OUTSIDE], OUTSIDE],
    ['a file elsewhere among others', [INSIDE, OUTSIDE, SECRET], OUTSIDE],
    ['a folder around the workspace', ['/home/dev'], '/home/dev'],
    ['a folder whose name begins like it', [`${FOLDER}2/a`], `${FOLDER}2/a`],
    ['the same folder in another case', ['/home/dev/Project/a'], '/home/dev/Project/a'],
    ['a way out by dots', [`${FOLDER}/../x`], `${FOLDER}/../x`],
    ['dots at the end', [`${FOLDER}/..`], `${FOLDER}/..`],
    ['a way that is not plain', [`${FOLDER}/./a`], `${FOLDER}/./a`],
    ['a double slash', [`${FOLDER}//a`], `${FOLDER}//a`],
    ['a relative path', ['src/a.ts'], 'src/a.ts'],
    ['no path', [''], ''],
  ])('%s is asked', (_, reads, detail) => {
    expect(verdictOf(...reads)).toStrictEqual({ kind: 'ask', reason: 'read_outside', detail });
  });

  it('a secret is asked, alone or among others', () => {
    const secret: Verdict = { kind: 'ask', reason: 'read_secret', detail: SECRET };
    expect(verdictOf(SECRET)).toStrictEqual(secret);
    expect(verdictOf(INSIDE, SECRET, `${FOLDER}/id_rsa`)).toStrictEqual(secret);
    const workspacePath = '/home/dev/.ssh';
    expect(evaluate(readInput([`${workspacePath}/a`], { workspacePath })).kind).toBe('ask');
  });

  it('everything lies inside a workspace that is the root', () => {
    expect(evaluate(readInput(['/', '/etc/hosts'], { workspacePath: '/' }))).toEqual(READ);
  });

  it('is asked where that is required, for its host\u2019s own state too', () => {
    const policy = policyOf([], { requirements: ['ask-reads'] });
    for (const reads of [[], [INSIDE], [OUTSIDE]])
      expect(evaluate(readInput(reads, { policy }))).toStrictEqual({ kind: 'ask', reason: 'reads_required' });
    const others = policyOf([], { requirements: ['harp-decision', 'verified-pairing'] });
    expect(evaluate(readInput([INSIDE], { policy: others }))).toEqual(READ);
  });

  it('passes in a session whose shell was changed', () => {
    expect(evaluate(readInput([INSIDE], { session: { tainted: true } }))).toEqual(READ);
  });

  it('with unknown input is asked', () => {
    const facts = factsOf([], { reads: [INSIDE], unknownInput: ['follow', 'to'] });
    const asked: Verdict = { kind: 'ask', reason: 'unknown_input', detail: 'follow, to' };
    expect(evaluate(readInput([], { facts }))).toStrictEqual(asked);
  });

  it.each(ALL_KINDS.filter((kind) => kind !== 'tool'))('of kind %s is none, whatever the facts say', (kind) => {
    const facts = factsOf([], { reads: [INSIDE] });
    expect(evaluate(inputOf({ action: actionOf(kind), facts })).kind).toBe('ask');
  });

  it('without facts, or without the paths it reads, is asked', () => {
    expect(evaluate(readInput([], { facts: null })).kind).toBe('ask');
    expect(evaluate(readInput([], { facts: factsOf([]) })).kind).toBe('ask');
  });

  it('is no reason for fail mode to pass', () => {
    expect(failsOpen(readInput([INSIDE]))).toBe(false);
  });
});

const FEATURES = [
  'denial',
  'protected',
  'unknown-input',
  'grant',
  'auto',
  'unmanaged',
  'gate-off',
  'required',
] as const;
type Feature = (typeof FEATURES)[number];
const subsets = Array.from({ length: 2 ** FEATURES.length }, (_, bits) =>
  FEATURES.filter((_feature, index) => (bits >> index) % 2 === 1),
);

function holding(features: readonly Feature[], reads: readonly string[]): EvaluationInput {
  const has = (feature: Feature) => features.includes(feature);
  return inputOf({
    action: actionOf('tool', { tool: 'Read', notices: has('protected') ? ['touches-gate'] : [] }),
    facts: factsOf([], { reads, unknownInput: has('unknown-input') ? ['x'] : [] }),
    policy: policyOf([], {
      autoUntil: has('auto') ? AT + 1 : null,
      unmanaged: has('unmanaged') ? [FOLDER] : [],
      gatesOff: has('gate-off') ? ['run'] : [],
      requirements: has('required') ? ['ask-reads'] : [],
    }),
    standing: [
      ...(has('grant') ? [standingOf({ effect: 'approve', policyId: 'dnd-grant' })] : []),
      ...(has('denial') ? [standingOf({ effect: 'deny', policyId: 'dnd-deny' })] : []),
    ],
  });
}

/** The order of docs/policy.md in other words. */
function expected(features: readonly Feature[]): string {
  const has = (feature: Feature) => features.includes(feature);
  if (has('denial')) return 'deny';
  if (has('protected')) return 'protected_target';
  if (has('grant') && !has('unknown-input')) return 'grant';
  const off = (['auto', 'unmanaged', 'gate-off'] as const).find(has);
  if (off !== undefined) return off;
  if (has('unknown-input')) return 'unknown_input';
  return has('required') ? 'reads_required' : 'read';
}

function said(verdict: Verdict): string {
  if (verdict.kind === 'deny') return 'deny';
  return verdict.kind === 'ask' ? verdict.reason : verdict.basis.kind;
}

describe(rules('LOC-045', 'LOC-090', 'DND-080')`the order of a verdict about a read`, () => {
  it('every combination', () => {
    for (const features of subsets)
      expect([features, said(evaluate(holding(features, [INSIDE])))]).toEqual([features, expected(features)]);
  });
});

describe(rules('INV-26', 'INV-35')`reading more`, () => {
  const path = fc.oneof(
    fc.constantFrom(INSIDE, OUTSIDE, SECRET, FOLDER, '/', '', `${FOLDER}/..`, `${FOLDER}/x/id_rsa`),
    fc.string({ unit: 'binary', maxLength: 12 }).map((name) => `${FOLDER}/${name}`),
  );
  const paths = fc.array(path, { maxLength: 4 });
  const isAsked = (features: readonly Feature[], reads: readonly string[]) =>
    ['ask', 'deny'].includes(evaluate(holding(features, reads)).kind);

  it('never turns a question into a pass, wherever the path stands', () => {
    fc.assert(
      fc.property(fc.subarray([...FEATURES]), paths, paths, path, (features, before, after, more) => {
        fc.pre(isAsked(features, [...before, ...after]));
        expect(isAsked(features, [...before, more, ...after])).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('passes only what lies inside and is not called a secret: each path alone passes too', () => {
    fc.assert(
      fc.property(paths, (reads) => {
        const passes = !isAsked([], reads);
        expect(passes).toBe(reads.every((each) => !isAsked([], [each])));
      }),
      { numRuns: 500 },
    );
  });

  it('under more requirements, denials, marks or unknown input never passes more', () => {
    for (const features of subsets) {
      for (const more of ['denial', 'protected', 'unknown-input', 'required'] as const) {
        const before = isAsked(features, [INSIDE]);
        // A grant that no longer covers the call leaves it to what is switched off: no approval, and never a question less.
        expect(before && !isAsked([...features, more], [INSIDE]) && { features, more }).toBe(false);
      }
    }
  });
});
