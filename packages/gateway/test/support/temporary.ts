import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A data directory that goes away when the file's last test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-gateway-'));
  made.push(folder);
  return folder;
}
