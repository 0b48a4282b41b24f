import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenedRequest } from '@airlock/approver';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import { AIRLOCK } from '../../e2e/harness/command.js';
import { Site } from '../../e2e/harness/site.js';

/** Milliseconds between two looks into the inbox. */
const LOOK_MS = 60;

/** Whoever is asked about a repository. */
export type Asked = (opened: OpenedRequest) => Promise<Decided>;
export type Decided = { readonly act: 'approve' } | { readonly act: 'reject'; readonly reason: string } | null;

/** The folders that belong to our human, to another one, and to nobody. */
export const REALMS = ['ours', 'theirs', 'nobodys'] as const;
export type Realm = (typeof REALMS)[number];

/** One gateway, one daemon and two humans; every scenario has folders of its own below them. */
export class Stage {
  readonly #asked = new Map<string, Asked>();
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<InMemoryApprover, ReadonlySet<string>>();
  #isOpen = true;
  #isPaused = false;
  readonly #loops: Promise<void>[] = [];

  private constructor(
    readonly site: Site,
    readonly humans: Readonly<Record<'ours' | 'theirs', InMemoryApprover>>,
  ) {}

  static async open(): Promise<Stage> {
    // Two humans look into one inbox, very often.
    const site = await Site.create({ limits: { requestsPerMinute: 1_000_000 } });
    await site.developer.signIn(site.gateway.url, site.enforcerPat);
    const human = () => new InMemoryApprover(site.gateway.url, site.approverPat);
    const stage = new Stage(site, { ours: human(), theirs: human() });
    for (const [realm, each] of Object.entries(stage.humans)) {
      const machine = await site.workspace(realm);
      await site.pairing(machine, (link) => each.pair(link));
      stage.#loops.push(stage.#answer(each));
    }
    mkdirSync(stage.folder('nobodys'));
    mkdirSync(stage.bin);
    writeFileSync(join(stage.bin, 'airlock'), `#!/bin/sh\nexec '${process.execPath}' '${AIRLOCK}' "$@"\n`, {
      mode: 0o755,
    });
    return stage;
  }

  /** Has the command `airlock`. */
  get bin(): string {
    return join(this.site.root, 'bin');
  }

  folder(realm: Realm, ...path: readonly string[]): string {
    return join(this.site.developer.home, realm, ...path);
  }

  /** Hands every question about a repository, and about commands in a folder, to somebody. */
  listen({ identity, root }: { readonly identity: string; readonly root: string }, asked: Asked): void {
    this.#asked.set(identity, asked);
    this.#asked.set(root, asked);
  }

  /** Whether a question is still open at the gateway. */
  isWaiting(requestId: string): boolean {
    return [...this.#waiting.values()].some((ids) => ids.has(requestId));
  }

  async stopGateway(): Promise<void> {
    this.#isPaused = true;
    await this.site.gateway.stop();
  }

  async startGateway(): Promise<void> {
    await this.site.gateway.start();
    this.#isPaused = false;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.all(this.#loops);
    for (const human of Object.values(this.humans)) await human.close();
    await this.site.close();
  }

  async #answer(human: InMemoryApprover): Promise<void> {
    const decisions: Promise<void>[] = [];
    const ready: Array<() => Promise<void>> = [];
    while (this.#isOpen) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (this.#isPaused) continue;
      const pending = await this.#pending(human);
      for (const opened of pending) {
        const { requestId } = opened.request;
        if (this.#seen.has(requestId)) continue;
        this.#seen.add(requestId);
        decisions.push(
          this.#ask(opened).then((decided) => {
            if (decided !== null) ready.push(() => send(human, opened, decided));
          }),
        );
      }
      // One after the other: an approver remembers what it signed.
      for (const work of ready.splice(0)) await work();
    }
    await Promise.all(decisions);
  }

  async #pending(human: InMemoryApprover): Promise<readonly OpenedRequest[]> {
    try {
      const pending = await human.pending();
      this.#waiting.set(human, new Set(pending.map(({ request }) => request.requestId)));
      return pending;
    } catch (error) {
      if (this.#isPaused) return [];
      throw error;
    }
  }

  /** What a repository is called, or the folder of the scenario around a command. */
  #placeOf({ content }: OpenedRequest): string {
    if (content.kind !== 'action') return '';
    const { action } = content;
    if (action.kind === 'git-commit' || action.kind === 'git-push') return action.repository;
    if (action.kind !== 'command') return '';
    const { cwd } = action;
    return [...this.#asked.keys()].find((place) => cwd.startsWith(`${place}/`)) ?? '';
  }

  async #ask(opened: OpenedRequest): Promise<Decided> {
    const asked = this.#asked.get(this.#placeOf(opened));
    return asked === undefined ? { act: 'reject', reason: 'nobody expects this question' } : await asked(opened);
  }
}

async function send(human: InMemoryApprover, opened: OpenedRequest, decided: NonNullable<Decided>): Promise<void> {
  if (decided.act === 'approve') await human.decide(opened, 'approve');
  else await human.decide(opened, 'reject', { reason: decided.reason });
}
