import type { PolicyRequirement } from '@airlock/protocol';
import type { Cli } from '../../cli/context.js';
import { interruptible } from '../../cli/interruptible.js';
import { workspaceFolder } from '../../cli/workspace.js';
import { ask, type AskFlags } from './change.js';
import { gateName } from './restrict.js';

/** `airlock policy unmanage`. */
export function unmanage(cli: Cli, named: string, flags: AskFlags): Promise<number> {
  const path = workspaceFolder(named);
  return interruptible(cli, (signal) =>
    ask(
      { cli, signal, flags },
      { kind: 'unmanage', path },
      {
        line: `${path} is left alone`,
        json: { path, managed: false },
      },
    ),
  );
}

/** `airlock policy gate-off`. */
export function gateOff(cli: Cli, source: string, flags: AskFlags): Promise<number> {
  const gate = gateName(source);
  return interruptible(cli, (signal) =>
    ask(
      { cli, signal, flags },
      { kind: 'gate-off', gate },
      {
        line: `what ${gate} asks about passes unasked`,
        json: { gate, on: false },
      },
    ),
  );
}

/** `airlock policy lift`. */
export function lift(cli: Cli, requirement: PolicyRequirement, flags: AskFlags): Promise<number> {
  return interruptible(cli, (signal) =>
    ask(
      { cli, signal, flags },
      { kind: 'lift-requirement', requirement },
      {
        line: `${requirement} is not required any more`,
        json: { requirement, required: false },
      },
    ),
  );
}

/** `airlock policy renew`. */
export function renew(cli: Cli, flags: AskFlags): Promise<number> {
  return interruptible(cli, (signal) =>
    ask(
      { cli, signal, flags },
      { kind: 'renew' },
      {
        line: 'the policy in force was signed anew',
        json: { renewed: true },
      },
    ),
  );
}
