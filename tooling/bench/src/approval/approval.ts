import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { commandAction } from '@airlock/actions';
import { ed25519PublicKey } from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';
import { resolvePaths, startDaemon } from '@airlock/runtime';
import { connectDaemon, type DaemonClient } from '@airlock/runtime/client';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import { alternate, quantile, type Row } from '../measure.js';
import { BenchProcess } from '../process.js';
import { withScratch } from '../scratch.js';
import { FloorApproval } from './floor-approval.js';

const ROUNDS = 200;

async function pair(daemon: DaemonClient, human: InMemoryApprover, workspace: string): Promise<void> {
  for await (const event of daemon.pair({ workspace, mode: 'initiate' })) {
    if (event.event === 'pairing') await human.pair(event.link);
    else if (event.event === 'paired') return;
  }
  throw new Error('pairing failed');
}

/** From the adapter's request to its permission to execute, with the human deciding at once. */
async function approveOnce(daemon: DaemonClient, human: InMemoryApprover, workspace: string): Promise<void> {
  const action = commandAction({
    argv: ['/bin/echo', 'hi'],
    cwd: workspace,
    program: '/bin/echo',
    programSha256: 'e'.repeat(64),
    environment: {},
    stdin: 'none',
  });
  for await (const event of daemon.request({ workspace, action: { ...action }, timeoutSeconds: 60, source: 'bench' })) {
    if (event.event === 'submitted') await human.approveNext();
    if (event.event !== 'decided') continue;
    if (event.verdict !== 'allow') throw new Error(`denied: ${event.code}`);
    const claim = await daemon.claim(event.requestId);
    if (!claim.granted) throw new Error('not granted');
    await daemon.outcome(event.requestId, { result: 'exited', exitCode: 0 });
  }
}

/** Machine part of one approval over loopback: submit, approver reads, decision, verified, allowed. */
export async function approval(): Promise<Row[]> {
  return await withScratch(async (folder) => {
    const seed = randomBytes(32);
    const gateway = await BenchProcess.start<{ url: string; enforcerPat: string; approverPat: string }>(
      './gateway-process.ts',
      { dataDir: join(folder, 'gateway') },
    );
    const bare = await BenchProcess.start<{ url: string }>('./floor-process.ts', {
      dataDir: folder,
      publicKey: base64UrlEncode(ed25519PublicKey(seed)),
    });
    const home = join(folder, 'home');
    const workspace = join(folder, 'workspace');
    for (const directory of [home, workspace]) mkdirSync(directory, { mode: 0o700 });
    const paths = resolvePaths({ fixedHome: home });
    const daemon = await startDaemon({ paths });
    const floor = await FloorApproval.start(bare.ready.url, folder, seed);
    try {
      const client = await connectDaemon(paths);
      for await (const event of client.signIn({
        gatewayUrl: gateway.ready.url,
        method: 'pat',
        pat: gateway.ready.enforcerPat,
      }))
        if (event.event === 'error') throw new Error(event.message);
      const human = new InMemoryApprover(gateway.ready.url, gateway.ready.approverPat);
      await pair(client, human, workspace);
      const measured = await alternate(
        ROUNDS,
        () => approveOnce(client, human, workspace),
        () => floor.approveOnce(),
      );
      return [0.5, 0.95].map((q) => row(measured, q));
    } finally {
      await daemon.close();
      await floor.close();
      await gateway.stop();
      await bare.stop();
    }
  });
}

function row(measured: { readonly ours: number[]; readonly floor: number[] }, q: number): Row {
  const [ours, floor] = [quantile(measured.ours, q), quantile(measured.floor, q)];
  return {
    what: `machine part of one approval, p${q * 100}`,
    ours: `${ours.toFixed(1)} ms`,
    floor: `${floor.toFixed(1)} ms`,
    ratio: ours / floor,
    goal: '<= 3',
  };
}
