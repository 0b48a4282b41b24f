import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InstallError } from './install-error.js';
import { differences, FILE_LIST, readFileList, someOf } from './plugin-bytes.js';
import { PLUGIN, type PluginPlan } from './plugin-plan.js';

/** Who may read a copy; nobody but its owner may write it. */
export interface CopyModes {
  readonly folder: number;
  readonly file: number;
}

export const USER_MODES: CopyModes = { folder: 0o700, file: 0o600 };
/** Of a copy that belongs to root and that everybody runs. */
export const SHARED_MODES: CopyModes = { folder: 0o755, file: 0o644 };

const MARKETPLACE_FILE = join('.claude-plugin', 'marketplace.json');

/**
 * Makes the copy below `parent` as a whole: a folder under another name first, every byte read back, then renamed. A
 * copy that is there already and intact is left alone; a damaged one is replaced.
 *
 * @returns folder of the marketplace, absolute
 * @throws InstallError `plugin_damaged` when what was written is not what was to be written
 */
export function placeCopy(plan: PluginPlan, parent: string, modes: CopyModes): string {
  const target = join(parent, plan.folder);
  makeFolder(parent, modes);
  if (isIntact(plan, target)) return target;
  const fresh = join(parent, `.new-${randomBytes(6).toString('hex')}`);
  try {
    write(plan, fresh, modes);
    const faults = differences(join(fresh, PLUGIN), readFileList(join(fresh, PLUGIN)));
    if (faults.length > 0)
      throw new InstallError('plugin_damaged', `the copy in ${fresh} has faults: ${someOf(faults)}`);
    putAside(target, parent);
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  flush(parent);
  return target;
}

/** Whether a marketplace is the planned copy, byte for byte. */
export function isIntact(plan: PluginPlan, target: string): boolean {
  if (lstatSync(target, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  try {
    const plugin = join(target, PLUGIN);
    if (readFileSync(join(plugin, FILE_LIST), 'utf8') !== plan.fileList) return false;
    if (readFileSync(join(target, MARKETPLACE_FILE), 'utf8') !== plan.marketplace) return false;
    return differences(plugin, readFileList(plugin)).length === 0;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Removes every copy below `parent` except those named. @returns the names that went */
export function removeCopies(parent: string, kept: readonly string[]): readonly string[] {
  if (lstatSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const old = readdirSync(parent).filter((name) => !kept.includes(name));
  for (const name of old) rmSync(join(parent, name), { recursive: true, force: true });
  return old;
}

function write(plan: PluginPlan, marketplace: string, modes: CopyModes): void {
  const plugin = join(marketplace, PLUGIN);
  const put = (file: string, text: string) => {
    makeFolder(dirname(file), modes);
    writeFileSync(file, text, { mode: modes.file, flag: 'wx', flush: true });
    chmodSync(file, modes.file);
  };
  put(join(marketplace, MARKETPLACE_FILE), plan.marketplace);
  for (const name of Object.keys(plan.copied)) {
    const file = join(plugin, name);
    makeFolder(dirname(file), modes);
    copyFileSync(join(plan.source, name), file);
    chmodSync(file, modes.file);
  }
  for (const [name, text] of Object.entries(plan.written)) put(join(plugin, name), text);
  put(join(plugin, FILE_LIST), plan.fileList);
}

/** Makes a folder and what is missing above it; the mode is set whatever the umask is. */
function makeFolder(folder: string, modes: CopyModes): void {
  const first = mkdirSync(folder, { recursive: true, mode: modes.folder });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = dirname(at)) chmodSync(at, modes.folder);
}

function putAside(target: string, parent: string): void {
  if (lstatSync(target, { throwIfNoEntry: false }) === undefined) return;
  const aside = join(parent, `.old-${randomBytes(6).toString('hex')}`);
  renameSync(target, aside);
  rmSync(aside, { recursive: true, force: true });
}

function flush(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
