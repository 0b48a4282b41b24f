import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AirlockProcess, run } from './harness/command.js';
import { type HostileGateway, type ProxiedResponse, startHostileGateway } from '@airlock/testkit';
import { Site } from './harness/site.js';
import { SUBMIT, WAIT } from './harness/wire.js';

/** Random rounds of the last suite; `AIRLOCK_CRASH_ROUNDS=200` for a long run. */
const ROUNDS = Number(process.env['AIRLOCK_CRASH_ROUNDS'] ?? 6);

const points = ['before submission', 'submission stored', 'pending', 'decision accepted'] as const;
type Point = (typeof points)[number];
type Victim = 'gateway' | 'daemon' | 'wrapper';

/** Holds the traffic at one point until released; says when it got there. */
class Hold {
  reached: Promise<void>;
  release: () => void = () => {};
  readonly #released: Promise<void>;
  #arrive: () => void = () => {};
  #used = false;

  constructor(readonly point: Point) {
    this.reached = new Promise((resolve) => {
      this.#arrive = resolve;
    });
    this.#released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  /** Takes the place in the traffic; returns how to leave it. */
  at(gateway: HostileGateway): () => void {
    const leave = [
      gateway.tamper(SUBMIT, (_request, forward) => this.#submission(forward)),
      gateway.tamper(WAIT, async (_request, forward) => {
        const answer = await forward();
        if (answer.status === 200 && this.point === 'decision accepted') await this.#stop();
        return answer;
      }),
    ];
    return () => {
      for (const each of leave) each();
    };
  }

  async #submission(forward: () => Promise<ProxiedResponse>): Promise<ProxiedResponse> {
    if (this.point === 'before submission') await this.#stop();
    const answer = await forward();
    if (this.point === 'submission stored') await this.#stop();
    if (this.point === 'pending') this.#arrive();
    return answer;
  }

  async #stop(): Promise<void> {
    if (this.#used) return;
    this.#used = true;
    this.#arrive();
    await this.#released;
  }
}

describe(rules('GW-180', 'ENF-120', 'ENF-130', 'INV-8', 'INV-9', 'INV-12')`kill -9 at each step`, () => {
  let site: Site;
  let gateway: HostileGateway;
  let honest: () => void = () => {};
  let round = 0;

  beforeAll(async () => {
    site = await Site.create();
    gateway = await startHostileGateway({ target: site.gateway.url });
    await site.pair(gateway.origin);
  }, 120_000);
  afterEach(() => honest());
  afterAll(async () => {
    await site.close();
    await gateway.close();
  }, 60_000);

  function attempt(): { file: string; command: AirlockProcess } {
    round += 1;
    const file = join(site.developer.workspace, `ran-${round}`);
    const command = site.developer.start(['run', '--', 'sh', '-c', `echo ran >> ${file}; sleep 0.2`]);
    return { file, command };
  }

  const timesRun = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);

  async function kill(victim: Victim, command: AirlockProcess): Promise<void> {
    if (victim === 'wrapper') {
      command.kill('SIGKILL');
      await command.finished();
    } else if (victim === 'daemon') {
      process.kill(await site.developer.daemonPid(), 'SIGKILL');
    } else {
      await site.gateway.stop('SIGKILL');
      await site.gateway.start();
    }
  }

  async function inboxEmpties(): Promise<void> {
    for (let i = 0; i < 200; i += 1) {
      if ((await site.approver.inbox()).length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('a request of a dead process is still in the inbox');
  }

  test.each(points)(
    'gateway killed: %s; nothing acknowledged is lost and the command runs once',
    async (point) => {
      const hold = new Hold(point);
      honest = hold.at(gateway);
      const { file, command } = attempt();
      if (point === 'decision accepted') {
        const [request] = await site.approver.pending();
        expect(await site.approver.approve(request?.requestId ?? '')).toMatchObject({ accepted: true });
      }
      await hold.reached;
      await kill('gateway', command);
      hold.release();
      if (point !== 'decision accepted') {
        const [request] = await site.approver.pending();
        expect(await site.approver.approve(request?.requestId ?? '')).toMatchObject({ accepted: true });
      }
      const result = await command.finished();
      expect(result.stderr).not.toContain('HARP_ERR');
      expect(result.code).toBe(0);
      expect(timesRun(file)).toBe(1);
    },
    90_000,
  );

  test.each(points.flatMap((point) => (['daemon', 'wrapper'] as const).map((victim) => ({ victim, point }))))(
    '$victim killed: $point; the command never starts, the request is withdrawn',
    async ({ victim, point }) => {
      const hold = new Hold(point);
      honest = hold.at(gateway);
      const { file, command } = attempt();
      if (point === 'decision accepted') {
        const [request] = await site.approver.pending();
        await site.approver.approve(request?.requestId ?? '');
      }
      await hold.reached;
      await kill(victim, command);
      hold.release();
      const result = await command.finished();
      if (victim === 'daemon') expect(result.code).toBe(125);
      await site.developer.json('status');
      await inboxEmpties();
      expect(timesRun(file)).toBe(0);
    },
    90_000,
  );

  test(
    'kills at random moments around an approval: never twice, and the daemon comes back',
    async () => {
      for (let i = 0; i < ROUNDS; i += 1) {
        const { file, command } = attempt();
        const [request] = await site.approver.pending();
        const approved = run(['approver', 'approve', request?.requestId ?? '', '--key-dir', site.approver.keyDir], {
          home: site.approver.home,
        });
        const victim: Victim = i % 2 === 0 ? 'daemon' : 'wrapper';
        await new Promise((resolve) => setTimeout(resolve, 150 + ((i * 67) % 500)));
        if (command.running) await kill(victim, command);
        await approved;
        const { code } = await command.finished();
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(timesRun(file)).toBeLessThanOrEqual(1);
        if (code === 0) expect(timesRun(file)).toBe(1);
      }
      await inboxEmpties();
      expect(await site.developer.json('audit', 'verify')).toMatchObject({ ok: true });
    },
    60_000 + ROUNDS * 20_000,
  );
});
