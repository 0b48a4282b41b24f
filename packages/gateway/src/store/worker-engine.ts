import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { StartupError } from '../errors.js';
import type { StoreEngine } from './engine.js';
import type { Call } from './executor.js';
import { pendingCalls } from './pending-calls.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

export interface WorkerOptions {
  readonly dataDir: string;
  /** Built worker file; the one of this package unless told. */
  readonly workerUrl?: URL;
  readonly log?: Logger;
}

/** The worker that the build puts beside this package's entry. */
function packagedWorker(): URL {
  return new URL('./store/worker.js', import.meta.url);
}

function ready(worker: Worker, dataDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const unusable = (cause: unknown): void =>
      reject(
        new StartupError(
          'store_unusable',
          cause instanceof Error ? cause.message : `The store in ${dataDir} cannot be opened.`,
          { cause },
        ),
      );
    worker.once('error', unusable);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', unusable);
      if (message.kind === 'failed') unusable(new Error(message.message));
      else resolve();
    });
  });
}

/** The embedded engine with its writer in a thread of its own, so that fsync never blocks the event loop. */
export async function workerEngine(options: WorkerOptions): Promise<StoreEngine> {
  const worker = new Worker(options.workerUrl ?? packagedWorker(), {
    workerData: { dataDir: options.dataDir },
  });
  await ready(worker, options.dataDir);
  const post = (message: ToWorker): void => worker.postMessage(message);
  let queue: Call[] = [];
  let committing = false;
  // One group at a time: what arrives during a commit becomes the next group, so that groups grow with the load.
  const flush = (): void => {
    if (committing || queue.length === 0) return;
    committing = true;
    post({ kind: 'calls', calls: queue });
    queue = [];
  };
  const pending = pendingCalls((call) => {
    if (queue.push(call) === 1) setImmediate(flush);
  }, options.log);
  let onClosed: (() => void) | undefined;
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'outcomes') {
      committing = false;
      pending.settle(message.outcomes);
      setImmediate(flush);
    }
    if (message.kind === 'closed') onClosed?.();
  });
  worker.on('error', (error) => {
    options.log?.error({ err: error }, 'store thread failed');
    pending.fail(error);
    onClosed?.();
  });
  return {
    run: pending.run,
    close: async () => {
      await pending.idle();
      const closed = new Promise<void>((resolve) => {
        onClosed = resolve;
      });
      pending.fail(new Error('closed'));
      post({ kind: 'close' });
      await closed;
      await worker.terminate();
    },
  };
}
