import type { HookAnswer, HookCall, HookPending, HostAdapterFactory } from '@airlock/runtime/client';
import { failureAnswer } from './answers/answers.js';
import { EventRouter } from './events/router.js';

/** Path segment of the hook routes, and `source` of every request. */
export const HOST = 'claude-code';

/** The adapter of Claude Code, for the daemon. */
export const claudeCodeAdapter: HostAdapterFactory = (desk) => {
  const router = new EventRouter(HOST, desk);
  return {
    host: HOST,
    handle: async (call: HookCall): Promise<HookAnswer | HookPending> => {
      try {
        return await router.answer(call);
      } catch (error) {
        return failureAnswer(error);
      }
    },
  };
};
