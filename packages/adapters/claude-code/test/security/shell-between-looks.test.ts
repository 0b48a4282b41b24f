import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { ScriptedDesk, send, toolEventOf } from '../support/desk.js';
import { scratch } from '../support/files.js';

interface Scene {
  readonly root: string;
  /** A copy of a shell that the caller can write to. */
  readonly shell: string;
}

interface Attack {
  readonly name: string;
  readonly environment?: (scene: Scene) => Readonly<Record<string, string>>;
  readonly attack: (scene: Scene) => void;
}

function copied(path: string): string {
  copyFileSync('/bin/sh', path);
  chmodSync(path, 0o755);
  return path;
}

/** Another byte in the middle of a file, by the same inode, with the old times. */
function rewrite(path: string): void {
  const { atime, mtime, size } = statSync(path);
  const file = openSync(path, 'r+');
  const at = Math.floor(size / 2);
  writeSync(file, Uint8Array.of(((readFileSync(path)[at] ?? 0) + 1) % 256), 0, 1, at);
  closeSync(file);
  utimesSync(path, atime, mtime);
}

const ATTACKS: readonly Attack[] = [
  { name: 'one byte is changed in place and the time of the file set back', attack: ({ shell }) => rewrite(shell) },
  {
    name: 'a file of the same size and times is moved into its place',
    attack: ({ root, shell }) => {
      const other = copied(join(root, 'other'));
      rewrite(other);
      const { atime, mtime } = statSync(shell);
      utimesSync(other, atime, mtime);
      renameSync(other, shell);
    },
  },
  {
    name: 'the link is made to lead to another file with the same content',
    attack: ({ root, shell }) => {
      const other = copied(join(root, 'other'));
      rmSync(shell);
      symlinkSync(other, shell);
    },
  },
  {
    name: 'a folder on the way becomes a link to a copy',
    attack: ({ root, shell }) => {
      mkdirSync(join(root, 'elsewhere'));
      copied(join(root, 'elsewhere', 'bash'));
      renameSync(join(shell, '..'), join(root, 'moved'));
      symlinkSync(join(root, 'elsewhere'), join(root, 'bin'));
    },
  },
  {
    name: 'a pipe is put in its place, and nobody waits for it',
    attack: ({ shell }) => {
      rmSync(shell);
      execFileSync('mkfifo', ['-m', '755', shell]);
    },
  },
  {
    name: 'the same shell appears earlier in PATH',
    environment: ({ root }) => ({ SHELL: `${root}/gone/bash`, PATH: `${root}/early:${root}/bin` }),
    attack: ({ root }) => {
      mkdirSync(join(root, 'early'));
      copied(join(root, 'early', 'bash'));
    },
  },
  {
    name: 'the shell that SHELL names appears',
    environment: ({ root }) => ({ SHELL: `${root}/gone/bash`, PATH: `${root}/bin` }),
    attack: ({ root }) => {
      mkdirSync(join(root, 'gone'));
      copied(join(root, 'gone', 'bash'));
    },
  },
  {
    name: 'it cannot be executed any more, so that the host takes another',
    attack: ({ shell }) => chmodSync(shell, 0o644),
  },
];

describe(rules('INV-18')`a shell that changes between two looks of one call`, () => {
  test.each(ATTACKS)('$name', async ({ environment, attack }) => {
    const root = scratch();
    mkdirSync(join(root, 'bin'));
    const scene = { root, shell: copied(join(root, 'bin', 'bash')) };
    const desk = new ScriptedDesk();
    const env = environment?.(scene) ?? { SHELL: scene.shell };
    await send(desk, toolEventOf('Bash', { command: 'ls' }), { environment: env });
    const recheck = desk.described[0]?.recheck;
    expect(desk.described[0]?.action).toHaveProperty('program', scene.shell);
    expect(await recheck?.()).toBeNull();
    expect(await recheck?.()).toBeNull();
    attack(scene);
    expect(await recheck?.()).toMatchObject({ code: 'program_changed' });
  });
});
