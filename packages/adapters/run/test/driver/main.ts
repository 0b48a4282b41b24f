import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import type { OutcomeBody, RequestBody, RequestEvent } from '@airlock/runtime/client';
import { type RunDaemon, runCommand, sayOnStderr } from '../../src/index.js';

/**
 * `airlock run` with a daemon that answers as it is told, in a process of its own: streams, terminal, signals and exit
 * code are those of the real thing. DRIVER_* variables say what it answers; it writes down what it was asked.
 */
const { DRIVER_ANSWER = 'approve', DRIVER_CALLS = '/dev/null', DRIVER_GATE, ...environment } = process.env;

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

function note(call: string, detail: unknown): void {
  appendFileSync(DRIVER_CALLS, `${JSON.stringify({ call, detail })}\n`);
}

async function opened(): Promise<void> {
  while (DRIVER_GATE !== undefined && !existsSync(DRIVER_GATE)) await new Promise((resolve) => setTimeout(resolve, 10));
}

type Decided = Extract<RequestEvent, { event: 'decided' }>;

const DECISIONS: Readonly<Record<string, Omit<Decided, 'event' | 'requestId'>>> = {
  approve: { verdict: 'allow', outcome: 'approved' },
  claimed: { verdict: 'allow', outcome: 'approved' },
  reject: { verdict: 'deny', outcome: 'rejected', reason: 'not on a \u001b[31mFriday' },
  policy: { verdict: 'deny', outcome: 'policy', code: 'HARP_ERR_POLICY_DENY', reason: 'too many rejections' },
  timeout: { verdict: 'deny', outcome: 'timeout' },
  badSignature: { verdict: 'deny', outcome: 'failed', code: 'HARP_ERR_SIGNATURE_INVALID', reason: 'pipe_signature' },
  lies: { verdict: 'deny', outcome: 'approved' },
  crossed: { verdict: 'allow', outcome: 'rejected' },
  byPattern: {
    verdict: 'allow',
    outcome: 'policy',
    basis: { kind: 'pattern', patternIds: ['pat-1', 'pat-2', 'pat-1'] },
  },
  byGrant: { verdict: 'allow', outcome: 'policy', basis: { kind: 'grant', policyId: 'dnd-1' } },
  auto: { verdict: 'pass', outcome: 'passed', basis: { kind: 'auto', until: Date.UTC(2100, 0, 2, 12) } },
  gateOff: { verdict: 'pass', outcome: 'passed', basis: { kind: 'gate-off', gate: 'run' } },
  unmanaged: { verdict: 'pass', outcome: 'passed', basis: { kind: 'unmanaged', path: '/srv/\u001b[31mred' } },
  failOpen: { verdict: 'pass', outcome: 'passed', basis: { kind: 'fail-open', until: Date.UTC(2100, 0, 2, 12) } },
  handedOver: { verdict: 'allow', outcome: 'approved', basis: { kind: 'handed-over', requestId: 'req-0' } },
  noBasis: { verdict: 'allow', outcome: 'policy' },
  noBasisPassed: { verdict: 'pass', outcome: 'passed' },
  allowedByAuto: { verdict: 'allow', outcome: 'policy', basis: { kind: 'auto', until: 1 } },
  passedByPattern: { verdict: 'pass', outcome: 'passed', basis: { kind: 'pattern', patternIds: ['pat-1'] } },
  passApproved: { verdict: 'pass', outcome: 'approved' },
  allowPassed: { verdict: 'allow', outcome: 'passed', basis: { kind: 'auto', until: 1 } },
  denial: { verdict: 'allow', outcome: 'policy', basis: { kind: 'denial', policyId: 'dnd-1' } },
  // What a later version may invent.
  unheardOf: { verdict: 'allow', outcome: 'policy', basis: { kind: 'unheard-of' } as never },
  unheardOfPassed: { verdict: 'pass', outcome: 'passed', basis: { kind: 'unheard-of' } as never },
  claimedPattern: { verdict: 'allow', outcome: 'policy', basis: { kind: 'pattern', patternIds: ['pat-1'] } },
};

async function* events(body: RequestBody): AsyncGenerator<RequestEvent> {
  note('request', body);
  if (DRIVER_ANSWER === 'error') {
    yield { event: 'error', code: 'not_paired', message: 'this workspace is not paired', fix: 'airlock pair' };
    return;
  }
  yield { event: 'submitted', requestId: 'req-1', expiresAt: 0, artifactHash: 'a'.repeat(64) };
  if (DRIVER_ANSWER === 'silence') return;
  if (DRIVER_ANSWER === 'never') await new Promise(() => setInterval(() => undefined, 1000));
  await opened();
  const decision = DECISIONS[DRIVER_ANSWER];
  if (decision !== undefined) yield { event: 'decided', requestId: 'req-1', ...decision };
}

const daemon: RunDaemon = {
  request: events,
  claim: async (requestId) => {
    note('claim', requestId);
    if (!DRIVER_ANSWER.startsWith('claimed')) return { granted: true };
    return { granted: false, code: 'HARP_ERR_REPLAY', message: 'already used' };
  },
  outcome: async (requestId: string, body: OutcomeBody) => {
    note('outcome', { requestId, ...body });
    return { recorded: true };
  },
  withdraw: async (requestId) => {
    note('withdraw', requestId);
    return { withdrawn: true };
  },
};

const argv = process.argv.slice(2);
const separator = argv[0] === '--';
const result = await runCommand(
  separator ? argv.slice(1) : argv,
  { timeoutSeconds: 5, afterSeparator: separator, label: 'a label' },
  { connect: async () => ({ daemon, workspace: '/work' }), environment, say: sayOnStderr },
);
const { DRIVER_RESULT } = process.env;
if (DRIVER_RESULT !== undefined) writeFileSync(DRIVER_RESULT, JSON.stringify(result));
process.exit(result.exitCode);
