import type { HostAdapterFactory } from '@airlock/runtime/client';

/** Path segment of the hook routes, and `source` of every request. */
export const HOST = 'claude-code';

/** The adapter of Claude Code, for the daemon. */
export const claudeCodeAdapter: HostAdapterFactory = (desk) => ({
  host: HOST,
  handle: () => {
    throw new Error(`not built yet ${String(desk.status)}`);
  },
});
