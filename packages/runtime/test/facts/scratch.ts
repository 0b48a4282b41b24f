import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory that is removed after the test. */
export function scratch(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-facts-')));
  made.push(directory);
  return directory;
}

/** Writes a file with a mode, making its directory. */
export function file(path: string, content: string | Uint8Array, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}
