import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectId } from '@airlock/actions';
import { type Receipt, receiptLine, receiptSchema } from '@airlock/protocol';
import { z } from 'zod';
import type { Repository } from '../repository/repository.js';

const pendingSchema = z.strictObject({
  v: z.literal(1),
  commits: z.array(z.string().refine(isObjectId)),
  receipt: receiptSchema,
});

/** A receipt that waits for its commits to get onto a branch. */
export interface Pending {
  readonly file: string;
  readonly receipt: Receipt;
  readonly commits: readonly string[];
}

/** Writes a receipt down so that a crash leaves all of it or nothing. The same receipt again replaces its file. */
export async function writePending(
  repository: Repository,
  receipt: Receipt,
  commits: readonly string[],
): Promise<void> {
  const folder = pendingFolder(repository);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = createHash('sha256').update(receiptLine(receipt)).digest('hex');
  const temporary = join(folder, `${name}.${process.pid}.tmp`);
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify({ v: 1, commits, receipt }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, `${name}.json`));
  await syncFolder(folder);
}

/**
 * What waits. Files that are not ours, also those that a crash cut off, are left out: whatever they say, only receipts that
 * verify count later.
 */
export async function readPending(repository: Repository): Promise<readonly Pending[]> {
  const folder = pendingFolder(repository);
  const found: Pending[] = [];
  for (const name of await namesIn(folder)) {
    if (!name.endsWith('.json')) continue;
    const file = join(folder, name);
    const text = await unlessGone(readFile(file, 'utf8'));
    const entry = text === null ? undefined : pendingSchema.safeParse(parsed(text)).data;
    if (entry !== undefined) found.push({ file, receipt: entry.receipt, commits: entry.commits });
  }
  return found;
}

/** Forgets what waited. */
export async function dropPending({ file }: Pending): Promise<void> {
  await unlessGone(unlink(file));
}

function pendingFolder({ commonDirectory }: Repository): string {
  return join(commonDirectory, 'airlock', 'pending');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await unlessGone(readdir(folder))) ?? [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Null for what is not there, or not any more: another process settles too. */
async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Windows opens no folders; there the file system keeps the order itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
