import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RefLine, Repository } from '../repository/repository.js';

const updateSchema = z.strictObject({ v: z.literal(1), requestId: z.string().max(64) });

/**
 * The approved update of branches that git is about to make. Its end is told to another process of the hook, which knows
 * only its lines; the locks of git let no two of the same lines exist.
 */
export class OpenUpdate {
  readonly #folder: string;
  readonly #file: string;

  constructor({ commonDirectory }: Pick<Repository, 'commonDirectory'>, lines: readonly RefLine[]) {
    const text = lines.map(({ after, ref }) => `${after} ${ref}\n`).sort();
    this.#folder = join(commonDirectory, 'airlock', 'pending');
    this.#file = join(this.#folder, `${createHash('sha256').update(text.join('')).digest('hex')}.update`);
  }

  async write(requestId: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(this.#file, JSON.stringify({ v: 1, requestId }), { mode: 0o600 });
  }

  /** Its request, once; null for an update that nobody was asked about. */
  async take(): Promise<string | null> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
    await this.forget();
    return updateSchema.parse(JSON.parse(text)).requestId;
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
