import type { OutcomeBody } from '@airlock/runtime/client';
import { openReceipts } from '../receipts/receipts.js';
import type { Repository } from '../repository/repository.js';
import { ask, placeInWorkspace, type Question, withoutReceipt } from './ask.js';
import type { GateDaemon, GatePorts } from './ports.js';
import { codeOf, Refusal } from './refusal.js';

/** Milliseconds for a call that the daemon answers by itself. */
export const DAEMON_CALL_MS = 15_000;

/** What happens between the yes and the approval being used. */
export interface Approval {
  readonly question: Question;
  /** Commits that the receipt is for. */
  readonly commits: readonly string[];
  /** Done before the approval is taken. */
  readonly before: (requestId: string) => Promise<void>;
  /** The last look; throws where something is not as it was shown. */
  readonly recheck: () => Promise<void>;
}

/**
 * Asks; keeps the receipt; takes the approval, once; looks a last time.
 * @returns the id of the request
 * @throws Refusal, and whatever went wrong on the way: git must not go on
 */
export async function approve(approval: Approval, repository: Repository, ports: GatePorts): Promise<string> {
  const daemon = await ports.connect(ports.signal);
  const workspace = placeInWorkspace(await daemon.status({ signal: ports.signal }), repository);
  const { requestId, by } = await ask(daemon, { workspace, question: approval.question }, ports);
  try {
    if (by !== 'approved') ports.say(withoutReceipt(by));
    else if (approval.commits.length > 0) {
      const { receipt } = await daemon.receipt(requestId, { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
      await openReceipts(repository).keep(receipt, approval.commits);
    }
    await approval.before(requestId);
    if (ports.signal.aborted) throw new Refusal('interrupted', 'the approval was given back');
  } catch (thrown) {
    await giveBack(daemon, requestId, ports);
    throw thrown;
  }
  const claim = await daemon.claim(requestId, { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
  if (!claim.granted) throw new Refusal(claim.code, claim.message);
  try {
    await approval.recheck();
  } catch (thrown) {
    await report(daemon, { requestId, outcome: { result: 'not-started', code: codeOf(thrown) } }, ports);
    throw thrown;
  }
  return requestId;
}

/** An approval that will not be used must not wait for somebody else to take it. */
async function giveBack(daemon: GateDaemon, requestId: string, { say }: GatePorts): Promise<void> {
  try {
    await daemon.withdraw(requestId, 'not used', { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
  } catch (error) {
    say(`${codeOf(error)} the approval could not be given back; it lapses by itself`);
  }
}

/** Tells how it ended. That the daemon cannot write it down changes nothing any more. */
export async function report(
  daemon: Pick<GateDaemon, 'outcome'>,
  { requestId, outcome }: { readonly requestId: string; readonly outcome: OutcomeBody },
  { say }: Pick<GatePorts, 'say'>,
): Promise<void> {
  try {
    await daemon.outcome(requestId, outcome, { signal: AbortSignal.timeout(DAEMON_CALL_MS) });
  } catch (error) {
    say(`${codeOf(error)} the outcome could not be recorded; the audit log will say "unknown"`);
  }
}
