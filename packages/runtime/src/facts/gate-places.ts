import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { GatePlaces } from '@airlock/policy';
import type { RuntimePaths } from '../paths/paths.js';

/** What of the gate exists beside its files: the installed programs and the running daemon. */
export interface RunningGate {
  /** Paths of main files, for example `process.argv[1]`. */
  readonly programs: readonly string[];
  readonly processIds: readonly number[];
}

/** Real path of a program's main file; the path itself where it does not exist. */
export function realProgram(program: string): string {
  return withRealPath(program).at(-1) ?? program;
}

function withRealPath(path: string): readonly string[] {
  try {
    return [path, realpathSync(path)];
  } catch (error) {
    if (error instanceof Error && 'code' in error) return [path];
    throw error;
  }
}

/** The file, and the folder of its code unless that is a folder of many programs. */
function programPlaces(program: string): readonly string[] {
  const real = realProgram(program);
  const folder = dirname(real);
  return basename(folder) === 'bin' ? [program, real] : [program, real, folder];
}

/** Where the gate lives on this machine, each place by its name and by its real path. */
export function gatePlaces(paths: RuntimePaths, gate: RunningGate): GatePlaces {
  const folders = [paths.config, paths.state, paths.data, paths.runtime];
  const roots = [...folders, paths.socket, ...gate.programs.flatMap(programPlaces)].flatMap(withRealPath);
  return { roots: [...new Set(roots)].sort(), processIds: gate.processIds };
}
