import { runCommand, sayOnStderr } from '@airlock/adapter-run';
import { workspaceAround } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { adviceAsTyped } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';

export interface RunFlags {
  readonly label?: string;
  readonly timeout: number;
  readonly json?: true;
}

/** `airlock run`. */
export async function run(cli: Cli, command: readonly string[], flags: RunFlags): Promise<number> {
  const result = await runCommand(
    [...command, ...(cli.afterSeparator ?? [])],
    {
      timeoutSeconds: flags.timeout,
      afterSeparator: cli.afterSeparator !== null && command.length === 0,
      ...(flags.label === undefined ? {} : { label: flags.label }),
    },
    {
      environment: cli.environment,
      say: (line) => sayOnStderr(adviceAsTyped(cli, line)),
      connect: async (signal) => {
        const client = await daemon(cli, { signal });
        const folder = workspaceFolder(undefined);
        return { daemon: client, workspace: workspaceAround(await client.status({ signal }), folder)?.path ?? folder };
      },
    },
  );
  if (flags.json) printJson(cli, result);
  return result.exitCode;
}
