import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The versions that everything is tried with: one with `onFailure`, modules and `tool.run`, one without. */
export const CLAUDE_VERSIONS = ['2.1.330', '2.1.197'] as const;
export type ClaudeVersion = (typeof CLAUDE_VERSIONS)[number];

const PACKAGE = '@anthropic-ai/claude-code';

/** Folder of the pinned installs, outside of every workspace. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  return join(cache !== undefined && cache !== '' ? cache : join(homedir(), '.cache'), 'airlock-tests', 'claude-code');
}

/** The program of a pinned version, or undefined when it is not installed. */
export function findClaude(version: ClaudeVersion): string | undefined {
  const program = programIn(join(cacheFolder(), version));
  return existsSync(program) ? program : undefined;
}

/** The program of a pinned version; throws when {@link installClaude} did not put it there. */
export function installedClaude(version: ClaudeVersion): string {
  const program = findClaude(version);
  if (program === undefined) throw new Error(`Claude Code ${version} is not installed: npm run test:claude does that`);
  return program;
}

/**
 * Installs a pinned version with npm, beside the workspace, unless it is there. The folder takes its name only after the
 * program has said the right version, so that a broken or half finished install is never used.
 *
 * @throws Error when npm cannot fetch it (no network, no registry) or it is not what was asked for
 */
export async function installClaude(version: ClaudeVersion): Promise<string> {
  const there = findClaude(version);
  if (there !== undefined) return there;
  await mkdir(cacheFolder(), { recursive: true });
  const passing = await mkdtemp(join(cacheFolder(), `.${version}-`));
  try {
    // Its install script puts the program of this platform into place; without it there is only a placeholder.
    const flags = ['--no-save', '--no-audit', '--no-fund', '--no-update-notifier', '--prefix', passing];
    await execute('npm', ['install', ...flags, `${PACKAGE}@${version}`], { cwd: passing, env: plainEnvironment() });
    const { stdout } = await execute(programIn(passing), ['--version'], {
      env: { PATH: '/usr/bin:/bin', HOME: passing },
    });
    if (!stdout.startsWith(`${version} `)) throw new Error(`${PACKAGE}@${version} says it is ${stdout.trim()}`);
    await rename(passing, join(cacheFolder(), version)).catch((error: unknown) => {
      if (findClaude(version) === undefined) throw error;
    });
    return installedClaude(version);
  } finally {
    await rm(passing, { recursive: true, force: true });
  }
}

function programIn(folder: string): string {
  return join(folder, 'node_modules', '.bin', 'claude');
}

/** Where npm fetches from and keeps what it fetched. */
const FETCHING = /^npm_config_(?:registry|cache|userconfig|cafile|strict_ssl|(?:https?_|no)?proxy)$/i;

/** Without what npm and pnpm tell their scripts, which would move the install into the workspace. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || FETCHING.test(name)),
  );
}
