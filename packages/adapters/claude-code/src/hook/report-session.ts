import { hookEnvironment } from '@airlock/runtime/client';
import { sessionStart, type SessionStart } from '../session/session-start.js';
import type { HookOutput } from './answer-form.js';

/** A session that begins, with the environment of the hook as base64. */
export type SessionReportStart = Omit<SessionStart, 'environment'> & { readonly environment: string | null };

/** What is said when a session begins. It is no answer to a tool call, so it never blocks. */
export async function reportSession(start: SessionReportStart): Promise<HookOutput> {
  const environment = hookEnvironment(start.environment ?? undefined);
  return { exit: 0, stdout: await sessionStart({ ...start, environment }), stderr: '' };
}
