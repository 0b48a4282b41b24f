import { rules } from '@airlock/conformance';
import { airlockActionSchema } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { displayCard, INTERPRETERS_EXTENSION } from '../../src/index.js';
import { PLAINTEXTS } from '../plaintext/vectors.js';

const PAIRING = {
  enforcerLabel: 'Airlock',
  workspaceName: 'widgets',
  assurance: 'verified',
  capabilities: [],
} as const;
const HASH = 'ab'.repeat(32);
const card = (interpreters: unknown) =>
  displayCard(
    airlockActionSchema.parse({
      ...PLAINTEXTS[0]?.value,
      ...(interpreters === undefined ? {} : { extensions: { [INTERPRETERS_EXTENSION]: interpreters } }),
    }),
    PAIRING,
  );

const FACT = { path: '/usr/bin/node', sha256: HASH };

describe(rules('INV-16', 'APPR-170')`interpreters that are written so that they look like others`, () => {
  it.each([
    ['a blank moved from the hash into the path', [{ path: '/a b', sha256: 'c' }], [{ path: '/a', sha256: 'b c' }]],
    ['one fact outside a list', [FACT], FACT],
    ['an empty list', [], undefined],
    ['a fact as a text', [FACT], [`${FACT.path} ${FACT.sha256}`]],
    ['a fact with a third member', [FACT], [{ ...FACT, args: '-e' }]],
    ['two facts as one', [FACT, FACT], [{ path: `${FACT.path} ${HASH}`, sha256: HASH }]],
  ])('%s', (_name, one, other) => {
    expect(JSON.stringify(card(one))).not.toBe(JSON.stringify(card(other)));
  });

  it('are shown path by path with their hashes when they are what they should be', () => {
    const field = card([FACT]).computed.find(({ label }) => label === 'Interpreters and their SHA-256');
    expect(field?.values.map(({ text }) => text)).toEqual([`${FACT.path} ${HASH}`]);
  });
});
