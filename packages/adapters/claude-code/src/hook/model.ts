import type { HookPost, Pipes } from '@airlock/runtime/client';
import type { HookOutput } from './answer-form.js';
import type { SessionReportStart } from './report-session.js';

/** What the plugin's Node hook is started with. */
export interface HookMain {
  /** Event name, for example `PreToolUse`. */
  readonly event: string;
  /** Where the daemon listens, as the installation fixed it; null where it did not. */
  readonly socket: string | null;
  /** Home that the installation fixed; null for the default places (LOC-030). */
  readonly fixedHome: string | null;
  /** Arguments after `process.execPath` that start the daemon. */
  readonly daemonCommand: readonly string[];
  /** Folder of the plugin that this hook is a part of. */
  readonly plugin: string;
  /** Loads the rest of the hook. */
  readonly seldom: () => Promise<SeldomNeeded>;
  /** Started by `hook.sh` in an empty environment; it left the environment of its caller on a file descriptor. */
  readonly isClean?: boolean;
}

/** What a daemon is started for. */
export interface HookAsk
  extends Pick<HookMain, 'event' | 'fixedHome' | 'daemonCommand'>,
    Pick<HookPost, 'input' | 'environment'> {}

/** What the hook seldom needs. It is handed in, because loading it takes longer than everything else that the hook does. */
export interface SeldomNeeded {
  /** The hook's own deny, for whatever was thrown (LOC-100). */
  readonly refusal: (event: string, cause: unknown) => HookOutput;
  /** Where this Node does not give away what is faster. */
  readonly streamPipes: Pipes;
  /** Starts the daemon: null, and it is to be asked; or what LOC-105 says where none can be started. Rejects to deny. */
  readonly startDaemonFor: (ask: HookAsk) => Promise<HookOutput | null>;
  /** Looks at a session that begins. */
  readonly reportSession: (start: SessionReportStart) => Promise<HookOutput>;
}
