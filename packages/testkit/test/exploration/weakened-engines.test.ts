import { rules } from '@airlock/conformance';
import { exploreBreadthFirst, hostileWorld, WEAKENED_ENGINES } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';

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

describe(INVARIANTS('exploration finds known defects'), () => {
  it.each(WEAKENED_ENGINES.map((engine) => [engine.id, engine] as const))(
    '%s',
    (_id, engine) => {
      const found = exploreBreadthFirst(hostileWorld(engine.world), 12);
      expect(found.violation).toMatchObject({ property: expect.stringMatching(/^(INV|ENF)-/) });
    },
    TIMEOUT_MS,
  );

  it('has enough of them', () => {
    expect(WEAKENED_ENGINES.length).toBeGreaterThanOrEqual(5);
  });
});
