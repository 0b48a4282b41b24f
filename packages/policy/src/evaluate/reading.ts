import type { AirlockAction } from '@airlock/protocol';
import type { PolicyInForce } from '../document/in-force.js';
import type { ActionFacts } from '../facts.js';
import { isSecretPath } from '../targets/secret-files.js';
import type { Verdict } from '../verdict.js';
import { ask } from './ask.js';

/** The part of the input of a verdict that decides about a read. */
interface Reading {
  readonly action: AirlockAction;
  readonly facts: ActionFacts | null;
  readonly policy: Pick<PolicyInForce, 'requirements'>;
  /** Real path of the workspace. */
  readonly workspacePath: string;
}

/**
 * What happens to a tool that only reads (LOC-045): it passes while everything it reads lies inside the workspace and
 * nothing of it is a secret by its name. Null for everything that may have an effect.
 */
export function readVerdict({ action, facts, policy, workspacePath }: Reading): Verdict | null {
  if (action.kind !== 'tool' || facts?.reads === undefined) return null;
  if (facts.unknownInput.length > 0) return ask('unknown_input', facts.unknownInput.join(', '));
  if (policy.requirements.includes('ask-reads')) return ask('reads_required');
  const outside = facts.reads.find((path) => !isInside(path, workspacePath));
  if (outside !== undefined) return ask('read_outside', outside);
  const secret = facts.reads.find(isSecretPath);
  return secret === undefined ? { kind: 'pass', basis: { kind: 'read' } } : ask('read_secret', secret);
}

/** Real paths, so that equal characters are enough; one that is not plain leads nobody knows where. */
function isInside(path: string, folder: string): boolean {
  const isPlain = path.startsWith('/') && !/\/(?:\.{0,2}\/|\.{1,2}$)/.test(path);
  return isPlain && (path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
}
