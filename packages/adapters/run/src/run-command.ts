import type { Basis, Executable, OutcomeBody, RequestBody } from '@airlock/runtime/client';
import { type Answer, ask, type Connection, type RunDaemon } from './ask.js';
import type { Decision } from './basis.js';
import { childEnvironment, describeBound } from './describe.js';
import { recheck, recheckStamps } from './execute/recheck.js';
import { type ChildOutcome, execute, exitCodeOf } from './execute/spawn.js';
import { RUN_EXIT, signalExitCode } from './exit-codes.js';
import { type BoundCommand, bindCommand } from './facts/bound-command.js';
import { RunFailure, readCoded } from './failure.js';
import { hostSession } from './host-session.js';
import { failureLine, type Say } from './messages.js';
import { assertCommand, assertNotNested } from './usage.js';
import { type Interruption, watchInterrupts } from './waiting.js';

export interface RunOptions {
  /** Seconds until nobody has answered. */
  readonly timeoutSeconds: number;
  /** Claimed text for the human. */
  readonly label?: string;
  /** That of the host's environment by default. */
  readonly sessionId?: string;
  /** Whether the command line had a `--` before the command. */
  readonly afterSeparator: boolean;
}

export interface RunPorts {
  /** Connects, starting the daemon if need be; asked for only once the command is known to be executable. */
  readonly connect: (signal: AbortSignal) => Promise<Connection>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A line for the human; never written to the child's standard output. */
  readonly say: Say;
}

/** How a run ended, for scripts. */
export interface RunResult {
  readonly exitCode: number;
  readonly outcome: 'executed' | 'rejected' | 'policy' | 'timeout' | 'failed' | 'interrupted';
  readonly requestId?: string | undefined;
  /** What let it go ahead; absent when it did not. */
  readonly decision?: Decision | undefined;
  /** What stands behind a decision without a human. */
  readonly basis?: Basis | undefined;
  /** `HARP_ERR_…` or a local code; absent when the command ran or was plainly rejected. */
  readonly code?: string | undefined;
  /** Untrusted text of the approver, or our own explanation. */
  readonly reason?: string | undefined;
  /** The signal that ended the child. */
  readonly signal?: string | undefined;
}

interface Run {
  readonly options: RunOptions;
  readonly ports: RunPorts;
  readonly interruption: Interruption;
}

async function requestBody(command: BoundCommand, options: RunOptions, workspace: string): Promise<RequestBody> {
  const sessionId = options.sessionId ?? hostSession(command.environment);
  return {
    workspace,
    ...(await describeBound(command, options.label)),
    timeoutSeconds: options.timeoutSeconds,
    source: 'run',
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}

function interrupted(run: Run, requestId?: string): RunResult {
  const number = run.interruption.received();
  return {
    exitCode: number === null ? RUN_EXIT.interrupted : signalExitCode(number),
    outcome: 'interrupted',
    requestId,
  };
}

function denied(answer: Extract<Answer, { answer: 'deny' }>, say: Say): RunResult {
  const { outcome, requestId, code, reason, fix } = answer;
  const rest = { outcome, requestId, code, reason };
  switch (outcome) {
    case 'rejected':
      say(failureLine('rejected', `by the approver${reason === undefined ? '' : `: ${reason}`}`));
      return { exitCode: RUN_EXIT.refused, ...rest };
    case 'policy':
      say(failureLine(code ?? 'policy', `denied by policy${reason === undefined ? '' : `: ${reason}`}`, fix));
      return { exitCode: RUN_EXIT.refused, ...rest };
    case 'timeout':
      say(failureLine(code ?? 'timeout', 'nobody answered in time; nothing was executed'));
      return { exitCode: RUN_EXIT.timeout, ...rest };
    case 'failed':
      say(failureLine(code ?? 'internal_error', reason ?? 'the request failed; nothing was executed', fix));
      return { exitCode: RUN_EXIT.failed, ...rest };
  }
}

/** Milliseconds for a claim or an outcome report; the daemon answers both from memory and one durable write. */
const DAEMON_CALL_MS = 15_000;

interface Approved extends Pick<Extract<Answer, { answer: 'go' }>, 'requestId' | 'decision' | 'basis'> {
  readonly run: Run;
  readonly daemon: RunDaemon;
  readonly command: BoundCommand;
}

/** The child has ended or never began; that the daemon cannot write it down changes nothing for the caller. */
async function report(approved: Approved, outcome: OutcomeBody): Promise<void> {
  try {
    await approved.daemon.outcome(approved.requestId, outcome, { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
  } catch (error) {
    approved.run.ports.say(
      failureLine(readCoded(error).code, 'the outcome could not be recorded; the audit log will say "unknown"'),
    );
  }
}

function executed(approved: Approved, outcome: ChildOutcome): RunResult {
  const { requestId, decision, basis, command, run } = approved;
  const exitCode = exitCodeOf(outcome);
  if (outcome.result === 'not-started') {
    run.ports.say(failureLine(outcome.code, `${command.executable.path} could not be started`));
    return { exitCode, outcome: 'failed', requestId, code: outcome.code };
  }
  const signal = outcome.result === 'signalled' ? { signal: outcome.signal } : {};
  return { exitCode, outcome: 'executed', requestId, decision, basis, ...signal };
}

/** The approval is ours: one last look, then start. */
async function startClaimed(approved: Approved, files: Executable): Promise<RunResult> {
  const { run, command, requestId } = approved;
  if (run.interruption.signal.aborted) {
    await report(approved, { result: 'not-started', code: 'interrupted' });
    return interrupted(run, requestId);
  }
  try {
    recheckStamps(command, files);
  } catch (error) {
    await report(approved, {
      result: 'not-started',
      code: error instanceof RunFailure ? error.code : 'program_changed',
    });
    throw error;
  }
  const running = execute(command);
  run.interruption.release();
  const outcome = await running;
  await report(approved, outcome);
  return executed(approved, outcome);
}

/** An approval that will not be used must not wait for somebody else to take it. */
async function giveBack(approved: Approved): Promise<void> {
  try {
    await approved.daemon.withdraw(approved.requestId, 'not executed', { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
  } catch (error) {
    approved.run.ports.say(
      failureLine(readCoded(error).code, 'the approval could not be given back; it lapses by itself'),
    );
  }
}

async function recheckOrGiveBack(approved: Approved): Promise<Executable> {
  try {
    return await recheck(approved.command);
  } catch (error) {
    await giveBack(approved);
    throw error;
  }
}

/** After the approval: look again at everything on disk, then take the approval, which works once. */
async function executeApproved(approved: Approved): Promise<RunResult> {
  const { run, daemon, requestId } = approved;
  const files = await recheckOrGiveBack(approved);
  if (run.interruption.signal.aborted) {
    await giveBack(approved);
    return interrupted(run, requestId);
  }
  const claim = await daemon.claim(requestId, { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
  if (!claim.granted) {
    run.ports.say(failureLine(claim.code, claim.message));
    return { exitCode: RUN_EXIT.failed, outcome: 'failed', requestId, code: claim.code, reason: claim.message };
  }
  return await startClaimed(approved, files);
}

async function askAndExecute(run: Run, command: BoundCommand): Promise<RunResult> {
  const { ports, interruption, options } = run;
  const { daemon, workspace } = await ports.connect(interruption.signal);
  const body = await requestBody(command, options, workspace);
  const answer = await ask(daemon, body, { interruption, say: ports.say });
  switch (answer.answer) {
    case 'go':
      return await executeApproved({ ...answer, run, daemon, command });
    case 'deny':
      return denied(answer, ports.say);
    case 'interrupted':
      return interrupted(run, answer.requestId);
  }
}

function failed(error: unknown, run: Run): RunResult {
  if (run.interruption.signal.aborted) return interrupted(run);
  const { code, message, fix } = readCoded(error);
  run.ports.say(failureLine(code, message, fix));
  const exitCode = error instanceof RunFailure ? error.exitCode : RUN_EXIT.failed;
  return { exitCode, outcome: 'failed', code, reason: message };
}

/**
 * `airlock run`: binds the command, asks, checks everything again, takes the approval and executes exactly what was
 * approved, with the caller's terminal, streams and signals. Says on `ports.say` why it did not.
 *
 * @param argv - the command and its arguments, as typed
 * @returns the exit code for the process and what happened; never rejects for a refusal
 */
export async function runCommand(argv: readonly string[], options: RunOptions, ports: RunPorts): Promise<RunResult> {
  const run: Run = { options, ports, interruption: watchInterrupts() };
  try {
    assertCommand(argv, options.afterSeparator);
    assertNotNested(ports.environment);
    return await askAndExecute(run, await bindCommand(argv, childEnvironment(ports.environment)));
  } catch (error) {
    return failed(error, run);
  } finally {
    run.interruption.release();
  }
}
