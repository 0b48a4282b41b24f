import { execFileSync } from 'node:child_process';
import type { OpenedRequest } from '@airlock/approver';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import type { AirlockProcess, Finished } from './command.js';
import { type DeveloperMachine, Site } from './site.js';

export interface Explained {
  readonly verdict: 'allow' | 'pass' | 'deny' | 'ask';
  readonly basis?: { readonly kind: string };
  readonly reason?: string;
  readonly detail?: string;
  readonly touchesGate: readonly string[];
}

/** A machine paired with a human who may loosen policy, in a workspace that is a git repository. */
export class PolicySite {
  private constructor(
    readonly site: Site,
    readonly human: InMemoryApprover,
  ) {}

  static async create(): Promise<PolicySite> {
    const site = await Site.create();
    const human = new InMemoryApprover(site.gateway.url, site.approverPat);
    await site.developer.signIn(site.gateway.url, site.enforcerPat);
    await site.pairing(site.developer, (link) => human.pair(link));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: site.developer.workspace, stdio: 'pipe' });
    git('init', '-q', '-b', 'main');
    return new PolicySite(site, human);
  }

  get developer(): DeveloperMachine {
    return this.site.developer;
  }

  /** A command that asks for a change of policy, which the human signs. */
  signed(...args: string[]): Promise<Finished> {
    return this.human.approvePolicyChanges(() => this.developer.run(args));
  }

  /** `airlock run` of a command about which nobody is asked. */
  async unasked(...command: string[]): Promise<Finished> {
    const result = await this.developer.run(['run', '--timeout', '20', '--', ...command]);
    if ((await this.human.pending()).length > 0) throw new Error(`was asked about ${command.join(' ')}`);
    return result;
  }

  /** The request that a command waits for. */
  async next(command: AirlockProcess): Promise<OpenedRequest> {
    while (command.running) {
      const [opened] = await this.human.pending();
      if (opened !== undefined) return opened;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { code, stderr } = await command.finished();
    throw new Error(`ended unasked: ${code} ${stderr}`);
  }

  /** `airlock run` of a command about which the human is asked, and says no; gives what was shown. */
  async asked(...command: string[]): Promise<{ readonly result: Finished; readonly notices: readonly string[] }> {
    const running = this.developer.start(['run', '--timeout', '60', '--', ...command]);
    const opened = await this.next(running);
    await this.human.decide(opened, 'reject', { reason: 'asked' });
    const notices = opened.content.kind === 'action' ? (opened.content.action.notices ?? []) : [];
    return { result: await running.finished(), notices };
  }

  async explain(...command: string[]): Promise<Explained> {
    const { code, stdout, stderr } = await this.developer.run(['policy', 'explain', '--json', '--', ...command]);
    if (code !== 0) throw new Error(`policy explain: exit ${code}\n${stderr}`);
    return JSON.parse(stdout) as Explained;
  }

  async close(): Promise<void> {
    await this.human.close();
    await this.site.close();
  }
}

/** Waits until it holds, at most 30 s. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('it never came to hold');
}
