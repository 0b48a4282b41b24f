import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Repository } from '../repository/repository.js';
import { withTrailer } from './trailer.js';

/** Configuration variable that switches trailers on. */
const TRAILER_VARIABLE = 'airlock.trailer';

/** Announces the coming request in a message, where that is wanted. Bytes that are no text stay as they are. */
export async function announce(file: string, folder: string, repository: Repository): Promise<void> {
  const { stdout } = await repository.run(['config', '--type=bool', TRAILER_VARIABLE], { exits: [0, 1] });
  if (stdout.toString('latin1').trim() !== 'true') return;
  const path = resolve(folder, file);
  const message = await readFile(path, 'latin1');
  const configured = await repository.config('core.commentChar');
  const comment = configured === null || configured === 'auto' ? '#' : configured;
  const announced = withTrailer(message, `req-${randomUUID()}`, comment);
  if (announced !== message) await writeFile(path, announced, 'latin1');
}
