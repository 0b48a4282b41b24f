import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import {
  ACK_TABLE,
  ARTIFACT_TABLE,
  AUTH_TABLE,
  describeTable,
  PAIRING_TABLE,
  PRESENCE_TABLE,
} from '@airlock/enforcer/internal';
import { VERIFICATION_STEPS } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { AUDIT_KINDS, AUTH_FAILURES, ENFORCER_CODES, ENGINE_LIMITS, PAIRING_REFUSALS } from '../../src/index.js';
import { DECISION_CHECKS } from '../../src/decision/steps.js';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const TABLES = {
  auth: AUTH_TABLE,
  pairing: PAIRING_TABLE,
  presence: PRESENCE_TABLE,
  artifact: ARTIFACT_TABLE,
  ack: ACK_TABLE,
} as const;

const STATES = {
  auth: ['SignedOut', 'AwaitingDevice', 'SignedIn', 'Refreshing', 'Expired'],
  pairing: ['Unpaired', 'Initiated', 'Claimed', 'AwaitingConfirm', 'Paired', 'Revoked', 'Expired'],
  presence: ['Offline', 'Connecting', 'Online', 'Backoff'],
  artifact: [
    'Created',
    'Submitting',
    'AwaitingDecision',
    'Approved',
    'Denied',
    'Expired',
    'Withdrawn',
    'Failed',
    'Executed',
  ],
  ack: ['Idle', 'Due', 'Sent', 'GaveUp'],
} as const;

/** A decision table as Markdown, the way the README shows it. */
function markdown(table: Parameters<typeof describeTable>[0]): string {
  const [head = [], ...rows] = describeTable(table);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line([`\`${row[0]}\``, ...row.slice(1)]))].join(
    '\n',
  );
}

describe.each(Object.keys(TABLES) as (keyof typeof TABLES)[])('the %s machine', (name) => {
  it('has exactly the states of the design, and an outcome for every event in each', () => {
    const table: Parameters<typeof describeTable>[0] = TABLES[name];
    expect(Object.keys(table)).toEqual(STATES[name]);
    const events = new Set(Object.values(table).flatMap((row) => Object.keys(row)));
    for (const row of Object.values(table)) {
      expect(new Set(Object.keys(row))).toEqual(events);
      for (const cell of Object.values(row)) expect(cell.outcome).not.toBe('');
    }
  });

  it('is shown in the README as it is', () => {
    expect(readme).toContain(markdown(TABLES[name]));
  });
});

describe(rules('ENF-020')`the verification pipeline`, () => {
  it('has steps 2 to 21 in the order of table 17.1', () => {
    const journal = [22, 23];
    const wanted = VERIFICATION_STEPS.map(({ step }) => step).filter((step) => step > 1 && !journal.includes(step));
    expect(DECISION_CHECKS.map(({ step }) => step)).toEqual(wanted);
  });
});

describe('what others rely on', () => {
  it('keeps its names', () => {
    expect({ AUDIT_KINDS, AUTH_FAILURES, ENFORCER_CODES, PAIRING_REFUSALS }).toMatchSnapshot();
  });

  it('keeps its limits', () => {
    expect(ENGINE_LIMITS).toMatchObject({
      approvalWaitMs: 300_000,
      artifactLifetimeMs: 86_400_000,
      clockSkewMs: 60_000,
      openPerSession: 8,
      rejections: 3,
      rejectionWindowMs: 600_000,
      waitSeconds: 30,
      pauseMinMs: 1000,
      resubmitMinMs: 1000,
      refreshEarlyMs: 60_000,
      heartbeatMs: 30_000,
      pairingSessionMs: 600_000,
      pairingClaimedSessionMs: 1_800_000,
      plaintextBytes: 2_097_152,
      decisionBytes: 65_536,
      reasonCharacters: 1000,
      recoveryNoticeMs: 604_800_000,
    });
  });
});
