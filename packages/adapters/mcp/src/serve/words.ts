import { render } from '@airlock/actions';
import type { Decision } from './decision.js';
import type { Coded } from './failure.js';

/** What every answer about a decision says: nobody here can tell whether what was asked is what happens. */
export const CLAIM = 'It is about what the agent claims: Airlock neither executes nor sees what will run.';

/** Said where nothing may be concluded but a no. */
const STOP = 'Do not do it, and do not reach the same in another way';

/** Text from outside as it may be shown: no character of it can hide or pass for ours. */
export function shown(text: string): string {
  return render(text, 'text').text;
}

/** One line: code, what happened, what to type next. */
export function failureText({ code, message, fix }: Coded): string {
  const why = `Airlock (${shown(code)}): ${shown(message.replace(/\.$/, ''))}.`;
  return fix === undefined ? why : `${why} Next: ${shown(fix)}`;
}

/** Why a call of a tool got no decision. */
export function refusalText(why: Coded): string {
  return `${failureText(why)}\nNobody approved anything.`;
}

/** What a decision means for the agent that asked. */
export function decisionText(decision: Decision): string {
  switch (decision.state) {
    case 'approved':
      return decision.by === 'approver'
        ? 'Approved by the approver, once, for exactly what the request says.'
        : 'Approved by a standing permission that the approver signed before, for exactly what the request says.';
    case 'not-gated':
      return `Not approved by anybody: nobody was asked, because the signed policy does not gate this request (${decision.basis}).`;
    case 'rejected':
      return `Rejected by the approver: ${decision.reason === '' ? '(no reason given)' : shown(decision.reason)}\n${STOP}: follow the reason, or ask the user.`;
    case 'timeout':
      return `Not approved: the approver did not answer in time. ${STOP}. You may ask again when the user wants it.`;
    case 'withdrawn':
      return `Not approved: the request was withdrawn before a decision. ${STOP}.`;
    case 'denied':
      return `Not approved. ${failureText(decision)}\n${STOP}.`;
  }
}

/** What an open request means for the agent that asked. */
export function pendingText(requestId: string): string {
  return (
    `Pending: the approver has not decided about ${requestId} yet. Nothing is approved. ` +
    `Call check_approval with this requestId to wait for the decision. ${STOP} before it is approved.`
  );
}
