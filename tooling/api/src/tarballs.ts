import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Packs a package as a publication would and judges the tarball: publint, and types as an ES module consumer sees them. */
export function checkTarball(root: string, folder: string): readonly string[] {
  const target = mkdtempSync(path.join(tmpdir(), 'airlock-pack-'));
  try {
    const packed = run('pnpm', ['pack', '--pack-destination', target], path.join(root, folder));
    if (packed !== undefined) return [packed];
    const tarball = path.join(target, readdirSync(target).find((file) => file.endsWith('.tgz')) ?? '');
    return [
      run('publint', ['run', tarball, '--strict'], root),
      run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'], root),
    ].filter((problem) => problem !== undefined);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

/** Output of a program that failed; undefined when it succeeded. */
function run(program: string, args: readonly string[], cwd: string): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status === 0) return undefined;
  return `${program} ${args.join(' ')} (in ${cwd}): ${error?.message ?? `${stdout}${stderr}`}`;
}
