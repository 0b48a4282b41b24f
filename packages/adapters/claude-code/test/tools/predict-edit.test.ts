import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import { predictEdit } from '../../src/tools/predict-edit.js';
import { EDITS } from '../support/edits.js';

describe(rules('ART-130')`what a file holds after Edit`, () => {
  it.each(EDITS)('$name', ({ before, old, new: newString, all = false, after }) => {
    expect(predictEdit(before, { oldString: old, newString, replaceAll: all })).toBe(after);
  });

  test('in a file with plain line ends the parts around the only occurrence stay as they are', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', '\n', '$&') });
    fc.assert(
      fc.property(text, text, fc.string({ minLength: 1 }), (head, tail, newString) => {
        const edit = { oldString: '<<only>>', newString, replaceAll: false };
        expect(predictEdit(`${head}<<only>>${tail}`, edit)).toBe(`${head}${newString}${tail}`);
      }),
    );
  });
});
