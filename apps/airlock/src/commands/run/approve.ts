import { approveCommandLine, sayOnStderr } from '@airlock/adapter-run';
import { workspaceAround } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { adviceAsTyped } from '../../cli/invocation.js';
import { workspaceFolder } from '../../cli/workspace.js';

export interface ApproveFlags {
  readonly command: string;
  readonly shell: string;
  readonly cwd?: string;
  readonly sessionId?: string;
  readonly shellPid?: number;
  readonly host?: string;
  readonly timeout: number;
  readonly json?: true;
}

/** `airlock approve`. */
export async function approve(cli: Cli, flags: ApproveFlags): Promise<number> {
  const folder = workspaceFolder(flags.cwd);
  const session = flags.sessionId ?? (flags.shellPid === undefined ? undefined : `shell-${flags.shellPid}`);
  const result = await approveCommandLine(
    {
      commandText: flags.command,
      shell: flags.shell,
      cwd: folder,
      timeoutSeconds: flags.timeout,
      ...(session === undefined ? {} : { sessionId: session }),
      ...(flags.host === undefined ? {} : { host: flags.host }),
    },
    {
      environment: cli.environment,
      say: (line) => sayOnStderr(adviceAsTyped(cli, line)),
      connect: async (signal) => {
        const client = await daemon(cli, { signal });
        return { daemon: client, workspace: workspaceAround(await client.status({ signal }), folder)?.path ?? folder };
      },
    },
  );
  if (flags.json) printJson(cli, result);
  return result.exitCode;
}
