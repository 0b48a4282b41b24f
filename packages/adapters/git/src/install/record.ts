import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GitError } from '../errors.js';

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Values of `airlock.repository` that the installation added. */
  identities: z.array(z.string()),
  /** Whether it switched the trailer on. */
  trailer: z.boolean(),
  /** Remotes that got the receipts to fetch. */
  remotes: z.array(z.string()),
  /** Files of husky that did not exist before. */
  created: z.array(z.string()),
});

/** What an installation added besides hooks, so that it can be taken back. */
export type InstallRecord = Readonly<z.infer<typeof recordSchema>>;

const NOTHING: InstallRecord = { version: 1, identities: [], trailer: false, remotes: [], created: [] };

function recordFile(commonDirectory: string): string {
  return join(commonDirectory, 'airlock', 'install.json');
}

/** @throws GitError `git_failed` for a file that is none of ours */
export function readRecord(commonDirectory: string): InstallRecord {
  const path = recordFile(commonDirectory);
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return NOTHING;
    throw new GitError('git_failed', `${path} cannot be read`, { cause, fix: `remove ${path}` });
  }
}

export function writeRecord(commonDirectory: string, record: InstallRecord): void {
  const path = recordFile(commonDirectory);
  const text = `${JSON.stringify(record)}\n`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Forgets it, and the folder beside it when nothing else is kept there. */
export function removeRecord(commonDirectory: string): void {
  const path = recordFile(commonDirectory);
  rmSync(path, { force: true });
  for (const folder of [join(dirname(path), 'hooks'), dirname(path)]) removeEmpty(folder);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}
