import { parseJson, utf8Encode } from '@airlock/protocol';
import { z } from 'zod';
import { readSecure, removeSecure, replaceDurably } from '../files/secure-file.js';
import { isRunning, startTicks, type ProcessIdentity } from './process-identity.js';

const pidFileSchema = z.strictObject({ pid: z.number().int().min(2), startTicks: z.string().nullable() });

/** Writes down who runs. */
export function writePidFile(path: string): void {
  const identity: ProcessIdentity = { pid: process.pid, startTicks: startTicks(process.pid) };
  replaceDurably(path, utf8Encode(JSON.stringify(identity)));
}

/** The daemon that the file names, if it runs and belongs to this user. Throws `file_insecure`. */
export function readPidFile(path: string): ProcessIdentity | null {
  const bytes = readSecure(path);
  if (bytes === null) return null;
  const parsed = pidFileSchema.safeParse(lenientJson(bytes));
  return parsed.success && isRunning(parsed.data) ? parsed.data : null;
}

export function removePidFile(path: string): void {
  removeSecure(path);
}

/** A pid file that is damaged names nobody. */
function lenientJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (cause) {
    if (cause instanceof Error) return null;
    throw cause;
  }
}
