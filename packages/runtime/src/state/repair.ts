import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { anchorFileOf } from '../chain/anchor.js';
import { stopDaemon } from '../daemon/stop.js';
import { takeDaemonLocks, releaseLocks } from '../daemon/instance-lock.js';
import { RuntimeError, type RuntimeCode } from '../errors.js';
import { nodeFs } from '../files/fs-port.js';
import { markInitialised, type Integrity } from '../files/integrity.js';
import { syncDirectory } from '../files/secure-file.js';
import type { RuntimePaths } from '../paths/paths.js';
import { nodePorts } from '../ports/ports.js';
import { PolicyRecords } from '../policy/policy-records.js';
import { beginRestrictionsAnew } from '../restrictions/begin-anew.js';
import { openKeys } from '../secrets/open-keys.js';
import { openStorage } from './storage.js';

export interface RepairAnswer {
  /** Damaged files under the names they have now; nothing is deleted. */
  readonly setAside: readonly string[];
  /** What cannot be repaired this way, each with its own `fix`. */
  readonly remaining: readonly RuntimeError<string>[];
  /** The restrictions were begun anew, with a stop: `airlock daemon start` takes it back (LOC-065). */
  readonly stopped: boolean;
}

const REPAIRABLE: readonly RuntimeCode[] = ['state_corrupt', 'journal_corrupt', 'audit_unavailable'];

/**
 * Begins damaged files anew after putting them aside, at the user's command only. It loosens nothing: requests that
 * were open are denied, sign-in and pairing are lost with the state, and pins and recovery codes are remembered by the
 * secret store; restrictions begin with a stop, since nobody knows whether there was one, and without a document in force
 * (LOC-085). Stops the daemon first. Rejects with `lock_held` when another one starts meanwhile.
 */
export async function repairStorage(paths: RuntimePaths): Promise<RepairAnswer> {
  await stopDaemon(paths, { deliberate: false });
  const locks = takeDaemonLocks(paths);
  try {
    const found = await problemsOf(paths);
    const files = new Set(found.filter(isRepairable).map((problem) => baseOf(problem.file)));
    const setAside = [...files].flatMap((file) => [file, anchorFileOf(file)]).flatMap(putAside);
    if (setAside.length > 0) syncDirectory(dirname(paths.stateFile));
    const stopped = files.has(paths.restrictionsFile);
    if (stopped) {
      const damaged = setAside.find((file) => file.startsWith(`${paths.restrictionsFile}.damaged-`)) ?? null;
      await beginRestrictionsAnew(paths, damaged, Math.floor(nodePorts.now()));
    }
    const policies = await putPoliciesAside(paths);
    const all = [...setAside, ...policies];
    return { setAside: all, remaining: await beginAnew(paths, all), stopped };
  } finally {
    releaseLocks(locks);
  }
}

function isRepairable(problem: RuntimeError<string>): problem is RuntimeError<string> & { readonly file: string } {
  return problem.file !== undefined && REPAIRABLE.some((code) => code === problem.code);
}

function baseOf(file: string): string {
  return file.replace(/\.anchor$/, '');
}

async function problemsOf(paths: RuntimePaths): Promise<readonly RuntimeError<string>[]> {
  const found: RuntimeError<string>[] = [];
  const storage = await openStorage({ paths, ports: nodePorts, onProblem: (error) => found.push(error) });
  storage.close();
  if (storage.secrets !== null && found.some(isRepairable)) await markInitialised(storage.secrets, false);
  return found;
}

function putAside(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const aside = `${file}.damaged-${Math.floor(nodePorts.now())}`;
  renameSync(file, aside);
  return [aside];
}

/** Documents that are not as they were written: everything is asked until the approver signs again. */
async function putPoliciesAside(paths: RuntimePaths): Promise<readonly string[]> {
  const integrity = await integrityOf(paths);
  if (integrity === null) return [];
  const records = new PolicyRecords({ directory: paths.policyDirectory, integrity, fs: nodeFs });
  const aside = records.damaged().flatMap(putAside);
  if (aside.length > 0) syncDirectory(paths.policyDirectory);
  return aside;
}

/** Null where it cannot be had: that is among what remains. */
async function integrityOf(paths: RuntimePaths): Promise<Integrity | null> {
  try {
    return (await openKeys({ paths })).integrity;
  } catch (cause) {
    if (cause instanceof RuntimeError) return null;
    throw cause;
  }
}

async function beginAnew(paths: RuntimePaths, setAside: readonly string[]): Promise<readonly RuntimeError<string>[]> {
  const remaining: RuntimeError<string>[] = [];
  const storage = await openStorage({ paths, ports: nodePorts, onProblem: (error) => remaining.push(error) });
  const at = Math.floor(nodePorts.now());
  const names = setAside.map((file) => file.slice(file.lastIndexOf('/') + 1)).join(' ');
  if (names !== '') storage.audit?.append({ kind: 'storage.repaired', at, reason: names });
  storage.close();
  return remaining;
}
