import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';

/** Whether an executable of this name is on PATH. */
export function hasProgram(program: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/** A suite: title and body, as `describe` takes them. */
export type Suite = (title: string, body: () => void) => void;

/** A test or a suite: title and body, as `it` and `describe` take them. */
type Register = (title: string, body: () => void | Promise<void>) => void;

/**
 * Registers with `register` where the longer form runs: `inForm(isLong, it)('…', …)`. The shorter form does not have the test
 * at all, because a skipped one means that a program is missing.
 */
export function inForm(runs: boolean, register: Register): Register {
  return runs ? register : () => undefined;
}

/**
 * A `describe` for suites that need a program of the system: ``requiresProgram('zsh')('as zsh sees it', () => …)``.
 * Without the program the suite is skipped and `npm test` prints `skipped: zsh (N)`; with `CI=true` it fails instead,
 * because a skipped suite in CI is a suite nobody runs.
 */
export function requiresProgram(program: string): Suite {
  return requires(program, hasProgram(program));
}

/** As {@link requiresProgram} for any other condition: `what` names it in the output, `present` says whether it holds. */
export function requires(what: string, present: boolean): Suite {
  return (title, body) => {
    if (present) {
      describe(title, body);
    } else if (process.env['CI'] === 'true') {
      describe(title, () => {
        it(`needs ${what}`, () => {
          throw new Error(`${what} is missing. With CI=true no suite may be skipped: install it in .ci/run.`);
        });
      });
    } else {
      describe.skip(`${title} [needs ${what}]`, body);
    }
  };
}
