import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { airlockActionSchema } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { evaluate, policyInForce, STRICTEST_POLICY } from '../src/index.js';

const vectors: {
  readonly plaintext: { readonly value: unknown };
  readonly plaintexts: readonly { readonly id: string; readonly value: any }[];
  readonly policyDocument: { readonly canonical: string; readonly sha256: string };
} = JSON.parse(readFileSync(new URL('../../testkit/vectors/decision-signature.json', import.meta.url), 'utf8'));

describe('without a signed document', () => {
  it('version and hash are those of no document', () => {
    expect(STRICTEST_POLICY).toEqual({ version: 0, sha256: createHash('sha256').update('{}').digest('hex') });
    const noPolicy = vectors.plaintexts.find(({ id }) => id === 'no-policy')!.value;
    expect(STRICTEST_POLICY).toEqual({ version: noPolicy.policyVersion, sha256: noPolicy.policySha256 });
  });
});

describe(rules('LOC-082')`a signed document`, () => {
  it('is in force with its version and the hash of its text', () => {
    const { canonical, sha256 } = vectors.policyDocument;
    expect(policyInForce(canonical)).toEqual({ version: 1772373600, sha256, document: { version: 1772373600 } });
  });

  it.each([
    ['another spelling', '{ "version":1772373600}'],
    ['a final newline', '{"version":1772373600}\n'],
    ['a duplicate key', '{"version":1,"version":2}'],
    ['no version', '{}'],
    ['version 0', '{"version":0}'],
    ['a version that is no integer', '{"version":"1"}'],
    ['a member nobody here understands', '{"failMode":"open","version":1}'],
    ['the next approver’s key', `{"approverKey":"${'A'.repeat(43)}","version":1}`],
    ['an array', '[1]'],
    ['nothing', ''],
  ])('%s is as good as none', (_, text) => {
    expect(policyInForce(text)).toBe(STRICTEST_POLICY);
  });
});

describe('every action is asked', () => {
  const actions = [vectors.plaintext, ...vectors.plaintexts].map(({ value }) => airlockActionSchema.parse(value));
  it.each(actions.map((action) => [action.kind, action] as const))('%s', (_, action) => {
    for (const policy of [STRICTEST_POLICY, policyInForce(vectors.policyDocument.canonical)]) {
      expect(evaluate(action, policy)).toEqual({ kind: 'ask' });
    }
  });
});
