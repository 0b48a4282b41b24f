import type { AbortSignalLike, Deadline, FetchPort, GatewayTransport, PlatformSignal, SocketLike } from './ports.js';

/** The globals of a browser (or of Node, Deno, Bun) that {@link webTransport} needs: pass `globalThis`. */
export interface WebPlatform {
  readonly fetch: FetchPort;
  readonly WebSocket?: new (url: string) => SocketLike;
  readonly AbortController: new () => { readonly signal: PlatformSignal; abort(): void };
  readonly Math: { random(): number };
  readonly performance: { now(): number };
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: never): void;
}

/** Binds the client to a browser. Sockets are opened with a ticket, because a header cannot be set there (GW-400). */
export function webTransport(platform: WebPlatform): GatewayTransport {
  const { WebSocket } = platform;
  const timers = platformTimers(platform);
  return {
    // Called as a method, `fetch` throws in browsers unless `this` is the global object.
    fetch: (url, init) => platform.fetch.call(platform, url, init),
    ...(WebSocket === undefined ? {} : { openSocket: (url: string) => new WebSocket(url) }),
    socketHeaders: false,
    ...timers,
    random: () => platform.Math.random(),
    monotonic: () => platform.performance.now(),
  };
}

/** Deadlines and pauses from the timers of a platform. */
export function platformTimers(
  platform: Pick<WebPlatform, 'AbortController' | 'setTimeout' | 'clearTimeout'>,
): Pick<GatewayTransport, 'deadline' | 'sleep'> {
  const deadline = (timeoutMs: number, parent?: AbortSignalLike): Deadline => {
    const controller = new platform.AbortController();
    let expired = false;
    const onParent = () => controller.abort();
    const timer = platform.setTimeout(() => {
      expired = true;
      controller.abort();
    }, timeoutMs) as never;
    if (parent?.aborted === true) controller.abort();
    parent?.addEventListener('abort', onParent);
    return {
      signal: controller.signal,
      get expired() {
        return expired;
      },
      clear: () => {
        platform.clearTimeout(timer);
        parent?.removeEventListener('abort', onParent);
      },
    };
  };
  const sleep = (ms: number, signal?: AbortSignalLike): Promise<void> =>
    new Promise((resolve) => {
      const wait = deadline(ms, signal);
      const done = () => {
        wait.clear();
        resolve();
      };
      if (wait.signal.aborted) done();
      else wait.signal.addEventListener('abort', done);
    });
  return { deadline, sleep };
}
