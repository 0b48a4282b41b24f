import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/evaluate/evaluate.js';
import type { StandingPolicy } from '../../src/standing/model.js';
import { AT, CONTENT, inputOf, lineAction, standingOf } from './inputs.js';

const named = (policyId: string, change: Partial<StandingPolicy> & Pick<StandingPolicy, 'effect'>) =>
  standingOf({ policyId, ...change });

type Row = readonly [string, Partial<StandingPolicy>];
const content = { contentSha256: CONTENT } as StandingPolicy['selector'] & {};

/** From the highest to the lowest; each applies to `git status`, in each class. */
const RANKS: readonly Row[] = [
  [
    'content and prefix',
    { scope: 'action', selector: { ...content, argvPrefix: ['git', 'status'] }, createdAt: AT - 9 },
  ],
  ['content, newer', { scope: 'action', selector: content, createdAt: AT - 8 }],
  ['content, older', { scope: 'action', selector: content, createdAt: AT - 9 }],
  ['longest prefix', { scope: 'action', selector: { argvPrefix: ['git', 'status'] }, createdAt: AT - 9 }],
  ['words, newest', { scope: 'action', selector: { argv: ['git', 'status'] }, createdAt: AT - 1 }],
  ['family, oldest', { scope: 'action', selector: { commandFamily: 'git' }, createdAt: AT - 9 }],
  ['workspace, newer', { scope: 'workspace', createdAt: AT }],
  ['workspace, older', { scope: 'workspace', createdAt: AT - 1 }],
];

const policies = (['deny', 'approve'] as const).flatMap((effect) =>
  RANKS.map(([name, change]) => named(`${effect}: ${name}`, { effect, ...change })),
);
const decided = (standing: readonly StandingPolicy[]) => {
  const verdict = evaluate(inputOf({ action: lineAction('git status'), standing }));
  if (verdict.kind === 'deny') return verdict.policyId;
  return verdict.kind === 'allow' && verdict.basis.kind === 'grant' ? verdict.basis.policyId : verdict.kind;
};
const pairs = policies.flatMap((high, index) => policies.slice(index + 1).map((low) => [high, low] as const));

describe(rules('DND-080')`precedence of standing policies`, () => {
  it.each(policies.map((policy) => [policy.policyId, policy] as const))('%s applies', (policyId, policy) => {
    expect(decided([policy])).toBe(policyId);
  });

  it.each(pairs.map(([high, low]) => [high.policyId, low.policyId, high, low] as const))(
    '%s before %s',
    (policyId, _, high, low) => {
      expect(decided([high, low])).toBe(policyId);
      expect(decided([low, high])).toBe(policyId);
    },
  );

  it('is the same whatever order they come in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(policies, { minLength: 1 }), (some) => {
        expect(decided(some)).toBe(policies.find((policy) => some.includes(policy))?.policyId);
      }),
    );
  });

  it('a longer prefix goes before a shorter one, in denials that both apply', () => {
    const long = named('long', { effect: 'deny', scope: 'action', selector: { argvPrefix: ['git', 'status'] } });
    const short = named('short', { effect: 'deny', scope: 'action', selector: { argvPrefix: ['git'] }, createdAt: AT });
    expect(decided([short, long])).toBe('long');
  });

  it('of equals the first one decides', () => {
    const twins = ['a', 'b'].map((policyId) => named(policyId, { effect: 'deny' }));
    expect(decided(twins)).toBe('a');
  });

  it('another content is no content', () => {
    const other = { contentSha256: 'd'.repeat(64), argvPrefix: ['git'] } as StandingPolicy['selector'] & {};
    const denials = [
      named('other content', { effect: 'deny', scope: 'action', selector: other }),
      named('longer prefix', { effect: 'deny', scope: 'action', selector: { argvPrefix: ['git', 'status'] } }),
    ];
    expect(decided(denials)).toBe('longer prefix');
  });
});

describe(rules('INV-35', 'DND-080')`more denials and fewer approvals`, () => {
  it('never allow what was not allowed', () => {
    fc.assert(
      fc.property(fc.subarray(policies), fc.constantFrom(...policies), (some, one) => {
        const [before, after] =
          one.effect === 'deny' ? [some, [...some, one]] : [some, some.filter((policy) => policy !== one)];
        const isAllowed = (standing: readonly StandingPolicy[]) => decided(standing).startsWith('approve');
        expect(isAllowed(after) && !isAllowed(before)).toBe(false);
      }),
    );
  });
});
