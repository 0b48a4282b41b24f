import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InstallError } from './install-error.js';
import { managedMember } from './levers.js';
import { type ManagedPlaces, managedSettings, managedSettingsText } from './managed-settings.js';
import { placeCopy, removeCopies, SHARED_MODES } from './place-copy.js';
import { differences, entriesBelow, readFileList } from './plugin-bytes.js';
import type { PluginPlace } from './plugin-files.js';
import { PLUGIN, planPlugin } from './plugin-plan.js';
import { asObject, managedFiles, readObject } from './settings-files.js';

/** An installation for every user of a machine. */
export interface ManagedInstall {
  /** Folder of the built marketplace. */
  readonly source: string;
  readonly places: ManagedPlaces;
  /** Kind `installed`; `node` must be a program that only root can replace. */
  readonly place: PluginPlace;
}

/** What was installed. */
export interface ManagedInstalled {
  readonly marketplace: string;
  readonly settingsFile: string;
  readonly version: string;
}

/**
 * Copies the plugin to a place that only root can write and forces Claude Code to load it; reads everything back.
 * Sessions that run keep the copy they began with, the last one before this is therefore left.
 *
 * @throws InstallError `needs_root`, `managed_place_insecure`, `plugin_not_built`, `plugin_damaged`
 */
export function installManaged({ source, places, place }: ManagedInstall): ManagedInstalled {
  requireRoot();
  const plan = planPlugin(source, place);
  const nodeFaults = place.node === null ? [] : ownerFaults(place.node);
  if (nodeFaults.length > 0) {
    throw new InstallError(
      'managed_place_insecure',
      `who can replace Node can replace the gate: ${nodeFaults.join('; ')}`,
      {
        fix: 'run this with a Node that only root can write, for example /usr/bin/node',
      },
    );
  }
  const before = managedMarketplace(places);
  const marketplace = placeCopy(plan, places.copies, SHARED_MODES);
  writeSettings(places.settingsFile, managedSettingsText(marketplace));
  const faults = managedFaults(places, place.node);
  if (faults.length > 0) throw new InstallError('managed_place_insecure', faults.join('; '));
  removeCopies(places.copies, [basename(marketplace), basename(before ?? '')]);
  return { marketplace, settingsFile: places.settingsFile, version: plan.version };
}

/** Takes settings and copies away. Throws `needs_root`. @returns whether there was anything */
export function uninstallManaged(places: ManagedPlaces): boolean {
  requireRoot();
  const had = lstatSync(places.settingsFile, { throwIfNoEntry: false }) !== undefined;
  rmSync(places.settingsFile, { force: true });
  const removed = removeCopies(places.copies, []);
  rmSync(places.copies, { recursive: true, force: true });
  return had || removed.length > 0;
}

/** Folder of the marketplace that our managed settings name; null without any. */
export function managedMarketplace(places: ManagedPlaces): string | null {
  const known = asObject(readObject(places.settingsFile)?.extraKnownMarketplaces);
  const path = asObject(asObject(known?.[PLUGIN])?.source)?.path;
  return typeof path === 'string' ? path : null;
}

/**
 * What keeps a managed installation from being one, each as a sentence without a full stop; empty when it stands: a
 * setting that is missing or that another managed file takes back, bytes that differ, a place that others can write.
 *
 * @param node - program that the hook falls back to; null to leave it out
 */
export function managedFaults(places: ManagedPlaces, node: string | null): readonly string[] {
  const marketplace = managedMarketplace(places);
  if (marketplace === null) return [`${places.settingsFile} names no marketplace`];
  const plugin = join(marketplace, PLUGIN);
  return [
    ...settingsFaults(places, marketplace),
    ...byteFaults(plugin),
    ...[places.settingsFile, ...entriesBelow(marketplace).map((name) => join(marketplace, name))].flatMap(ownerFaults),
    ...(node === null ? [] : ownerFaults(node)),
  ].filter((fault, index, all) => all.indexOf(fault) === index);
}

function settingsFaults(places: ManagedPlaces, marketplace: string): readonly string[] {
  const files = managedFiles(places.settingsFolder).map((file) => ({
    scope: 'managed' as const,
    file,
    settings: readObject(file),
  }));
  const broken = files.filter(({ settings }) => settings === null).map(({ file }) => `${file} is no JSON object`);
  const wanted = Object.entries(managedSettings(marketplace));
  const lost = wanted.filter(([name, value]) => !includes(managedMember(files, name), value)).map(([name]) => name);
  return [...broken, ...(lost.length === 0 ? [] : [`managed settings do not say ${lost.join(', ')} as they should`])];
}

/** Whether a merged setting has everything that ours says; objects may say more. */
function includes(found: unknown, wanted: unknown): boolean {
  const inner = asObject(wanted);
  if (inner === null) return isDeepStrictEqual(found, wanted);
  const given = asObject(found) ?? {};
  return Object.entries(inner).every(([name, value]) => includes(given[name], value));
}

function byteFaults(plugin: string): readonly string[] {
  try {
    return differences(plugin, readFileList(plugin));
  } catch (error) {
    if (error instanceof InstallError) return [error.message];
    throw error;
  }
}

const OTHERS_WRITE = 0o022;

/** Whoever can write a file or a folder above it can replace it. */
function ownerFaults(file: string): readonly string[] {
  const faults: string[] = [];
  for (let at = file; ; at = dirname(at)) {
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found === undefined) return [`${at} does not exist`];
    const isSticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
    const isOpen = !found.isSymbolicLink() && !isSticky && (found.mode & OTHERS_WRITE) !== 0;
    if (found.uid !== 0) faults.push(`${at} belongs to uid ${found.uid}, not to root`);
    else if (isOpen) faults.push(`${at} can be written by others than root`);
    if (at === dirname(at)) return faults;
  }
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new InstallError('needs_root', 'managed settings are written by root only', {
    fix: 'sudo airlock claude install --managed',
  });
}

function writeSettings(file: string, text: string): void {
  makeShared(dirname(file));
  const fresh = `${file}.new`;
  writeFileSync(fresh, text, { mode: SHARED_MODES.file, flush: true });
  chmodSync(fresh, SHARED_MODES.file);
  renameSync(fresh, file);
  if (readFileSync(file, 'utf8') !== text)
    throw new InstallError('managed_place_insecure', `${file} was changed at once`);
}

function makeShared(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: SHARED_MODES.folder });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = dirname(at)) chmodSync(at, SHARED_MODES.folder);
}
