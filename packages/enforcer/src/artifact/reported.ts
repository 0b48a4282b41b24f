import type { Exchange, ReportedState } from '../model/exchange.js';

/** The state a peer or a user sees (ENF-080): internal ones are DENIED, a passed deadline is EXPIRED. */
export function reportedState(exchange: Exchange): ReportedState {
  switch (exchange.name) {
    case 'Created':
      return 'CREATED';
    case 'AwaitingDecision':
      return 'AWAITING_DECISION';
    case 'Approved':
      return 'APPROVED';
    case 'Executed':
      return 'EXECUTED';
    case 'Expired':
      return 'EXPIRED';
    case 'Submitting':
    case 'Denied':
    case 'Withdrawn':
    case 'Failed':
      return 'DENIED';
  }
}

/** Whether a request can still end in an execution. */
export function isOpen(exchange: Exchange): boolean {
  switch (exchange.name) {
    case 'Created':
    case 'Submitting':
    case 'AwaitingDecision':
    case 'Approved':
      return true;
    case 'Denied':
    case 'Expired':
    case 'Withdrawn':
    case 'Failed':
    case 'Executed':
      return false;
  }
}
