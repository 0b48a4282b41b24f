import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/audit/redact.js';

/** Everything that this side of the wire holds and must never write down, in the form in which it is made. */
const SECRETS = {
  'a personal access token': `airpat_${'aB3'.repeat(13)}`,
  'a routing token': `rt-${'aB3_'.repeat(10)}`,
  'a refresh token': `rft-${'aB3_'.repeat(10)}`,
  'a ticket': `tkt-${'aB3_'.repeat(8)}`,
  'an enrollment code': `enr-${'0f'.repeat(16)}`,
  'an access token': `eyJ${'aB3'.repeat(5)}.eyJ${'x'.repeat(9)}.${'y'.repeat(20)}`,
  'a shown code': 'K7M2QX-7W4A-6ABM-B9PP-FC9G',
  'a recovery code': '7W4A-6ABM-B9PP-FC9G-0Z1Y-K7M2',
} as const;

describe(rules('ENF-190', 'PAIR-140', 'PAIR-265')`a secret that an error message happens to carry`, () => {
  it.each(Object.entries(SECRETS))('%s reaches no log', (_name, secret) => {
    const text = redact(`${'x'.repeat(960)} the gateway said ${secret}, sorry`);
    expect(text).not.toContain(secret.slice(0, 12));
    expect(redact(`"${secret}" sorry`)).toBe('"[redacted]" sorry');
  });

  it('the secret of a link reaches none either', () => {
    const link = 'https://gateway.example/pair#v=1&c=K7M2QX&s=7W4A6ABMB9PPFC9G7W4A6ABMB9&e=enr-1';
    expect(redact(link)).toBe('https://gateway.example/pair#v=1&c=K7M2QX[redacted][redacted]');
  });

  it.each([
    'req-910db304-fc11-4557-a16f-2099379732b3',
    'enf-54244903-959e-4c53-ace7-6f6eda79de6e',
    'al1.9aB3x_-9aB3x_-90.0123456789abcdefABCDEF',
    '8d1c-44e0-9b7a-0c1d-55ef-a1b2-c3d4-e5f6',
    'ab'.repeat(32),
  ])('%s stays readable', (id) => {
    expect(redact(`request ${id}`)).toBe(`request ${id}`);
  });
});
