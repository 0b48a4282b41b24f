import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { assertArgumentsUtf8, assertEnvironmentUtf8 } from '../../src/facts/encoding.js';

describe(rules('ART-130')`bytes that Node cannot give back are refused`, () => {
  test('in an argument', () => {
    expect(() => assertArgumentsUtf8(['ls', 'caf\uFFFD'])).toThrow(
      expect.objectContaining({ code: 'argument_not_utf8' }),
    );
    expect(() => assertArgumentsUtf8(['ls', 'café'])).not.toThrow();
  });

  test.each([{ 'A\uFFFD': '1' }, { A: '\uFFFD' }])('in the environment: %o', (environment) => {
    expect(() => assertEnvironmentUtf8(environment)).toThrow(expect.objectContaining({ code: 'environment_not_utf8' }));
  });
});
