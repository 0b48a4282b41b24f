import { join } from 'node:path';
import { BLOCKS_SINCE } from './host-version.js';
import { MODULE_GUARD } from './levers.js';
import { PLUGIN, PLUGIN_ID } from './plugin-plan.js';
import { managedFolder } from './settings-files.js';

/** Where the plugin and the settings of a whole machine are. */
export interface ManagedPlaces {
  /** Folder of the copies; root's. */
  readonly copies: string;
  /** Folder of Claude Code's managed settings. */
  readonly settingsFolder: string;
  /** The drop-in file that we write. */
  readonly settingsFile: string;
}

/** Variables that a program's loader or a shell obeys before its first line; pinned to nothing for every session. */
export const PINNED_VARIABLES = [
  'BASH_ENV',
  'ENV',
  'LD_AUDIT',
  'LD_LIBRARY_PATH',
  'LD_PRELOAD',
  'NODE_OPTIONS',
] as const;

const COPIES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: '/Library/Application Support/Airlock/claude-code',
};

/** The places of a platform. `root` stands before all of them: `/` on a machine, another folder for an image or a test. */
export function managedPlaces(platform: NodeJS.Platform, root = '/'): ManagedPlaces {
  const settingsFolder = join(root, managedFolder(platform));
  return {
    copies: join(root, COPIES[platform] ?? '/opt/airlock/claude-code'),
    settingsFolder,
    settingsFile: join(settingsFolder, 'managed-settings.d', 'airlock.json'),
  };
}

/**
 * The managed settings that make the gate non-removable. What each of them closes:
 * - `extraKnownMarketplaces`, `enabledPlugins`: no repository, user or flag switches the plugin off
 * - `strictKnownMarketplaces`: no other marketplace brings a plugin beside it
 * - `allowManagedHooksOnly`: no other hook changes a call after it was approved
 * - `allowManagedModsOnly`: no other module comes before ours
 * - `disableAllHooks`: a repository's `true` has no effect
 * - `permissions.disableBypassPermissionsMode`: `pass` leaves a call to the host's own permission flow, and in bypass
 *   mode there is none
 * - `disableSideloadFlags`: `--plugin-dir` brings nothing of the same name
 * - `requiredMinimumVersion`: older versions let a call through when a hook fails
 * - `env`: nothing is loaded into the hook. Proxies are not pinned: the hook and the modules speak to a Unix socket,
 *   which no proxy setting reaches, and the host itself may need one
 *
 * @param marketplace - folder of the copy
 */
export function managedSettings(marketplace: string): Readonly<Record<string, unknown>> {
  const source = { source: 'directory', path: marketplace };
  return {
    extraKnownMarketplaces: { [PLUGIN]: { source } },
    strictKnownMarketplaces: [source],
    enabledPlugins: { [PLUGIN_ID]: true },
    allowManagedHooksOnly: true,
    disableAllHooks: false,
    disableSideloadFlags: true,
    pluginConfigs: { [MODULE_GUARD]: { options: { allowManagedModsOnly: true } } },
    permissions: { disableBypassPermissionsMode: 'disable' },
    requiredMinimumVersion: BLOCKS_SINCE,
    env: Object.fromEntries(PINNED_VARIABLES.map((name) => [name, ''])),
  };
}

/** Text of the file. */
export function managedSettingsText(marketplace: string): string {
  return `${JSON.stringify(managedSettings(marketplace), null, 2)}\n`;
}
