import { statSync } from 'node:fs';
import { type Executable, sameStamp, stampOf } from '@airlock/runtime/client';
import type { BoundCommand } from '../facts/bound-command.js';
import { readWorkingDirectory } from '../facts/working-directory.js';
import { RunFailure } from '../failure.js';
import { findExecutable } from '../find-executable.js';

interface BoundFile {
  readonly path: string;
  readonly identity: Executable['identity'];
}

function boundFiles(executable: Executable): readonly BoundFile[] {
  return [{ path: executable.path, identity: executable.identity }, ...executable.interpreters];
}

function changed(path: string, what: string): RunFailure {
  return new RunFailure('program_changed', `${path} ${what} after it was shown to the approver; nothing was executed`, {
    fix: 'look at what changed it, then run the command again',
  });
}

function checkDirectory(facts: BoundCommand): void {
  const now = readWorkingDirectory();
  const then = facts.workingDirectory;
  if (now.realPath === then.realPath && now.device === then.device && now.inode === then.inode) return;
  throw new RunFailure('working_directory_changed', `the working directory is no longer ${then.realPath}`);
}

/**
 * Resolves and hashes everything again and compares it with what was approved (INV-18).
 *
 * @returns the files as they are now, for {@link recheckStamps}
 * @throws RunFailure `program_changed` or `working_directory_changed`, exit code 125
 */
export async function recheck(facts: BoundCommand): Promise<Executable> {
  checkDirectory(facts);
  const now = await findExecutable(facts.argv[0] ?? '', { path: facts.environment.PATH }).catch((error: unknown) => {
    if (!(error instanceof RunFailure)) throw error;
    throw changed(facts.executable.path, `changed (${error.message})`);
  });
  const before = boundFiles(facts.executable);
  const after = boundFiles(now);
  for (const [index, file] of before.entries()) {
    const other = after[index];
    if (other?.path !== file.path || other.identity.realPath !== file.identity.realPath) {
      throw changed(file.path, 'leads to another file');
    }
    if (other.identity.sha256 !== file.identity.sha256) throw changed(file.path, 'has other content');
    if (other.identity.setId !== file.identity.setId) throw changed(file.path, 'has another mode');
  }
  if (after.length !== before.length) throw changed(facts.executable.path, 'starts other interpreters');
  return now;
}

/**
 * The last look, without reading: same inode, size, times and mode behind every path that was hashed. Synchronous, so
 * that nothing of this process runs between it and the spawn.
 */
export function recheckStamps(facts: BoundCommand, verified: Executable): void {
  checkDirectory(facts);
  for (const file of boundFiles(verified)) {
    const now = stampOf(statSync(file.path, { bigint: true }));
    if (!sameStamp(now, file.identity.stamp)) throw changed(file.path, 'changed');
  }
}
