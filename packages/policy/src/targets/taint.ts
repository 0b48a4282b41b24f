import type { ActionFacts } from '../facts.js';
import { lexCommandLine } from '../patterns/match.js';
import type { TargetedAction } from './touches-gate.js';

/**
 * Whether executing an action leaves its session's shell changed, so that the same text may mean something else
 * afterwards: a line of a persistent shell that is no list of simple commands for the strict lexer, which knows no
 * builtin that changes anything. Without facts a shell counts as persistent.
 */
export function taintsSession(action: TargetedAction, facts: ActionFacts | null): boolean {
  if (action.kind !== 'command' || action.shell === undefined) return false;
  if (facts !== null && !facts.persistentShell) return false;
  return !lexCommandLine({ command: action.commandText ?? '', shell: action.shell }).ok;
}
