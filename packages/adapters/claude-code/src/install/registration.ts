import { join } from 'node:path';
import { z } from 'zod';
import { type HostProgram, type HostRun, runHost } from './host-program.js';
import { InstallError } from './install-error.js';
import { differences, readFileList } from './plugin-bytes.js';
import { PLUGIN, PLUGIN_ID } from './plugin-plan.js';

/** Our plugin as `claude plugin list` shows it. */
export interface Registration {
  readonly enabled: boolean;
  /** Folder that the host reads the plugin from. */
  readonly folder: string;
  /** The host reads a copy that it made itself, as versions before modules do. */
  readonly isHostCopy: boolean;
}

const entrySchema = z.object({
  id: z.string(),
  enabled: z.boolean(),
  installPath: z.string(),
  readFromFolder: z.string().optional(),
});
const listSchema = z.array(z.unknown());

/** Called with every command line before it runs, and with what it said when it failed. */
export type Announce = (line: string) => void;

/** Our plugin in the host's own list; null when it is not there. Rejects with `claude_failed`. */
export async function readRegistration(host: HostProgram): Promise<Registration | null> {
  const words = ['plugin', 'list', '--json'];
  const run = await runHost(host, words);
  const ours = run.code === 0 ? ourEntry(run.stdout) : undefined;
  if (ours === undefined) throw failed(host, words, run);
  if (ours === null) return null;
  return {
    enabled: ours.enabled,
    folder: ours.readFromFolder ?? ours.installPath,
    isHostCopy: ours.readFromFolder === undefined,
  };
}

function ourEntry(text: string): z.infer<typeof entrySchema> | null | undefined {
  try {
    const entries = listSchema.parse(JSON.parse(text)).map((each) => entrySchema.safeParse(each));
    return entries.find((each) => each.success && each.data.id === PLUGIN_ID)?.data ?? null;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/**
 * Makes the host load the plugin from `marketplace`, an installed copy, and reads back that it will.
 *
 * @throws InstallError `claude_failed` when a command fails or did not have its effect
 */
export async function register(host: HostProgram, marketplace: string, announce: Announce): Promise<Registration> {
  await step(host, ['plugin', 'marketplace', 'add', marketplace], announce);
  const before = await readRegistration(host);
  if (before?.isHostCopy === true && !isCopyOf(before.folder, marketplace)) {
    await step(host, ['plugin', 'uninstall', PLUGIN_ID], announce);
    await step(host, ['plugin', 'install', PLUGIN_ID], announce);
  } else if (before === null) {
    await step(host, ['plugin', 'install', PLUGIN_ID], announce);
  }
  let now = await readRegistration(host);
  if (now?.enabled === false) {
    await step(host, ['plugin', 'enable', PLUGIN_ID], announce);
    now = await readRegistration(host);
  }
  if (now?.enabled === true && holds(now, marketplace)) return now;
  throw new InstallError('claude_failed', `Claude Code does not load ${PLUGIN_ID} from ${marketplace}`, {
    fix: 'claude plugin list; then look for a managed setting that refuses it',
  });
}

/** Makes the host forget plugin and marketplace; what it does not know is no error. */
export async function unregister(host: HostProgram, announce: Announce): Promise<void> {
  if ((await readRegistration(host)) !== null) await step(host, ['plugin', 'uninstall', PLUGIN_ID], announce);
  if (await knowsMarketplace(host)) await step(host, ['plugin', 'marketplace', 'remove', PLUGIN], announce);
}

/** Whether the host reads exactly the bytes of the copy in `marketplace`. */
export function holds(registration: Registration, marketplace: string): boolean {
  if (!registration.isHostCopy) return registration.folder === join(marketplace, PLUGIN);
  return isCopyOf(registration.folder, marketplace);
}

function isCopyOf(folder: string, marketplace: string): boolean {
  try {
    return differences(folder, readFileList(join(marketplace, PLUGIN))).length === 0;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

async function knowsMarketplace(host: HostProgram): Promise<boolean> {
  const words = ['plugin', 'marketplace', 'list', '--json'];
  const run = await runHost(host, words);
  const known = z.array(z.looseObject({ name: z.string() })).safeParse(run.code === 0 ? jsonOf(run.stdout) : undefined);
  if (!known.success) throw failed(host, words, run);
  return known.data.some(({ name }) => name === PLUGIN);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function step(host: HostProgram, words: readonly string[], announce: Announce): Promise<void> {
  announce(`running: claude ${words.join(' ')}`);
  const run = await runHost(host, words);
  if (run.code !== 0) throw failed(host, words, run);
}

function failed(host: HostProgram, words: readonly string[], run: HostRun): InstallError {
  const said = `${run.stderr} ${run.stdout}`.replace(/\s+/g, ' ').trim().slice(0, 500);
  const what = `claude ${words.join(' ')} ended with ${run.code ?? 'a signal'}`;
  return new InstallError('claude_failed', said === '' ? what : `${what}: ${said}`, {
    fix: `${host.path} plugin list`,
  });
}
