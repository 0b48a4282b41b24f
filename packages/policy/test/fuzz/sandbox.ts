import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ShellSetting } from './shells.js';

/** A scratch folder in which shells run lines, and where nothing but recorders can be started. */
export interface Sandbox {
  /** Current folder of the shells, with files for every glob to find. */
  readonly folder: string;
  /** The only folder on PATH. */
  readonly programs: string;
  /** For files of the fuzz itself. */
  readonly outside: string;
  /** Makes a recorder for a command word that no function can have. False where it cannot be made. */
  addFile(name: string): boolean;
  /** Everything in the folder, to be compared later. */
  contents(): string;
  remove(): void;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PART = /^[A-Za-z0-9_+][A-Za-z0-9_.+-]{0,99}$/;

/** Whether every shell takes the word as the name of a function. */
export function isFunctionName(word: string): boolean {
  return IDENTIFIER.test(word);
}

/** Where a program of this machine is. */
export function locate(program: string): string {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder: the next one.
    }
  }
  throw new Error(`${program} is not installed`);
}

export function makeSandbox(): Sandbox {
  const outside = mkdtempSync(path.join(tmpdir(), 'airlock-fuzz-'));
  const folder = path.join(outside, 'folder');
  const programs = path.join(outside, 'programs');
  for (const made of [folder, programs, path.join(folder, 'src'), path.join(folder, 'home')]) mkdirSync(made);
  for (const name of ['a', 'b', 'x', 'a1', 'HEAD', 'HEAD1', 'a=b', '-rf', '.dot', 'src/x', 'src/index.ts', 'home/y']) {
    writeFileSync(path.join(folder, name), '');
  }
  const byName = recorder(outside, 'by-name', '${0##*/}');
  const byPath = recorder(outside, 'by-path', '$0');
  const made = new Set<string>();
  const add = (name: string): boolean => {
    const parts = name.split('/');
    if (parts.length === 1) {
      if (!PART.test(name)) return false;
      symlinkSync(byName, path.join(programs, name));
      return true;
    }
    if (parts.length > 3 || !parts.every((part, index) => PART.test(part) || (index === 0 && part === '.')))
      return false;
    try {
      mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
      symlinkSync(byPath, path.join(folder, name));
      return true;
    } catch {
      // A file of that name, or of one of its folders, is there already.
      return false;
    }
  };
  return {
    folder,
    programs,
    outside,
    addFile(name) {
      if (made.has(name)) return true;
      if (!add(name)) return false;
      made.add(name);
      return true;
    },
    contents: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => `${name} ${String(statSync(path.join(folder, name)).size)}`)
        .sort()
        .join('\n'),
    remove: () => rmSync(outside, { recursive: true, force: true }),
  };
}

/** A program that records the name it was called by and its words, as the functions do. */
function recorder(outside: string, name: string, own: string): string {
  const file = path.join(outside, name);
  writeFileSync(file, `#!${locate('dash')}\nprintf '%s\\0' C "$(($# + 1))" "${own}" "$@" >&3\nexit "$STATUS"\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Defines a recording function for every name, in a file that each shell reads first. */
export function writePrelude(file: string, names: readonly string[], setting: ShellSetting): void {
  const record = `${setting.printf} '%s\\0' C "$(($# + 1))"`;
  writeFileSync(
    file,
    [
      `airlock_mark() { ${setting.printf} '%s\\0' M >&3; }`,
      ...names.map((name) => `${name}() { ${record} ${name} "$@" >&3; return "$STATUS"; }`),
      '',
    ].join('\n'),
  );
}
