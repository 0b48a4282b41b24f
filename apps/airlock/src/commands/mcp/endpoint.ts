import type { EndpointAnswer } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { workspaceFolder } from '../../cli/workspace.js';
import type { EndpointFlags, JsonFlags } from './flags.js';

/** `airlock mcp endpoint on`. */
export async function on(cli: Cli, flags: EndpointFlags): Promise<number> {
  const workspace = workspaceFolder(flags.workspace);
  const answer = await (await daemon(cli)).endpoint({ state: 'on', workspace, port: flags.port });
  if (flags.json) printJson(cli, answer);
  else describe(cli, answer);
  return 0;
}

/** `airlock mcp endpoint off`. */
export async function off(cli: Cli, flags: JsonFlags): Promise<number> {
  return await settle(cli, 'off', flags);
}

/** `airlock mcp endpoint show`. */
export async function show(cli: Cli, flags: JsonFlags): Promise<number> {
  return await settle(cli, 'show', flags);
}

async function settle(cli: Cli, state: 'off' | 'show', flags: JsonFlags): Promise<number> {
  const answer = await (await daemon(cli)).endpoint({ state });
  if (flags.json) printJson(cli, answer);
  else describe(cli, answer);
  return 0;
}

function describe(cli: Cli, answer: EndpointAnswer): void {
  if (answer.state === 'off') {
    cli.print('off: only programs that can use the local socket can ask');
    return;
  }
  cli.print(`on:        ${answer.url}`);
  cli.print(`workspace: ${answer.workspace}`);
  if (answer.token === undefined) return;
  cli.print(`token:     ${answer.token}`);
  cli.say('airlock: this token is not shown again; "on" once more makes another one and ends this one');
}
