import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Status } from './expected.js';
import { locate, type Sandbox, writePrelude } from './sandbox.js';
import type { ShellSetting } from './shells.js';

const LONGEST_RUN_MS = 300_000;

/** What one shell did with some lines. */
export interface Recording {
  /** For each line the argv lists it ran, in the order in which they were recorded. */
  readonly runs: readonly (readonly (readonly string[])[])[];
  /** Anything the shell printed itself: an error, a warning, a builtin that was no function. Empty in `typed` mode. */
  readonly printed: string;
}

/** Gives the lines to a real shell, in which every name is a function or a program that records its words. */
export async function runLines(
  sandbox: Sandbox,
  setting: ShellSetting,
  work: { readonly lines: readonly string[]; readonly names: readonly string[]; readonly status: Status },
): Promise<Recording> {
  const own = path.join(sandbox.outside, setting.name.replaceAll(' ', '-'));
  const prelude = `${own}.prelude`;
  writePrelude(prelude, work.names, setting);
  writeFileSync(`${own}.lines`, work.lines.map((line) => `${line}\n`).join(''));
  writeFileSync(`${own}.script`, script(setting, prelude, work.lines));
  for (const output of ['record', 'printed']) writeFileSync(`${own}.${output}`, '');
  await start(setting, sandbox, own, work.status);
  return {
    runs: readRecord(readFileSync(`${own}.record`)),
    printed: setting.mode === 'eval' ? readFileSync(`${own}.printed`, 'latin1') : '',
  };
}

/** What the shell reads on its standard input or, in `eval` mode, as its script. */
function script(setting: ShellSetting, prelude: string, lines: readonly string[]): string {
  if (setting.mode === 'typed')
    return [`. ${prelude}`, ...lines.flatMap((line) => ['airlock_mark', line]), ''].join('\n');
  // The braces make the shell read all of it before a line can change how it is read.
  return `. ${prelude}\n{ while IFS= read -r AIRLOCK_LINE <&4; do airlock_mark; ( eval "$AIRLOCK_LINE" ); done; }\n`;
}

async function start(setting: ShellSetting, sandbox: Sandbox, own: string, status: Status): Promise<void> {
  const isTyped = setting.mode === 'typed';
  const files = [
    openSync(isTyped ? `${own}.script` : '/dev/null', 'r'),
    openSync(`${own}.printed`, 'a'),
    openSync(`${own}.printed`, 'a'),
    openSync(`${own}.record`, 'a'),
    openSync(`${own}.lines`, 'r'),
  ];
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(locate(setting.program), [...setting.args, ...(isTyped ? [] : [`${own}.script`])], {
        cwd: sandbox.folder,
        env: {
          PATH: sandbox.programs,
          HOME: path.join(sandbox.folder, 'home'),
          STATUS: String(status),
          // An interactive shell would leave its history in the folder.
          HISTFILE: '/dev/null',
          PS1: '',
          LC_ALL: 'C',
        },
        stdio: files,
        timeout: LONGEST_RUN_MS,
      });
      child.on('error', reject);
      child.on('close', () => resolve());
    });
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** `M` begins a line; `C`, a count and so many words are one command. */
function readRecord(bytes: Buffer): readonly (readonly (readonly string[])[])[] {
  const fields = bytes.toString('latin1').split('\0');
  const runs: (readonly string[])[][] = [];
  for (let at = 0; at < fields.length - 1; ) {
    if (fields[at] === 'M') {
      runs.push([]);
      at += 1;
      continue;
    }
    const count = Number(fields[at + 1]);
    if (fields[at] !== 'C' || !Number.isInteger(count))
      throw new Error(`unreadable record: ${fields.slice(at, at + 9).join('|')}`);
    runs.at(-1)?.push(fields.slice(at + 2, at + 2 + count));
    at += 2 + count;
  }
  return runs;
}
