import type { HookAnswer, HookCall, HookPending, HostAdapterFactory } from '@airlock/runtime/client';
import { failureAnswer } from './answers/answers.js';
import { EventRouter } from './events/router.js';
import { HOST } from './host.js';

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
