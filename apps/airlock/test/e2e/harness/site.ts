import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AirlockProcess, json, run, start } from './command.js';

export interface InboxItem {
  readonly requestId: string;
  readonly workspace: string;
  readonly enforcerLabel: string;
  readonly kind: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly bound: boolean;
}

/** The gateway on its own machine: a data directory, a port, a process that can be killed and started again. */
export class GatewayHost {
  #process: AirlockProcess | undefined;
  #port = 0;
  url = '';

  /** @param config members of its configuration file */
  constructor(
    readonly home: string,
    readonly config: Readonly<Record<string, unknown>> = {},
  ) {}

  async start(): Promise<void> {
    const config = join(this.home, 'gateway.json');
    await writeFile(config, JSON.stringify(this.config));
    const place = ['--host', '127.0.0.1', '--port', String(this.#port), '--data-dir', this.dataDir];
    this.#process = start(['gateway', 'serve', '--json', '--config', config, ...place], { home: this.home });
    const ready = await this.#process.event<{ url: string }>('ready');
    this.url = ready.url.replace(/\/$/, '');
    this.#port = Number(new URL(this.url).port);
  }

  get dataDir(): string {
    return join(this.home, 'gateway-data');
  }

  admin<T>(...args: string[]): Promise<T> {
    return json<T>(['gateway', ...args, '--data-dir', this.dataDir], { home: this.home });
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#process?.kill(signal);
    await this.#process?.finished();
  }
}

/** A human's terminal approver with its own home, keys and credentials. */
export class ApproverDevice {
  constructor(
    readonly home: string,
    readonly keyDir: string,
  ) {}

  json<T>(...args: string[]): Promise<T> {
    return json<T>(['approver', ...args, '--key-dir', this.keyDir], { home: this.home });
  }

  /** A command that prints a stream of events. */
  start(...args: string[]): AirlockProcess {
    return start(['approver', ...args, '--key-dir', this.keyDir, '--json'], { home: this.home });
  }

  inbox(): Promise<InboxItem[]> {
    return this.json<InboxItem[]>('inbox');
  }

  /** Waits until this many requests are in the inbox (at most `seconds`). */
  async pending(count = 1, seconds = 30): Promise<InboxItem[]> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const items = await this.inbox();
      if (items.length >= count) return items;
      if (performance.now() > deadline) throw new Error(`inbox has ${items.length} of ${count} requests`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  approve(requestId: string): Promise<{ requestId: string; decision: string; accepted: boolean }> {
    return this.json('approve', requestId);
  }

  reject(requestId: string, reason: string): Promise<{ requestId: string; decision: string; accepted: boolean }> {
    return this.json('reject', requestId, '--reason', reason);
  }

  async pair(link: string): Promise<void> {
    const result = await run(['approver', 'pair', '-', '--key-dir', this.keyDir], {
      home: this.home,
      input: `${link}\n`,
    });
    if (result.code !== 0) throw new Error(`approver pair: exit ${result.code}\n${result.stdout}\n${result.stderr}`);
  }
}

/** The developer's machine: a home with the daemon in it, and one workspace. */
export class DeveloperMachine {
  constructor(
    readonly home: string,
    readonly workspace: string,
  ) {}

  run(args: readonly string[], input?: string) {
    return run(args, { home: this.home, cwd: this.workspace, ...(input === undefined ? {} : { input }) });
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): AirlockProcess {
    return start(args, { home: this.home, cwd: this.workspace, env, input });
  }

  json<T>(...args: string[]): Promise<T> {
    return json<T>(args, { home: this.home, cwd: this.workspace });
  }

  async signIn(gatewayUrl: string, pat: string): Promise<void> {
    const result = await this.run(['sign-in', '--gateway', gatewayUrl, '--pat-stdin'], `${pat}\n`);
    if (result.code !== 0) throw new Error(`sign-in: exit ${result.code}\n${result.stdout}\n${result.stderr}`);
  }

  async daemonPid(): Promise<number> {
    const status = await this.json<{ daemon: { running: boolean; pid: number } }>('status');
    if (!status.daemon.running) throw new Error('the daemon is not running');
    return status.daemon.pid;
  }

  async stop(): Promise<void> {
    await this.run(['daemon', 'stop']);
  }
}

/** Three machines in one temporary directory: gateway, developer, approver. */
export class Site {
  private constructor(
    readonly root: string,
    readonly gateway: GatewayHost,
    readonly developer: DeveloperMachine,
    readonly approver: ApproverDevice,
    readonly enforcerPat: string,
    readonly approverPat: string,
  ) {}

  /** Gateway running, one user, an initialised approver; nobody signed in, nothing paired. */
  static async create(gatewayConfig: Readonly<Record<string, unknown>> = {}): Promise<Site> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'airlock-e2e-')));
    const [g, d, a, workspace] = ['gateway', 'developer', 'approver', 'developer/widgets'].map((x) => join(root, x));
    for (const dir of [g, d, a, workspace]) await mkdir(dir as string, { mode: 0o700 });
    const gateway = new GatewayHost(g as string, gatewayConfig);
    await gateway.start();
    await gateway.admin('user', 'add', 'alice');
    const enforcer = await gateway.admin<{ pat: string }>('pat', 'create', '--user', 'alice', '--role', 'enforcer');
    const human = await gateway.admin<{ pat: string }>('pat', 'create', '--user', 'alice', '--role', 'approver');
    const patFile = join(a as string, 'pat');
    await writeFile(patFile, human.pat, { mode: 0o600 });
    const approver = new ApproverDevice(a as string, join(a as string, 'keys'));
    await approver.json('init', '--gateway', gateway.url, '--pat-file', patFile, '--no-passphrase');
    const developer = new DeveloperMachine(d as string, workspace as string);
    return new Site(root, gateway, developer, approver, enforcer.pat, human.pat);
  }

  /** Signed in through `origin` (the gateway itself unless a hostile one stands between) and paired with the full code. */
  async pair(origin: string = this.gateway.url): Promise<void> {
    await this.developer.signIn(origin, this.enforcerPat);
    await this.pairing(this.developer, (link) => this.approver.pair(link), origin);
  }

  /** Pairs one workspace with whoever takes the link. */
  async pairing(
    machine: DeveloperMachine,
    answer: (link: string) => Promise<void>,
    origin: string = this.gateway.url,
  ): Promise<void> {
    const pairing = machine.start(['pair', '--json']);
    const { link } = await pairing.event<{ link: string }>('pairing');
    await answer(link.replace(encodeURIComponent(origin), encodeURIComponent(this.gateway.url)));
    const paired = await pairing.event<{ assurance: string }>('paired');
    if (paired.assurance !== 'verified') throw new Error(`assurance ${paired.assurance}`);
    await pairing.finished();
  }

  /** Another terminal approver of the same user, with keys of its own. */
  async otherApprover(name: string): Promise<ApproverDevice> {
    const device = new ApproverDevice(this.approver.home, join(this.approver.home, name));
    const patFile = join(this.approver.home, 'pat');
    await device.json('init', '--gateway', this.gateway.url, '--pat-file', patFile, '--no-passphrase');
    return device;
  }

  /** A further machine of the same user, with nothing on it but one workspace. */
  async machine(name: string): Promise<DeveloperMachine> {
    const home = join(this.root, name);
    const folder = join(home, 'widgets');
    for (const each of [home, folder]) await mkdir(each, { mode: 0o700 });
    return new DeveloperMachine(home, folder);
  }

  /** Calls the gateway as the human does, over a route that the terminal approver has no command for. */
  async asHuman<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.gateway.url}${path}`, {
      method,
      headers: { 'x-pat': this.approverPat, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Another workspace of the same developer. */
  async workspace(name: string): Promise<DeveloperMachine> {
    const folder = join(this.root, 'developer', name);
    await mkdir(folder, { mode: 0o700 });
    return new DeveloperMachine(this.developer.home, folder);
  }

  async close(): Promise<void> {
    await this.developer.stop();
    await this.gateway.stop();
    await rm(this.root, { recursive: true, force: true });
  }
}
