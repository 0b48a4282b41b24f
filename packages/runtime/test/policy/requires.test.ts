import { rules } from '@airlock/conformance';
import { policyRequirementSchema } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requirementsIn, requiresSchema, requiresText } from '../../src/restrictions/requires.js';

describe(rules('LOC-085')`requirements in an entry of the list`, () => {
  it.each([
    [[], ''],
    [['harp-decision'], 'harp-decision'],
    [['verified-pairing'], 'verified-pairing'],
    [['verified-pairing', 'harp-decision'], 'harp-decision verified-pairing'],
    [['ask-reads'], 'ask-reads'],
    [['verified-pairing', 'ask-reads'], 'ask-reads verified-pairing'],
    [['harp-decision', 'ask-reads', 'verified-pairing'], 'ask-reads harp-decision verified-pairing'],
  ] as const)('%j', (requirements, text) => {
    expect(requiresText(requirements)).toBe(text);
    expect(requiresSchema.parse(text)).toBe(text);
    expect(requirementsIn(text)).toEqual(requirements.toSorted());
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.subarray(policyRequirementSchema.options.slice()), (requirements) => {
        expect(requirementsIn(requiresText(requirements))).toEqual(requirements.toSorted());
      }),
    );
  });
});
