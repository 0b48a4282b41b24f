import {
  ensureDaemon,
  RuntimeError,
  type RuntimePaths,
  workspaceAround,
  type WorkspaceStatus,
} from '@airlock/runtime/client';

/** Milliseconds that a started daemon may take; the host gives the whole report half a minute. */
const PATIENCE = 12_000;

/** What the daemon says about a folder; everything but `ready` denies every call. */
export type DaemonFacts =
  | { readonly state: 'unreachable'; readonly code: string; readonly message: string; readonly fix: string | null }
  | { readonly state: 'signed-out' }
  | { readonly state: 'not-paired' }
  | { readonly state: 'problem'; readonly code: string; readonly message: string; readonly fix: string | null }
  | {
      readonly state: 'ready';
      readonly assurance: WorkspaceStatus['assurance'];
      /** Epoch milliseconds; null when it is off. */
      readonly autoUntil: number | null;
      readonly failOpenUntil: number | null;
    };

/** Asks the daemon, starting it when none runs. Never rejects. */
export async function daemonFacts(paths: RuntimePaths, command: readonly string[], cwd: string): Promise<DaemonFacts> {
  try {
    const status = await (await ensureDaemon({ paths, command, timeoutMs: PATIENCE })).status();
    const [problem] = status.problems;
    if (problem !== undefined) return { state: 'problem', ...coded(problem) };
    if (!status.signedIn) return { state: 'signed-out' };
    const here = workspaceAround(status, cwd);
    if (here?.paired !== true) return { state: 'not-paired' };
    return {
      state: 'ready',
      assurance: here.assurance,
      autoUntil: here.auto ? here.autoUntil : null,
      failOpenUntil: here.failMode === 'open' ? here.failOpenUntil : null,
    };
  } catch (error) {
    if (error instanceof RuntimeError) return { state: 'unreachable', ...coded(error) };
    const message = error instanceof Error ? error.message : String(error);
    return { state: 'unreachable', code: 'internal_error', message, fix: 'airlock doctor' };
  }
}

function coded({
  code,
  message,
  fix,
}: {
  readonly code: string;
  readonly message: string;
  readonly fix?: string | undefined;
}) {
  return { code, message, fix: fix ?? null };
}
