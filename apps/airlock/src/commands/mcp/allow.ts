import type { Cli } from '../../cli/context.js';
import { CommandFailure } from '../../cli/failure.js';
import { interruptible } from '../../cli/interruptible.js';
import { commandLine } from '../../cli/invocation.js';
import { visible } from '../../cli/terminal.js';
import { ask, type AskFlags } from '../policy/change.js';
import { here } from '../policy/here.js';
import { restrict } from '../policy/restrict.js';
import { toolWords } from '../policy/tool-words.js';
import type { JsonFlags } from './flags.js';

interface Tool {
  readonly server: string;
  readonly tool: string;
}

/** `airlock mcp allow`: the daemon names what was approved last; the approver signs that. */
export function allow(cli: Cli, named: Tool, flags: AskFlags): Promise<number> {
  const { server, tool } = named;
  const words = visible(toolWords(named));
  return interruptible(cli, (signal) => {
    cli.say(
      `airlock: ${words} is to run without asking, whatever its arguments, as it was when its last call was approved`,
    );
    return ask(
      { cli, signal, flags },
      { kind: 'allow-tool', server, tool },
      {
        line: `${words} is not asked about any more (to take it back: ${commandLine(cli, 'mcp', 'disallow', server, tool)})`,
        json: { server, tool, allowed: true },
      },
    );
  });
}

/** `airlock mcp disallow`: every entry of that tool in this workspace. */
export async function disallow(cli: Cli, named: Tool, flags: JsonFlags): Promise<number> {
  const known = await here(cli);
  const { tools = [] } = await known.client.showPolicy(known.workspace);
  const ids = tools.filter(({ tool }) => tool.server === named.server && tool.tool === named.tool).map(({ id }) => id);
  const words = visible(toolWords(named));
  const last = ids.at(-1);
  if (last === undefined) {
    throw new CommandFailure('not_found', `${words} is not allowed here`, { fix: 'airlock policy show' });
  }
  for (const patternId of ids.slice(0, -1)) {
    const restriction = { kind: 'pattern-removed', patternId } as const;
    await known.client.restrictPolicy({ workspace: known.workspace, restriction });
  }
  const told = {
    line: `${words} is asked about again`,
    unchanged: `${words} was asked about already`,
    json: { ...named, removed: ids },
  };
  return await restrict({ cli, flags, at: known }, { kind: 'pattern-removed', patternId: last }, told);
}
