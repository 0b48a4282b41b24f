import type { ProgressToken, ServerContext } from '@modelcontextprotocol/server';
import type { ServePorts } from './ports.js';

/** How often a waiting caller hears something, milliseconds. */
const PROGRESS_EVERY = 10_000;

/** Who called a tool: how to tell it that it goes on waiting, and when it has left. */
export interface Caller {
  /** Aborted when the call is cancelled or the client is gone. */
  readonly signal: AbortSignal;
  /** Tells the caller at once and every 10 s that `message` is still so, where it wants that; the result ends it. */
  readonly progress: (message: string) => () => void;
}

/** The caller behind a request of the SDK. */
export function callerOf(ctx: ServerContext, ports: Pick<ServePorts, 'timer'>): Caller {
  const { signal, _meta, notify } = ctx.mcpReq;
  const token = _meta?.progressToken;
  const send = (params: { progressToken: ProgressToken; progress: number; message: string }) => {
    notify({ method: 'notifications/progress', params }).catch(() => {
      // The client is gone; the end of its input ends everything here.
    });
  };
  return {
    signal,
    progress(message) {
      if (token === undefined) return () => undefined;
      let cancel = () => undefined as void;
      const tell = (progress: number) => {
        send({ progressToken: token, progress, message });
        cancel = ports.timer(PROGRESS_EVERY, () => tell(progress + 1));
      };
      tell(1);
      return () => cancel();
    },
  };
}

/** Resolves with the value, or with `late` after some time or when the caller has left; leaves no timer behind. */
export async function within<T, L>(
  promise: Promise<T>,
  { ms, late, caller, timer }: { ms: number; late: L; caller: Pick<Caller, 'signal'>; timer: ServePorts['timer'] },
): Promise<T | L> {
  const { signal } = caller;
  if (signal.aborted) return late;
  let give: (value: L) => void = () => undefined;
  const ended = new Promise<L>((resolve) => {
    give = resolve;
  });
  const leave = () => give(late);
  signal.addEventListener('abort', leave, { once: true });
  const cancel = timer(ms, leave);
  try {
    return await Promise.race([promise, ended]);
  } finally {
    cancel();
    signal.removeEventListener('abort', leave);
  }
}
