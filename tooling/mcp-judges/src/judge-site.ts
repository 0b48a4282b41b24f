import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedRequest } from '@airlock/approver';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import type { DeveloperMachine } from '../../../apps/airlock/test/e2e/harness/site.js';
import { Site } from '../../../apps/airlock/test/e2e/harness/site.js';

/** Milliseconds between two looks into the inbox. */
const LOOK_MS = 30;

/** A gateway, a developer whose folder is paired, and a human who approves everything at once. */
export class JudgeSite {
  /** What was asked, oldest first. */
  readonly asked: OpenedRequest[] = [];
  readonly #seen = new Set<string>();
  #isOpen = true;
  #looking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly site: Site,
    private readonly human: InMemoryApprover,
    readonly machine: DeveloperMachine,
  ) {}

  static async open(): Promise<JudgeSite> {
    const site = await Site.create({ limits: { requestsPerMinute: 1_000_000 } });
    const human = new InMemoryApprover(site.gateway.url, site.approverPat);
    const made = new JudgeSite(site, human, site.developer);
    try {
      await site.developer.signIn(site.gateway.url, site.enforcerPat);
      await site.pairing(site.developer, (link) => human.pair(link));
    } catch (error) {
      await made.close();
      throw error;
    }
    made.#looking = made.#approve();
    return made;
  }

  /** Environment of everything that is started here, with and without the proxy. */
  get environment(): Record<string, string> {
    const { home } = this.machine;
    return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home, AIRLOCK_HOME: home, NO_COLOR: '1', TZ: 'UTC' };
  }

  /** Where everything is started. */
  get folder(): string {
    return this.machine.workspace;
  }

  /** A folder for results, next to nothing that is judged. */
  results(name: string): string {
    const folder = join(this.site.root, 'results', name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#looking;
    await this.human.close();
    await this.site.close();
  }

  async #approve(): Promise<void> {
    while (this.#isOpen) {
      for (const opened of await this.human.pending()) {
        const { requestId } = opened.request;
        if (this.#seen.has(requestId)) continue;
        this.#seen.add(requestId);
        this.asked.push(opened);
        await this.#decide(opened);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async #decide(opened: OpenedRequest): Promise<void> {
    try {
      await this.human.decide(opened, 'approve');
    } catch (error) {
      // Withdrawn in between: a client went away, or cancelled.
      if (!this.#isOpen) return;
      const isOpen = (await this.human.pending()).some(({ request }) => request.requestId === opened.request.requestId);
      if (isOpen) throw error;
    }
  }
}
