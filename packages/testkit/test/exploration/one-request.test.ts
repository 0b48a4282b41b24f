import { rules } from '@airlock/conformance';
import { exploreBreadthFirst, hostileWorld } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';

/** Steps of every interleaving that the suite explores; see the README for what a step is. */
const SINGLE_DEPTH = 9;
const TIMEOUT_MS = 300_000;

const INVARIANTS = rules(
  'INV-1',
  'INV-7',
  'INV-8',
  'INV-10',
  'INV-11',
  'INV-12',
  'INV-20',
  'INV-21',
  'INV-25',
  'ENF-010',
  'ENF-060',
  'ENF-090',
  'ENF-100',
);

describe(INVARIANTS('every interleaving with a hostile gateway'), () => {
  it.each([
    ['canonical decisions', { requests: 1, harpRequired: true }, SINGLE_DEPTH, 10_000],
    ['pipe signatures alone', { requests: 1, harpRequired: false }, SINGLE_DEPTH, 7000],
  ] as const)(
    'breaks no property with %s',
    (_name, options, depth, atLeast) => {
      const found = exploreBreadthFirst(hostileWorld(options), depth);
      expect(found.violation).toBeNull();
      // An exploration that shrank to nothing would pass just as well.
      expect(found.states).toBeGreaterThan(atLeast);
    },
    TIMEOUT_MS,
  );

  it(
    'reaches an execution, a restart and a second run of the same bytes',
    () => {
      const world = hostileWorld({
        requests: 1,
        harpRequired: true,
        genuineOnly: true,
        without: ['jump', 'revoke', 'deny', 'lose', 'withdraw', 'pass'],
      });
      expect(exploreBreadthFirst(world, 14).violation).toBeNull();
    },
    TIMEOUT_MS,
  );
});
