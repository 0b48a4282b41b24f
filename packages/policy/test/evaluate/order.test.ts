import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { evaluate, type EvaluationInput } from '../../src/evaluate/evaluate.js';
import type { Verdict } from '../../src/verdict.js';
import {
  ALL_KINDS,
  actionOf,
  AT,
  factsOf,
  FOLDER,
  inputOf,
  lineAction,
  patternOf,
  policyOf,
  standingOf,
} from './inputs.js';

/** Everything that can hold of `git status`, in the order in which it decides. */
const FEATURES = [
  'denial',
  'protected',
  'tainted',
  'unknown-input',
  'grant',
  'pattern',
  'auto',
  'unmanaged',
  'gate-off',
] as const;
type Feature = (typeof FEATURES)[number];

const UNTIL = AT + 1;
const VERDICTS: Readonly<Record<Feature, Verdict>> = {
  denial: { kind: 'deny', policyId: 'dnd-deny' },
  protected: { kind: 'ask', reason: 'protected_target' },
  tainted: { kind: 'ask', reason: 'tainted_session' },
  'unknown-input': { kind: 'ask', reason: 'unknown_input', detail: 'run_in_background, sandbox' },
  grant: { kind: 'allow', basis: { kind: 'grant', policyId: 'dnd-grant' } },
  pattern: { kind: 'allow', basis: { kind: 'pattern', patternIds: ['pat-1'] } },
  auto: { kind: 'pass', basis: { kind: 'auto', until: UNTIL } },
  unmanaged: { kind: 'pass', basis: { kind: 'unmanaged', path: FOLDER } },
  'gate-off': { kind: 'pass', basis: { kind: 'gate-off', gate: 'run' } },
};

function holding(...features: readonly Feature[]): EvaluationInput {
  const has = new Set(features);
  const unknownInput = has.has('unknown-input') ? ['run_in_background', 'sandbox'] : [];
  return inputOf({
    action: lineAction('git status', { notices: has.has('protected') ? ['same-host', 'touches-gate'] : ['same-host'] }),
    facts: factsOf([['git', 'status']], { unknownInput }),
    policy: policyOf(has.has('pattern') ? [patternOf('git status')] : [], {
      autoUntil: has.has('auto') ? UNTIL : null,
      unmanaged: has.has('unmanaged') ? ['/elsewhere', FOLDER] : ['/elsewhere', `${FOLDER}/sub`, '/home/dev'],
      gatesOff: has.has('gate-off') ? ['mcp', 'run'] : ['mcp', 'git'],
    }),
    standing: [
      ...(has.has('grant') ? [standingOf({ effect: 'approve', policyId: 'dnd-grant' })] : []),
      ...(has.has('denial') ? [standingOf({ effect: 'deny', policyId: 'dnd-deny' })] : []),
    ],
    session: { tainted: has.has('tainted') },
  });
}

/** The order of docs/policy.md, once more and in other words. */
function expected(features: readonly Feature[]): Verdict {
  const has = (feature: Feature) => features.includes(feature);
  const stopping = (['denial', 'protected', 'tainted'] as const).find(has);
  if (stopping !== undefined) return VERDICTS[stopping];
  const covered = (['grant', 'pattern'] as const).find(has);
  if (covered !== undefined && !has('unknown-input')) return VERDICTS[covered];
  const passed = (['auto', 'unmanaged', 'gate-off'] as const).find(has);
  if (passed !== undefined) return VERDICTS[passed];
  return covered === undefined ? { kind: 'ask', reason: 'no_rule' } : VERDICTS['unknown-input'];
}

const subsets = Array.from({ length: 2 ** FEATURES.length }, (_, bits) =>
  FEATURES.filter((_feature, index) => (bits >> index) % 2 === 1),
);

describe(rules('LOC-045', 'DND-080')`the order of a verdict`, () => {
  it.each(FEATURES.filter((feature) => feature !== 'unknown-input'))('%s alone', (feature) => {
    expect(evaluate(holding(feature))).toEqual(VERDICTS[feature]);
  });

  it('nothing at all is asked', () => {
    expect(evaluate(holding())).toStrictEqual({ kind: 'ask', reason: 'no_rule' });
    expect(evaluate(holding('unknown-input'))).toEqual({ kind: 'ask', reason: 'no_rule' });
  });

  it.each<readonly [Feature, Feature, Verdict]>([
    ['denial', 'protected', VERDICTS.denial],
    ['denial', 'tainted', VERDICTS.denial],
    ['denial', 'unknown-input', VERDICTS.denial],
    ['denial', 'grant', VERDICTS.denial],
    ['denial', 'pattern', VERDICTS.denial],
    ['denial', 'auto', VERDICTS.denial],
    ['denial', 'unmanaged', VERDICTS.denial],
    ['denial', 'gate-off', VERDICTS.denial],
    ['protected', 'tainted', VERDICTS.protected],
    ['protected', 'unknown-input', VERDICTS.protected],
    ['protected', 'grant', VERDICTS.protected],
    ['protected', 'pattern', VERDICTS.protected],
    ['protected', 'auto', VERDICTS.protected],
    ['protected', 'unmanaged', VERDICTS.protected],
    ['protected', 'gate-off', VERDICTS.protected],
    ['tainted', 'unknown-input', VERDICTS.tainted],
    ['tainted', 'grant', VERDICTS.tainted],
    ['tainted', 'pattern', VERDICTS.tainted],
    ['tainted', 'auto', VERDICTS.tainted],
    ['tainted', 'unmanaged', VERDICTS.tainted],
    ['tainted', 'gate-off', VERDICTS.tainted],
    ['unknown-input', 'grant', VERDICTS['unknown-input']],
    ['unknown-input', 'pattern', VERDICTS['unknown-input']],
    ['unknown-input', 'auto', VERDICTS.auto],
    ['unknown-input', 'unmanaged', VERDICTS.unmanaged],
    ['unknown-input', 'gate-off', VERDICTS['gate-off']],
    ['grant', 'pattern', VERDICTS.grant],
    ['grant', 'auto', VERDICTS.grant],
    ['grant', 'unmanaged', VERDICTS.grant],
    ['grant', 'gate-off', VERDICTS.grant],
    ['pattern', 'auto', VERDICTS.pattern],
    ['pattern', 'unmanaged', VERDICTS.pattern],
    ['pattern', 'gate-off', VERDICTS.pattern],
    ['auto', 'unmanaged', VERDICTS.auto],
    ['auto', 'gate-off', VERDICTS.auto],
    ['unmanaged', 'gate-off', VERDICTS.unmanaged],
  ])('%s before %s', (first, second, verdict) => {
    expect(evaluate(holding(first, second))).toEqual(verdict);
  });

  it('every combination', () => {
    for (const features of subsets)
      expect([features, evaluate(holding(...features))]).toEqual([features, expected(features)]);
  });
});

describe(rules('LOC-090')`a protected target`, () => {
  it('is asked, whatever else holds short of a denial', () => {
    for (const features of subsets) {
      if (features.includes('denial')) continue;
      expect(evaluate(holding('protected', ...features))).toEqual(VERDICTS.protected);
    }
  });

  it.each(ALL_KINDS.filter((kind) => kind !== 'policy.change'))('of kind %s is asked', (kind) => {
    const { policy, standing } = holding('grant', 'auto', 'unmanaged', 'gate-off');
    const action = actionOf(kind, { notices: ['touches-gate'] });
    expect(evaluate(inputOf({ action, policy, standing }))).toEqual(VERDICTS.protected);
  });
});

describe(rules('LOC-080', 'LOC-090')`a change of the policy`, () => {
  it('is asked under every policy but a denying one', () => {
    for (const features of subsets) {
      const { policy, standing, session } = holding(...features);
      for (const notices of [[], ['touches-gate']]) {
        const verdict = evaluate(
          inputOf({ action: actionOf('policy.change', { notices }), policy, standing, session }),
        );
        expect(verdict).toEqual(
          features.includes('denial') ? VERDICTS.denial : { kind: 'ask', reason: 'policy_change' },
        );
      }
    }
  });
});

describe(rules('INV-26', 'INV-35')`taking away and denying`, () => {
  const tightening: readonly Feature[] = ['denial', 'protected', 'tainted', 'unknown-input'];
  const kinds = new Map<string, Verdict['kind']>();
  const kindOf = (features: readonly Feature[]) => {
    const key = FEATURES.filter((feature) => features.includes(feature)).join();
    const kind = kinds.get(key) ?? evaluate(holding(...features)).kind;
    kinds.set(key, kind);
    return kind;
  };
  const changed = (features: readonly Feature[], feature: Feature) =>
    tightening.includes(feature) ? [...features, feature] : features.filter((one) => one !== feature);

  it('never approves more: what was not allowed is not, and what was asked or denied stays so', () => {
    for (const features of subsets) {
      const before = kindOf(features);
      for (const feature of FEATURES) {
        const after = kindOf(changed(features, feature));
        const isLooser = after === 'allow' ? before !== 'allow' : after === 'pass' && ['ask', 'deny'].includes(before);
        expect(isLooser && { features, feature, before, after }).toBe(false);
      }
    }
  });
});

describe(rules('LOC-045')`auto mode`, () => {
  it.each([
    [AT + 1, 'pass'],
    [AT, 'ask'],
    [AT - 1, 'ask'],
  ])('until %i at 1772460000000 gives %s', (autoUntil, kind) => {
    expect(evaluate(inputOf({ policy: policyOf([], { autoUntil }) })).kind).toBe(kind);
  });

  it('passes actions of every kind, and allows none', () => {
    const policy = policyOf([patternOf('git status')], { autoUntil: UNTIL });
    for (const kind of ALL_KINDS) {
      if (kind === 'command' || kind === 'policy.change') continue;
      expect(evaluate(inputOf({ action: actionOf(kind), policy }))).toEqual(VERDICTS.auto);
    }
  });
});

describe(rules('LOC-045')`a taint`, () => {
  it('of the session concerns commands, with a shell or without', () => {
    const session = { tainted: true };
    const policy = policyOf([], { autoUntil: UNTIL });
    expect(evaluate(inputOf({ action: actionOf('command'), policy, session }))).toEqual(VERDICTS.tainted);
    expect(evaluate(inputOf({ action: actionOf('file-edit'), policy, session }))).toEqual(VERDICTS.auto);
  });
});
