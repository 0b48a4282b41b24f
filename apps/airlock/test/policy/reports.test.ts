import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandAction } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import { createGateway, type Gateway } from '@airlock/gateway';
import { resolvePaths, type RunningDaemon, startDaemon } from '@airlock/runtime';
import { connectDaemon, type DaemonClient } from '@airlock/runtime/client';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MINUTE = 60_000;

interface HistoryItem {
  readonly requestId: string;
  readonly state: string;
  readonly audit?: object;
}

/** The daemon, the gateway and the approver as they are shipped, in one process. */
describe(rules('DND-130', 'DND-140', 'DND-060')`what a grant decided, at the gateway`, () => {
  let root: string;
  let gateway: Gateway;
  let daemon: RunningDaemon;
  let client: DaemonClient;
  let human: InMemoryApprover;
  let approverPat: string;

  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'al-')));
    for (const name of ['gateway', 'home', 'project']) mkdirSync(join(root, name), { mode: 0o700 });
    gateway = await createGateway({ dataDir: join(root, 'gateway'), port: 0, logLevel: 'silent' });
    const { url } = await gateway.listen();
    await gateway.admin.addUser('alice');
    const enforcer = await gateway.admin.createPat({ user: 'alice', role: 'enforcer', name: 'daemon' });
    const approver = await gateway.admin.createPat({ user: 'alice', role: 'approver', name: 'human' });
    approverPat = approver.pat;
    human = new InMemoryApprover(url, approver.pat);
    const paths = resolvePaths({ fixedHome: join(root, 'home') });
    daemon = await startDaemon({ paths });
    client = await connectDaemon(paths);
    for await (const event of client.signIn({ gatewayUrl: url, method: 'pat', pat: enforcer.pat })) {
      expect(event.event).not.toBe('error');
    }
    for await (const event of client.pair({ workspace: join(root, 'project'), mode: 'initiate' })) {
      if (event.event === 'pairing') await human.pair(event.link);
    }
  }, MINUTE);

  afterAll(async () => {
    await daemon.close();
    await human.close();
    await gateway.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 10 });
  }, MINUTE);

  async function ask() {
    const cwd = join(root, 'project');
    const facts = { argv: ['/bin/true'], cwd, program: '/bin/true', programSha256: 'e'.repeat(64) };
    const action = { ...commandAction({ ...facts, environment: {}, stdin: 'none' }) };
    const events = client.request({ workspace: cwd, action, timeoutSeconds: 30, source: 'run' });
    for await (const event of events) if (event.event === 'decided') return event;
    throw new Error('not decided');
  }

  async function history(): Promise<readonly HistoryItem[]> {
    const answer = await fetch(`${gateway.publicUrl()}/v1/history`, { headers: { 'x-pat': approverPat } });
    const { body } = (await answer.json()) as { body: { items: HistoryItem[] } };
    return body.items;
  }

  it(
    'is in the history as expired, and in no inbox',
    async () => {
      const first = ask();
      const opened = await human.next();
      const policyId = await human.grant(opened);
      await human.decide(opened, 'approve');
      expect((await first).verdict).toBe('allow');
      let decided = await askOrReject();
      for (let n = 0; n < 100 && decided.outcome !== 'policy'; n += 1) decided = await askOrReject();
      expect(decided).toMatchObject({ verdict: 'allow', outcome: 'policy', basis: { kind: 'grant', policyId } });
      const reported = async () => (await history()).filter(({ requestId }) => requestId.startsWith('audit-'));
      for (let n = 0; n < 100 && (await reported()).length === 0; n += 1) await new Promise((r) => setTimeout(r, 50));
      expect(await reported()).toMatchObject([{ state: 'Expired', audit: { decision: 'approve', policyId } }]);
      expect(await human.pending()).toEqual([]);
    },
    MINUTE,
  );

  /** Asks; where the daemon does not know the grant yet, the human says no. */
  async function askOrReject() {
    const answer = ask();
    const over = answer.then(() => true);
    while (!(await Promise.race([over, new Promise<false>((r) => setTimeout(() => r(false), 100))]))) {
      for (const opened of await human.pending()) await human.decide(opened, 'reject');
    }
    return await answer;
  }
});
