import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A program that judges MCP servers, and the packages that it is made of. */
interface Judge {
  /** For people. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Main file, below `node_modules`. */
  readonly main: string;
  /** The Node it needs where that is not ours, below `node_modules`. */
  readonly node?: string;
}

/** Pinned; they are no part of the workspace. */
export const JUDGES = {
  inspector: {
    name: 'MCP inspector 0.15.0',
    packages: ['@modelcontextprotocol/inspector@0.15.0'],
    main: '@modelcontextprotocol/inspector/cli/build/cli.js',
  },
  conformance: {
    name: 'MCP conformance suite 0.1.16',
    packages: ['@modelcontextprotocol/conformance@0.1.16', 'node@22.23.3'],
    main: '@modelcontextprotocol/conformance/dist/index.js',
    node: 'node/bin/node',
  },
} as const satisfies Readonly<Record<string, Judge>>;
export type JudgeName = keyof typeof JUDGES;

/** How a judge is started: program and first argument. */
export type JudgeCommand = readonly [node: string, main: string];

/** The command of a judge, or undefined when it is not installed. */
export function findJudge(name: JudgeName): JudgeCommand | undefined {
  const { main, node }: Judge = JUDGES[name];
  const modules = join(folderOf(name), 'node_modules');
  const command: JudgeCommand = [node === undefined ? process.execPath : join(modules, node), join(modules, main)];
  return command.every((file) => existsSync(file)) ? command : undefined;
}

/** The command of a judge; throws when {@link installJudge} did not put it there. */
export function installedJudge(name: JudgeName): JudgeCommand {
  const command = findJudge(name);
  if (command === undefined) throw new Error(`${JUDGES[name].name} is not installed: npm run test:mcp does that`);
  return command;
}

/**
 * Installs a judge with npm, beside the workspace, unless it is there. The folder takes its name only when everything is in
 * it, so that a half finished install is never used.
 *
 * @throws Error when npm cannot fetch it (no network, no registry)
 */
export async function installJudge(name: JudgeName): Promise<void> {
  if (findJudge(name) !== undefined) return;
  await mkdir(cacheFolder(), { recursive: true });
  const passing = await mkdtemp(join(cacheFolder(), `.${name}-`));
  try {
    await writeFile(join(passing, 'package.json'), '{"private":true}');
    const flags = ['--no-audit', '--no-fund', '--no-update-notifier', '--save-exact', '--prefix', passing];
    await execute('npm', ['install', ...flags, ...JUDGES[name].packages], { cwd: passing, env: plainEnvironment() });
    await rename(passing, folderOf(name)).catch((error: unknown) => {
      if (findJudge(name) === undefined) throw error;
    });
    installedJudge(name);
  } finally {
    await rm(passing, { recursive: true, force: true });
  }
}

function cacheFolder(): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  return join(cache !== undefined && cache !== '' ? cache : join(homedir(), '.cache'), 'airlock-tests', 'mcp');
}

/** Named after its versions, so that another pin is another folder. */
function folderOf(name: JudgeName): string {
  return join(
    cacheFolder(),
    JUDGES[name].packages.map((each) => each.replaceAll(/[@/]+/g, '-').slice(0, 60)).join('_'),
  );
}

/** Where npm fetches from and keeps what it fetched. */
const FETCHING = /^npm_config_(?:registry|cache|userconfig|cafile|strict_ssl|(?:https?_|no)?proxy)$/i;

/** Without what npm and pnpm tell their scripts, which would move the install into the workspace. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || FETCHING.test(name)),
  );
}
