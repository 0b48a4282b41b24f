import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ApproverMemory, EMPTY_MEMORY, readMemory } from '@airlock/approver';
import { approverIdSchema, gatewayOrigin, parseJson, utf8Encode } from '@airlock/protocol';
import { ensureSecureDirectory, openLock, readSecure, replaceDurably } from '@airlock/runtime';
import { z } from 'zod';
import { CommandFailure } from '../cli/failure.js';
import { type KeyFile, readKeyFile } from './key-file.js';

/** Milliseconds that a command waits for another command of the same approver. */
const LOCK_WAIT_MS = 20_000;

const accountSchema = z.strictObject({
  version: z.literal(1),
  gatewayUrl: z.string().transform(gatewayOrigin),
  approverId: approverIdSchema,
  userId: z.string(),
  label: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
});

/** Where this approver is enrolled, with its tokens. */
export type Account = z.infer<typeof accountSchema>;

/** The files of one approver: keys, account, memory; one directory, mode 0700, files 0600. */
export class DeviceStore {
  constructor(readonly directory: string) {
    ensureSecureDirectory(directory);
  }

  get hasKeys(): boolean {
    return existsSync(this.#path('keys.json'));
  }

  keys(): KeyFile {
    const value = this.#read('keys.json');
    if (value !== null) return readKeyFile(value, this.#path('keys.json'));
    throw new CommandFailure('approver_not_initialised', `there are no approver keys in ${this.directory}`, {
      fix: 'airlock approver init --gateway URL --pat-file FILE, or airlock approver pair LINK',
    });
  }

  writeKeys(keys: KeyFile): void {
    this.#write('keys.json', keys);
  }

  /** Null before enrollment. */
  account(): Account | null {
    const value = this.#read('account.json');
    if (value === null) return null;
    const parsed = accountSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw this.#damaged('account.json', parsed.error);
  }

  /** Changes the account under a lock; the new one is on disk before this resolves. */
  changeAccount(change: (account: Account | null) => Promise<Account>): Promise<Account> {
    return this.#locked('account.lock', async () => {
      const account = await change(this.account());
      this.#write('account.json', account);
      return account;
    });
  }

  /** What this approver remembers; an empty memory only where there never was one. */
  memory(): ApproverMemory {
    const value = this.#read('memory.json');
    if (value === null) return { ...EMPTY_MEMORY, approverId: this.account()?.approverId ?? null };
    return readMemory(value);
  }

  /** Changes the memory under a lock; the new one is on disk before this resolves. */
  changeMemory<T>(
    change: (memory: ApproverMemory) => Promise<{ readonly memory: ApproverMemory; readonly result: T }>,
  ): Promise<T> {
    return this.#locked('memory.lock', async () => {
      const before = this.memory();
      const { memory, result } = await change(before);
      if (memory !== before) this.#write('memory.json', memory);
      return result;
    });
  }

  async #locked<T>(name: string, action: () => Promise<T>): Promise<T> {
    const lock = openLock(this.#path(name), LOCK_WAIT_MS);
    try {
      lock.acquire();
      return await action();
    } finally {
      lock.release();
      lock.close();
    }
  }

  #path(name: string): string {
    return join(this.directory, name);
  }

  #read(name: string): unknown {
    const bytes = readSecure(this.#path(name));
    if (bytes === null) return null;
    try {
      return parseJson(bytes);
    } catch (error) {
      throw this.#damaged(name, error);
    }
  }

  #write(name: string, value: unknown): void {
    replaceDurably(this.#path(name), utf8Encode(`${JSON.stringify(value, null, 2)}\n`));
  }

  #damaged(name: string, cause: unknown): CommandFailure {
    return new CommandFailure('state_corrupt', `${this.#path(name)} cannot be read; it was left as it is`, {
      fix: 'restore it from a backup, or use another --key-dir',
      cause,
    });
  }
}
