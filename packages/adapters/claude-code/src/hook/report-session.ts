import { hookEnvironment } from '@airlock/runtime/client';
import { sessionStart, type SessionStart } from '../session/session-start.js';
import type { HookOutput } from './answer-form.js';

/** What is said when a session begins. It is no answer to a tool call, so it never blocks. */
export async function reportSession(
  start: Omit<SessionStart, 'environment'> & { readonly environment: string | null },
): Promise<HookOutput> {
  const environment = hookEnvironment(start.environment ?? undefined);
  return { exit: 0, stdout: await sessionStart({ ...start, environment }), stderr: '' };
}
