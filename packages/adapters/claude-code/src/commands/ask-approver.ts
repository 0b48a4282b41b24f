import type { PolicyChangeBody, PolicyChangeEvent } from '@airlock/runtime/client';
import { HOST_TIMEOUT_SECONDS } from '../install/plugin-files.js';
import { CommandFailure } from './failure.js';
import { type CommandSession, here } from './session.js';
import { visible } from './words.js';

/** How long the approver is waited for, seconds: the host ends the hook later (LOC-110). */
const WAIT_SECONDS = HOST_TIMEOUT_SECONDS - 30;

type Refused = Extract<PolicyChangeEvent, { event: 'refused' }>;

/**
 * Has the approver sign a loosening and waits for it (LOC-080); the host ending this process withdraws the request.
 * Resolves to the line that says who signed.
 */
export async function askApprover(session: CommandSession, change: PolicyChangeBody['change']): Promise<string> {
  const { client, workspace } = await here(session);
  for await (const event of client.changePolicy({ workspace, change, timeoutSeconds: WAIT_SECONDS })) {
    switch (event.event) {
      case 'submitted':
      case 'retrying':
        break;
      case 'applied':
        return `Signed by ${visible(event.signerKeyId)} as version ${event.version} of the policy of ${visible(workspace)}.`;
      case 'refused':
        throw refusal(event);
      case 'error':
        throw new CommandFailure(event.code, event.message, event.fix);
    }
  }
  throw new CommandFailure('bad_answer', 'the daemon ended without an answer', 'airlock doctor');
}

function refusal({ outcome, code, reason, fix }: Refused): CommandFailure {
  const because = reason === undefined ? '' : `: ${reason}`;
  switch (outcome) {
    case 'rejected':
      return new CommandFailure('rejected', `the approver rejected it${because}`);
    case 'policy':
      return new CommandFailure(code ?? 'policy', `denied by policy${because}`, fix);
    case 'timeout':
      return new CommandFailure(code ?? 'timeout', 'nobody answered in time; nothing was changed');
    case 'failed':
    case 'withdrawn':
      return new CommandFailure(code ?? outcome, reason ?? 'nothing was changed', fix);
  }
}
