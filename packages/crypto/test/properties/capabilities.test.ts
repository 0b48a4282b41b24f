import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { capabilitiesMac } from '../../src/index.js';

const confirmKey = new Uint8Array(32).fill(7);
const capability = fc.stringMatching(/^[a-z0-9/.-]{1,64}$/);
const capabilities = fc.uniqueArray(capability, { maxLength: 6 });

it(rules('CRYP-210')`unknown capabilities count in the MAC, their order does not`, () => {
  fc.assert(
    fc.property(capabilities, capability, (known, unknown) => {
      fc.pre(!known.includes(unknown));
      const mac = capabilitiesMac(confirmKey, known);
      expect(capabilitiesMac(confirmKey, [...known].reverse())).toEqual(mac);
      expect(capabilitiesMac(confirmKey, [...known, unknown])).not.toEqual(mac);
    }),
  );
});
