import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { executeBatch, type Call } from './executor.js';
import { type OpenedDatabase, openDatabase } from './open-database.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

const workerDataSchema = z.object({ dataDir: z.string() });

/** Entry of the writer thread: drains its message queue into one group commit after the other. */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new TypeError('store-worker is the entry of a worker thread');
  const say = (message: FromWorker): void => port.postMessage(message);
  let database: OpenedDatabase;
  try {
    database = await openDatabase(workerDataSchema.parse(workerData).dataDir);
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    return;
  }
  port.on('message', (first: ToWorker) => {
    const calls: Call[] = [];
    let closing = false;
    for (let message: ToWorker | undefined = first; message !== undefined; ) {
      if (message.kind === 'calls') calls.push(...message.calls);
      else closing = true;
      const next: { message: ToWorker } | undefined = receiveMessageOnPort(port);
      message = next?.message;
    }
    if (calls.length > 0) say({ kind: 'outcomes', outcomes: executeBatch(database.db, calls) });
    if (!closing) return;
    database.close();
    say({ kind: 'closed' });
    port.close();
  });
  say({ kind: 'ready' });
}

await main();
