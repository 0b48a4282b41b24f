import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hooksJson, placeFile, placeModule } from '@airlock/adapter-claude-code';
import { AIRLOCK, type AirlockProcess } from '../../../apps/airlock/test/e2e/harness/command.js';
import { DeveloperMachine, Site } from '../../../apps/airlock/test/e2e/harness/site.js';
import { Human } from './human.js';
import { CLAUDE_VERSIONS, findClaude, installedClaude } from './installed-claude.js';

/** The plugin as `npm run build` leaves it. */
export const BUILT_PLUGIN = fileURLToPath(new URL('../../../apps/claude-plugin/dist/airlock', import.meta.url));

/**
 * How Claude Code gets the plugin. `none`: it does not. `side`: a copy of the built plugin whose place files name this
 * site, through `--plugin-dir`. `installed`: by `airlock claude install`, as a user does it.
 */
export type PluginKind = 'none' | 'side' | 'installed';

export interface SiteOptions {
  readonly plugin: PluginKind;
  /** Seconds that the human is waited for, 300 unless given; it can only be shortened. */
  readonly approvalSeconds?: number;
  /** False: signed in, but no workspace is paired. */
  readonly paired?: boolean;
  /** Puts something between the developer and the gateway, and gives its origin. */
  readonly through?: (gatewayUrl: string) => Promise<string>;
}

/** A folder that Claude Code works in. */
export interface Project {
  readonly folder: string;
  readonly machine: DeveloperMachine;
}

/**
 * Gateway, daemon, a human who is paired, and the home and the project of a developer who uses Claude Code. Nothing of
 * it is shared with the machine it runs on.
 */
export class ClaudeSite {
  readonly site: Site;
  /** HOME of Claude Code. */
  readonly home: string;
  /** AIRLOCK_HOME of the developer. */
  readonly airlockHome: string;
  readonly project: Project;
  readonly human: Human;
  /** Arguments that load the plugin. */
  readonly pluginArgs: readonly string[];
  #daemon: AirlockProcess | undefined;

  private constructor(site: Site, plugin: PluginKind) {
    this.site = site;
    this.home = join(site.root, 'home');
    this.airlockHome = join(site.root, 'airlock');
    const folder = join(this.home, 'widgets');
    this.project = { folder, machine: new DeveloperMachine(this.airlockHome, folder) };
    this.human = Human.create(site.gateway.url, site.approverPat);
    this.pluginArgs = plugin === 'side' ? ['--plugin-dir', join(site.root, 'plugin')] : [];
  }

  /** Everything running, signed in, paired (unless `paired` is false), the plugin in place. */
  static async open(options: SiteOptions): Promise<ClaudeSite> {
    const made = new ClaudeSite(await Site.create(), options.plugin);
    try {
      await made.#prepare(options);
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  }

  async #prepare({ plugin, paired = true, approvalSeconds, through }: SiteOptions): Promise<void> {
    const { site, project, human } = this;
    const origin = (await through?.(site.gateway.url)) ?? site.gateway.url;
    for (const each of [this.home, this.airlockHome, project.folder]) mkdirSync(each, { mode: 0o700 });
    execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: project.folder });
    await project.machine.signIn(origin, site.enforcerPat);
    if (paired) await site.pairing(project.machine, (link) => human.pair(link), origin);
    if (plugin === 'side') copyPlugin(this.airlockHome, join(site.root, 'plugin'));
    if (plugin === 'installed') await this.airlock('claude', 'install');
    if (approvalSeconds !== undefined) await this.restartDaemon({ AIRLOCK_APPROVAL_SECONDS: String(approvalSeconds) });
  }

  /** Runs an `airlock` command of the developer that must succeed; a pinned Claude Code is on its PATH. */
  async airlock(...args: string[]): Promise<string> {
    const version = CLAUDE_VERSIONS.find((each) => findClaude(each) !== undefined) ?? CLAUDE_VERSIONS[0];
    const env = { HOME: this.home, PATH: claudePath(installedClaude(version)) };
    const { code, stdout, stderr } = await this.project.machine.start(args, env).finished();
    if (code !== 0) throw new Error(`airlock ${args.join(' ')}: exit ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Another project of the same developer, paired with the same human. */
  async otherProject(name: string): Promise<Project> {
    const folder = join(this.home, name);
    mkdirSync(folder, { mode: 0o700 });
    const project = { folder, machine: new DeveloperMachine(this.airlockHome, folder) };
    await this.site.pairing(project.machine, (link) => this.human.pair(link));
    return project;
  }

  /** Ends the daemon that runs and starts one with this in its environment. */
  async restartDaemon(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.stopDaemon();
    this.#daemon = this.project.machine.start(['daemon', 'run'], env);
    const socket = join(this.airlockHome, 'run', 'daemon.sock');
    for (const end = performance.now() + 90_000; !existsSync(socket); ) {
      if (performance.now() > end || !this.#daemon.running) throw new Error(`no daemon: ${this.#daemon.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the daemon, whoever started it, and waits until it is gone. */
  async stopDaemon(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const pid = this.daemonPid();
    if (pid === undefined) return;
    process.kill(pid, signal);
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
    await this.#daemon?.finished();
  }

  /** Process id of the daemon, undefined when none runs. */
  daemonPid(): number | undefined {
    const file = join(this.airlockHome, 'run', 'daemon.pid');
    if (!existsSync(file)) return undefined;
    const { pid } = JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number };
    return isAlive(pid) ? pid : undefined;
  }

  async close(): Promise<void> {
    await this.human.close();
    await this.stopDaemon();
    await this.site.close();
  }
}

/** A {@link ClaudeSite}, ready. */
export function openSite(options: SiteOptions): Promise<ClaudeSite> {
  return ClaudeSite.open(options);
}

/** A copy of the built plugin for one home, as an installation makes it. */
function copyPlugin(airlockHome: string, target: string): void {
  if (!existsSync(BUILT_PLUGIN)) throw new Error(`${BUILT_PLUGIN} is missing: build apps/claude-plugin first`);
  cpSync(BUILT_PLUGIN, target, { recursive: true, dereference: true });
  writePlaceFiles(target, airlockHome);
}

/** Tells a copy of the plugin its home, as an installation does. */
export function writePlaceFiles(target: string, airlockHome: string): void {
  const place = {
    platform: process.platform,
    node: process.execPath,
    fixedHome: airlockHome,
    command: AIRLOCK,
    kind: 'installed',
  } as const;
  writeFileSync(join(target, 'hooks', 'hooks.json'), hooksJson(place));
  writeFileSync(join(target, 'hooks', 'place.txt'), placeFile(place));
  writeFileSync(join(target, 'hooks', 'place.mjs'), placeModule(place));
}

/** PATH with this program's folder first. */
export function claudePath(program: string): string {
  return [join(program, '..'), join(process.execPath, '..'), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
