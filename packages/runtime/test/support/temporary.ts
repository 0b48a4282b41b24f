import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

/** A process that is only starting may still make files in it until it finds that nobody wants it. */
const PATIENT = { recursive: true, force: true, maxRetries: 25 } as const;

afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, PATIENT);
}, 60_000);

/** A folder of mode 0700 that goes away after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'al-'));
  made.push(folder);
  return folder;
}
