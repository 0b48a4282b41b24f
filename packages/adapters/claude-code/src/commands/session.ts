import { realpathSync } from 'node:fs';
import { type DaemonClient, ensureDaemon, type RuntimePaths, workspaceAround } from '@airlock/runtime/client';
import { sessionVariables } from '../hook/start-daemon.js';
import type { CommandProgram } from './program.js';

/** What a command works with. */
export interface CommandSession {
  readonly program: CommandProgram;
  readonly paths: RuntimePaths;
  /** Real path of the session's folder. */
  readonly folder: string;
  /** Environment that the host started the hook with; null when it could not be told. */
  readonly environment: Readonly<Record<string, string>> | null;
}

/** Real path of a folder that the host named. */
export function realFolder(path: string): string {
  return realpathSync(path);
}

/**
 * The daemon, started when none runs. With `resume` a deliberate stop is taken back, which only a human's own command may
 * do (LOC-065).
 */
export function daemonOf(
  { program, paths }: Pick<CommandSession, 'program' | 'paths'>,
  options: { readonly resume?: boolean } = {},
): Promise<DaemonClient> {
  const environment = sessionVariables();
  Object.assign(process.env, environment);
  return ensureDaemon({ paths, command: program.daemonCommand, environment, ...options });
}

/** The daemon and the workspace that the session's folder is in. */
export async function here(
  session: CommandSession,
): Promise<{ readonly client: DaemonClient; readonly workspace: string }> {
  const client = await daemonOf(session);
  return { client, workspace: workspaceAround(await client.status(), session.folder)?.path ?? session.folder };
}
