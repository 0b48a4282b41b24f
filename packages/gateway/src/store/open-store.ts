import { inlineEngine } from './inline-engine.js';
import { lockDataDir } from './lock.js';
import { isRead } from './commands.js';
import { openDatabase, openReadOnly, prepareDataDir } from './open-database.js';
import type { StoreEngine } from './engine.js';
import { reader } from './reader.js';
import { workerEngine, type WorkerOptions } from './worker-engine.js';

export interface StoreOptions extends WorkerOptions {
  /** `serve` takes the directory for one process; `shared` is for administrative commands beside it. */
  readonly use: 'serve' | 'shared';
  /** `worker` keeps fsync off the event loop; `inline` runs in this thread. */
  readonly thread: 'worker' | 'inline';
}

/** Opens the embedded store. @throws StartupError `data_dir_in_use`, `data_dir_unsafe`, `store_unusable` */
export async function openStore(options: StoreOptions): Promise<StoreEngine> {
  prepareDataDir(options.dataDir);
  const unlock = options.use === 'serve' ? await lockDataDir(options.dataDir) : () => undefined;
  try {
    const writer = await openWriter(options);
    const readers = await openReader(options, writer);
    return {
      run: (name, args) => (isRead(name) ? readers : writer).run(name, args),
      close: async () => {
        await writer.close();
        await readers.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function openWriter(options: StoreOptions): Promise<StoreEngine> {
  return options.thread === 'inline'
    ? inlineEngine(await openDatabase(options.dataDir), options.log)
    : await workerEngine(options);
}

async function openReader(options: StoreOptions, writer: StoreEngine): Promise<StoreEngine> {
  try {
    return reader(await openReadOnly(options.dataDir), options.log);
  } catch (error) {
    await writer.close();
    throw error;
  }
}
