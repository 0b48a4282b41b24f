import type { HookOutput } from './answer-form.js';
import type { HookAsk } from './main.js';
import { refusal } from './refusal.js';
import { reportSession, type SessionReportStart } from './report-session.js';
import { startDaemonFor } from './start-daemon.js';

/** What the hook seldom needs. It is handed in, because loading it takes longer than everything else that the hook does. */
export interface SeldomNeeded {
  /** The hook's own deny, for whatever was thrown (LOC-100). */
  readonly refusal: (event: string, cause: unknown) => HookOutput;
  /** Starts the daemon: null, and it is to be asked; or what LOC-105 says where none can be started. Rejects to deny. */
  readonly startDaemonFor: (ask: HookAsk) => Promise<HookOutput | null>;
  /** Looks at a session that begins. */
  readonly reportSession: (start: SessionReportStart) => Promise<HookOutput>;
}

export const seldom: SeldomNeeded = { refusal, startDaemonFor, reportSession };
