import { CommandFailure } from '../../cli/failure.js';
import { type ControllingTerminal, openTerminal } from '../../cli/terminal.js';
import { commandLine } from '../../cli/invocation.js';
import { followPairing, type Human, jsonHuman, terminalHuman } from '../pairing/pair.js';
import { sayNextCommands } from './next-commands.js';
import { milestone } from './milestone.js';
import type { Up } from './model.js';

/** Ends of one pairing session after which a new code is shown. */
const AGAIN = new Set(['pairing_expired', 'pairing_refused']);

function announcing(up: Up, human: Human): Human {
  const { cli, workspace } = up;
  return {
    ...human,
    shows: (event) => {
      human.shows(event);
      if (event.event !== 'pairing') return;
      sayNextCommands(cli, workspace);
      milestone(cli, 'waiting', 'for the approver to pair; Ctrl-C ends the gateway');
    },
  };
}

async function pairOnce(up: Up, human: Human): Promise<void> {
  const { client, serving, user, workspace, signal, cli, flags } = up;
  const { enrollmentCode } = await serving.gateway.admin.enrollApprover(user);
  const events = client.pair(
    {
      workspace,
      mode: 'initiate',
      approverOrigin: serving.url,
      enrollmentCode,
      canConfirm: flags.json === true || cli.stdinIsTerminal,
    },
    { signal },
  );
  await followPairing(client, events, human);
}

function humanOf(up: Up, terminal: ControllingTerminal | null): Human | null {
  if (up.flags.json) return jsonHuman(up.cli);
  return terminal === null ? null : terminalHuman(up.cli, terminal);
}

/** Shows codes until one led to a pairing, or the user ends it. */
export async function pairUntilDone(up: Up): Promise<void> {
  const { cli } = up;
  const human = humanOf(up, openTerminal());
  if (human === null) {
    cli.say(
      `airlock: not paired: the code is shown on a terminal only, and there is none. In a terminal: ${commandLine(cli, 'pair')}`,
    );
    return;
  }
  while (!up.signal.aborted) {
    try {
      await pairOnce(up, announcing(up, human));
      return;
    } catch (error) {
      if (!(error instanceof CommandFailure) || !AGAIN.has(error.code)) throw error;
      cli.say(`airlock: ${error.code} ${error.message}; here is a new code`);
    }
  }
}
