import type { Basis, RequestBody } from '@airlock/runtime/client';
import { type Answer, ask, type RunDaemon } from './ask.js';
import { type CommandLineOf, describeCommandLine } from './describe.js';
import { signalExitCode } from './exit-codes.js';
import { readCoded } from './failure.js';
import { failureLine, type Say } from './messages.js';
import type { RunPorts } from './run-command.js';
import { type Interruption, watchInterrupts } from './waiting.js';

/** Exit codes of `airlock approve` (CLI.md). */
const APPROVE_EXIT = { approved: 0, refused: 1, unverified: 2, timeout: 3 } as const;

export interface ApproveOptions extends Omit<CommandLineOf, 'persistentShell'> {
  readonly timeoutSeconds: number;
  /** Of the host, or of the shell that goes on living after the command. */
  readonly sessionId?: string;
  /** Who asks; shown on the card. */
  readonly host?: string;
}

export interface ApproveResult {
  readonly exitCode: number;
  /** `passed`: nothing gates the command, so that whoever runs it decides. */
  readonly outcome: 'approved' | 'passed' | 'rejected' | 'policy' | 'timeout' | 'failed' | 'interrupted';
  readonly requestId?: string | undefined;
  /** What stands behind an answer without a human. */
  readonly basis?: Basis | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

async function requestBody(options: ApproveOptions, ports: RunPorts, workspace: string): Promise<RequestBody> {
  return {
    workspace,
    ...(await describeCommandLine({ ...options, persistentShell: options.sessionId !== undefined }, ports.environment)),
    timeoutSeconds: options.timeoutSeconds,
    source: options.host ?? 'approve',
    isClaimed: true,
    ...(options.sessionId === undefined ? {} : { sessionId: options.sessionId }),
  };
}

/** Takes the approval, once; what the other program then does with it cannot be known here. */
async function take(
  { requestId, decision, basis }: Extract<Answer, { answer: 'go' }>,
  { daemon, say }: Ends,
): Promise<ApproveResult> {
  const claim = await daemon.claim(requestId);
  if (!claim.granted) {
    say(failureLine(claim.code, claim.message));
    const { code, message } = claim;
    return { exitCode: APPROVE_EXIT.refused, outcome: 'failed', requestId, code, reason: message };
  }
  await daemon.outcome(requestId, { result: 'unknown' });
  const outcome = decision === 'passed' ? 'passed' : 'approved';
  return { exitCode: APPROVE_EXIT.approved, outcome, requestId, basis };
}

function exitCodeOf(answer: Extract<Answer, { answer: 'deny' }>): number {
  if (answer.outcome === 'timeout') return APPROVE_EXIT.timeout;
  const unverified = answer.outcome === 'failed' && answer.code?.startsWith('HARP_ERR_') === true;
  return unverified ? APPROVE_EXIT.unverified : APPROVE_EXIT.refused;
}

interface Ends {
  readonly daemon: RunDaemon;
  readonly say: Say;
  readonly interruption: Interruption;
}

async function settle(answer: Answer, ends: Ends): Promise<ApproveResult> {
  switch (answer.answer) {
    case 'go':
      return await take(answer, ends);
    case 'deny': {
      const { outcome, requestId, code, reason } = answer;
      ends.say(failureLine(code ?? outcome, reason ?? `not approved (${outcome})`, answer.fix));
      return { exitCode: exitCodeOf(answer), outcome, requestId, code, reason };
    }
    case 'interrupted':
      return interrupted(ends.interruption, answer.requestId);
  }
}

function interrupted(interruption: Interruption, requestId?: string): ApproveResult {
  return { exitCode: signalExitCode(interruption.received() ?? 2), outcome: 'interrupted', requestId };
}

/**
 * `airlock approve`: asks about a command line that another program will run, and takes the approval for it.
 *
 * @returns the exit code for the process and what was answered; never rejects for a refusal
 */
export async function approveCommandLine(options: ApproveOptions, ports: RunPorts): Promise<ApproveResult> {
  const interruption = watchInterrupts();
  try {
    const { daemon, workspace } = await ports.connect(interruption.signal);
    const body = await requestBody(options, ports, workspace);
    const answer = await ask(daemon, body, { interruption, say: ports.say });
    return await settle(answer, { daemon, say: ports.say, interruption });
  } catch (error) {
    if (interruption.signal.aborted) return interrupted(interruption);
    const { code, message, fix } = readCoded(error);
    ports.say(failureLine(code, message, fix));
    return { exitCode: APPROVE_EXIT.refused, outcome: 'failed', code, reason: message };
  } finally {
    interruption.release();
  }
}
