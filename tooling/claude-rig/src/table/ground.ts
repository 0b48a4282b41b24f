import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { managedSettings } from '@airlock/adapter-claude-code';
import { BUILT_PLUGIN, type ClaudeSite, writePlaceFiles } from '../site.js';
import type { Ground } from './row.js';

const NAME = 'airlock';
const ID = `${NAME}@${NAME}`;

let count = 0;

/** Home, folder and plugin for one run. */
export function makeGround(site: ClaudeSite, cell: Pick<Ground, 'version' | 'deployment'>): Ground {
  count += 1;
  const name = `c${count}`;
  const root = join(dirname(site.home), 'cells', name);
  const folder = join(site.project.folder, name);
  const [home, aside] = [join(root, 'home'), join(root, 'aside')];
  // Where an installation puts its copies: a place that the gate knows as its own.
  const marketplace = join(site.airlockHome, 'data', 'claude-code', name);
  for (const each of [home, aside, folder]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const plugin = join(marketplace, NAME);
  copyMarketplace(site.airlockHome, marketplace);
  const ground = { ...cell, site, home, folder, plugin, aside, effect: join(folder, `ran-${name}`) };
  if (cell.deployment === 'cooperative') registerPlugin(ground, marketplace);
  else writeManaged(ground, managedSettings(marketplace));
  return ground;
}

/** A copy of the built plugin as an installation writes it for one home. */
function copyMarketplace(airlockHome: string, marketplace: string): void {
  const [target, built] = [join(marketplace, NAME), join(airlockHome, '..', 'built-plugin')];
  // A build that goes on meanwhile changes nothing for the rest of the table.
  if (!existsSync(built)) cpSync(dirname(BUILT_PLUGIN), built, { recursive: true, dereference: true });
  cpSync(built, marketplace, { recursive: true });
  writePlaceFiles(target, airlockHome);
}

/** The files that `claude plugin install` leaves behind. */
function registerPlugin({ home, plugin }: Ground, marketplace: string): void {
  const source = { source: 'directory', path: marketplace };
  const now = new Date().toISOString();
  const entry = { scope: 'user', installPath: plugin, version: '0.0.0', installedAt: now, lastUpdated: now };
  mkdirSync(join(home, '.claude', 'plugins'), { recursive: true });
  writeJson(join(home, '.claude', 'settings.json'), {
    extraKnownMarketplaces: { [NAME]: { source } },
    enabledPlugins: { [ID]: true },
  });
  writeJson(join(home, '.claude', 'plugins', 'installed_plugins.json'), { version: 2, plugins: { [ID]: [entry] } });
  writeJson(join(home, '.claude', 'plugins', 'known_marketplaces.json'), {
    [NAME]: { source, installLocation: marketplace, lastUpdated: now },
  });
}

/** Where the managed settings of a ground lie, which stand for `/etc/claude-code` in its runs. */
function managedFolder({ aside }: Ground): string {
  return join(aside, 'managed');
}

function writeManaged(ground: Ground, settings: Readonly<Record<string, unknown>>): void {
  mkdirSync(join(managedFolder(ground), 'managed-settings.d'), { recursive: true });
  writeJson(join(managedFolder(ground), 'managed-settings.d', 'airlock.json'), settings);
}

/** Writes a JSON file and the folders around it. */
export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Words that start a program with the managed settings of a ground in place: in mounts of its own, so that nothing of
 * this machine changes. Needs root.
 */
export function managedLauncher(ground: Ground): readonly string[] {
  const script = [
    'set -e',
    'mount -t tmpfs tmpfs /mnt',
    'mkdir /mnt/upper /mnt/work',
    'mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc',
    'mkdir -p /etc/claude-code',
    'mount --bind "$0" /etc/claude-code',
    'exec "$@"',
  ].join('\n');
  return ['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, managedFolder(ground)];
}
