import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { executeBatch } from './executor.js';
import { type OpenedDatabase, openDatabase } from './open-database.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

const workerDataSchema = z.object({ dataDir: z.string() });

/** Entry of the writer thread: one group commit for each message. */
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
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'calls') {
      say({ kind: 'outcomes', outcomes: executeBatch(database.db, message.calls) });
      return;
    }
    database.close();
    say({ kind: 'closed' });
    port.close();
  });
  say({ kind: 'ready' });
}

await main();
