import { type PolicyAnswer, type StatusAnswer, workspaceAround } from '@airlock/runtime/client';
import type { Cli } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { CommandFailure, readCoded } from '../../cli/failure.js';
import { commandLine } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { timeWords } from '../policy/time-words.js';
import type { Finding, Layer } from './layer.js';

/** The limit of everything on this computer, said where a person looks for what protects them (LOC-150). */
const SAME_USER =
  'whoever replaces every file of this user at once, secrets included, cannot be noticed here; ' +
  'the approver notices: it refuses an older policy version. A daemon under a user of its own closes this';

function document(cli: Cli, policy: PolicyAnswer): Finding {
  if (policy.problem !== undefined) {
    const { code, message, fix } = policy.problem;
    return { ok: false, detail: `${code} ${message}`, fix: fix ?? commandLine(cli, 'policy', 'renew') };
  }
  if (policy.signedBy === null) return { ok: true, detail: 'none signed: everything is asked' };
  const { length } = policy.patterns;
  const patterns = `${length} ${length === 1 ? 'pattern' : 'patterns'} in force`;
  return { ok: true, detail: `version ${policy.version}, signed by ${policy.signedBy}, ${patterns}` };
}

/** A mode that asks less: fine while it lasts, but not to be forgotten. */
function mode(name: string, until: number | null, off: string): Finding {
  if (until === null) return { ok: true, detail: 'off' };
  if (until <= Date.now()) return { ok: true, detail: 'off, its time is over' };
  return { ok: true, warns: true, detail: `${name} until ${timeWords(until)}`, fix: off };
}

function restrictions({ restrictions: list = [] }: PolicyAnswer): Finding {
  if (list.length === 0) return { ok: true, detail: 'none' };
  const words = list.map(({ kind, what }) => (what === undefined ? kind : `${kind} ${what}`));
  return { ok: true, detail: `${list.length} in force: ${words.join(', ')}` };
}

async function showPolicy(cli: Cli, status: StatusAnswer): Promise<PolicyAnswer | CommandFailure> {
  try {
    const folder = workspaceFolder(undefined);
    const client = await daemon(cli);
    return await client.showPolicy(workspaceAround(status, folder)?.path ?? folder);
  } catch (error) {
    const { code, message, fix } = readCoded(error);
    return new CommandFailure(code, message, { fix, cause: error });
  }
}

/** The layers that decide what is asked at all; one question to the daemon answers for all of them. */
export async function policyLayers(cli: Cli, status: StatusAnswer | null): Promise<readonly Layer[]> {
  const unknown = new CommandFailure('unknown', 'the daemon does not answer');
  const answer = status === null ? unknown : await showPolicy(cli, status);
  const look = (find: (policy: PolicyAnswer) => Finding) => (): Finding => {
    if (!(answer instanceof CommandFailure)) return find(answer);
    // The layer `pairing` says what to do about it.
    if (answer.code === 'not_paired') return { ok: true, detail: 'none: this folder is not paired' };
    throw answer;
  };
  return [
    {
      name: 'policy',
      onFailure: 'the strictest policy: everything is asked',
      look: look((policy) => document(cli, policy)),
    },
    {
      name: 'auto mode',
      onFailure: 'while it is on, only what touches Airlock itself is asked',
      look: look((policy) => mode('on', policy.autoUntil, commandLine(cli, 'auto', 'off'))),
    },
    {
      name: 'fail mode',
      onFailure: 'closed denies what cannot be asked; open lets it pass',
      look: look((policy) => mode('open', policy.failOpenUntil, commandLine(cli, 'fail-mode', 'closed'))),
    },
    {
      name: 'restrictions',
      onFailure: 'a list that is damaged, shortened or missing denies everything',
      look: look(restrictions),
    },
    {
      name: 'same user',
      onFailure: 'an older policy is in force here, and the approver refuses whatever names it',
      look: () => ({ ok: true, detail: SAME_USER }),
    },
  ];
}
