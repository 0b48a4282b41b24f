import { nodeFs, type FsPort } from '../../src/files/fs-port.js';

/** Calls that change something, in the order a journal makes them. */
const CHANGING = new Set(['open', 'write', 'sync', 'dataSync', 'truncate', 'rename', 'unlink']);

export interface Faulty extends FsPort {
  /** Changing calls so far. */
  calls: number;
  trace: string[];
  /** Runs before call `at`, counted from 1. */
  before: ((name: string, call: number) => void) | null;
}

export function faultyFs(): Faulty {
  const faulty = { calls: 0, trace: [], before: null } as unknown as Faulty;
  for (const [name, real] of Object.entries(nodeFs)) {
    (faulty as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      if (CHANGING.has(name)) {
        faulty.calls += 1;
        faulty.trace.push(name);
        faulty.before?.(name, faulty.calls);
      }
      return (real as (...all: unknown[]) => unknown)(...args);
    };
  }
  return faulty;
}

export function ioError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}
