import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  fixedHomeOf,
  installedPlace,
  installForUser,
  installManaged,
  managedPlaces,
  managedSettings,
  type UserInstalled,
} from '@airlock/adapter-claude-code';
import { ensureSecureDirectory } from '@airlock/runtime';
import { type StatusAnswer, resolvePaths } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { EXIT, readCoded, UsageError } from '../../cli/failure.js';
import { asTyped, commandLine } from '../../cli/invocation.js';
import type { InstallFlags } from './flags.js';

/** Folder of the built plugin that this program carries. */
function carriedPlugin(cli: Cli): string {
  return join(dirname(cli.entry), 'claude-plugin');
}

/** `airlock claude install`. */
export async function install(cli: Cli, flags: InstallFlags): Promise<number> {
  if (flags.print && !flags.managed)
    throw new UsageError('--print belongs to --managed', 'airlock claude install --managed --print');
  if (flags.managed) return flags.print ? printSettings(cli) : forMachine(cli, flags);
  return await forUser(cli, flags);
}

/** The settings as they would be written; the copy's folder is named by its bytes, so here it is the folder above. */
function printSettings(cli: Cli): number {
  cli.emit(JSON.stringify(managedSettings(join(managedPlaces(process.platform).copies, 'VERSION')), null, 2));
  return EXIT.ok;
}

function forMachine(cli: Cli, flags: InstallFlags): number {
  const places = managedPlaces(process.platform);
  const { AIRLOCK_HOME: home = '' } = cli.environment;
  const done = installManaged({
    source: carriedPlugin(cli),
    places,
    place: installedPlace(home === '' ? null : realpathSync(home), cli.entry),
  });
  if (flags.json) {
    printJson(cli, { installed: true, managed: true, ...done });
    return EXIT.ok;
  }
  cli.say(`airlock: copied to ${done.marketplace}, which only root can write; every file verified`);
  cli.say(`airlock: wrote ${done.settingsFile} and read it back: Claude Code loads the plugin for every user`);
  cli.say('airlock: another managed source (server or device management) would replace these settings: look at status');
  sayRestart(cli);
  return EXIT.ok;
}

async function forUser(cli: Cli, flags: InstallFlags): Promise<number> {
  const paths = resolvePaths({ fixedHome: fixedHomeOf(cli.environment) });
  ensureSecureDirectory(paths.data);
  const { environment } = cli;
  const announce = (line: string) => cli.say(`airlock: ${line}`);
  const done = await installForUser({ source: carriedPlugin(cli), paths, environment, command: cli.entry, announce });
  if (flags.json) {
    printJson(cli, shape(done));
    return EXIT.ok;
  }
  const { host, meaning } = done;
  cli.say(
    `airlock: Claude Code ${host.version ?? 'of unknown version'} (${host.path}) loads version ${done.version} now`,
  );
  for (const open of meaning.open) cli.say(`airlock: WARNING: ${open} (update Claude Code)`);
  cli.say('airlock: this is a cooperative installation: what runs as you can take it away again');
  cli.say(`airlock: for one that only root can take away: ${asTyped(cli, 'sudo airlock claude install --managed')}`);
  for (const next of await nextSteps(cli)) cli.say(`airlock: ${next}`);
  sayRestart(cli);
  return EXIT.ok;
}

function shape({ version, marketplace, host, meaning }: UserInstalled) {
  return { installed: true, managed: false, version, marketplace, host, open: meaning.open };
}

function sayRestart(cli: Cli): void {
  cli.say('airlock: restart every Claude Code session that runs; each new one says what protects it');
}

/** What is missing before anything can be approved. */
async function nextSteps(cli: Cli): Promise<readonly string[]> {
  let status: StatusAnswer;
  try {
    status = await (await daemon(cli)).status();
  } catch (error) {
    const { code, message, fix } = readCoded(error);
    return [`until then everything is denied: ${code} ${message} (try: ${asTyped(cli, fix ?? 'airlock doctor')})`];
  }
  const isPaired = status.workspaces.some(({ paired }) => paired);
  return [
    ...(status.signedIn ? [] : [`next, sign in: ${commandLine(cli, 'sign-in')}`]),
    ...(isPaired ? [] : [`next, in the folder you work in, pair your approver: ${commandLine(cli, 'pair')}`]),
  ];
}
