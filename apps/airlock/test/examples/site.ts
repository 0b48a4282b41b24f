import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mcpCheck } from '@airlock/adapter-mcp/check';
import { createGateway } from '@airlock/gateway';
import { resolvePaths, type RuntimePaths, startDaemon } from '@airlock/runtime';
import { connectDaemon, type DaemonClient } from '@airlock/runtime/client';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';

const EXAMPLES = fileURLToPath(new URL('../../../../docs/examples', import.meta.url));

/** A machine with a daemon, paired with a human. */
export interface Site {
  readonly paths: RuntimePaths;
  readonly workspace: string;
  readonly client: DaemonClient;
  readonly human: InMemoryApprover;
  /** Stops the daemon, for good. */
  stopDaemon(): Promise<void>;
  close(): Promise<void>;
}

/** The daemon, the gateway and the approver as they are shipped, in this process. */
export async function openSite(): Promise<Site> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'al-')));
  for (const name of ['gateway', 'home', 'project']) mkdirSync(join(root, name), { mode: 0o700 });
  const workspace = join(root, 'project');
  const gateway = await createGateway({ dataDir: join(root, 'gateway'), port: 0, logLevel: 'silent' });
  const { url } = await gateway.listen();
  await gateway.admin.addUser('alice');
  const enforcer = await gateway.admin.createPat({ user: 'alice', role: 'enforcer', name: 'daemon' });
  const approver = await gateway.admin.createPat({ user: 'alice', role: 'approver', name: 'human' });
  const human = new InMemoryApprover(url, approver.pat);
  const paths = resolvePaths({ fixedHome: join(root, 'home') });
  const daemon = await startDaemon({ paths, gatewayCheck: mcpCheck });
  const client = await connectDaemon(paths);
  for await (const event of client.signIn({ gatewayUrl: url, method: 'pat', pat: enforcer.pat })) {
    if (event.event === 'error') throw new Error(event.message);
  }
  for await (const event of client.pair({ workspace, mode: 'initiate' })) {
    if (event.event === 'pairing') await human.pair(event.link);
  }
  return {
    ...{ paths, workspace, client, human },
    stopDaemon: () => daemon.close(),
    close: async () => {
      await daemon.close();
      await human.close();
      await gateway.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** Compiles the examples as a reader of the documentation would, beside the workspace, and gives their folder. */
export async function compileExamples({ workspace }: Site): Promise<string> {
  const outDir = join(dirname(workspace), 'examples');
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', EXAMPLES, '--noEmit', 'false', '--outDir', outDir]);
  writeFileSync(join(outDir, 'package.json'), '{"type":"module"}');
  return outDir;
}
