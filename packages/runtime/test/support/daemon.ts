import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { commandAction } from '@airlock/actions';
import { afterEach } from 'vitest';
import type { StartDaemonOptions } from '../../src/daemon/options.js';
import { startDaemon, type RunningDaemon } from '../../src/daemon/start.js';
import { resolvePaths, type RuntimePaths } from '../../src/paths/paths.js';
import type { PairEvent, RequestBody, RequestEvent } from '../../src/socket/api.js';
import { daemonClient } from '../../src/socket/connect.js';
import type { DaemonClient } from '../../src/socket/daemon-client.js';
import { Human } from './human.js';
import { quickPorts } from './quick-ports.js';
import { Relay } from './relay.js';
import { temporaryFolder } from './temporary.js';

export const PAT = `airpat_${'a'.repeat(32)}`;

const running: RunningDaemon[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((daemon) => daemon.close()));
});

export interface Scene {
  readonly paths: RuntimePaths;
  readonly workspace: string;
  readonly relay: Relay;
  readonly client: DaemonClient;
  daemon: RunningDaemon;
}

export async function launch(paths: RuntimePaths, over: Partial<StartDaemonOptions> = {}): Promise<RunningDaemon> {
  const daemon = await startDaemon({ paths, ports: quickPorts, ...over });
  running.push(daemon);
  return daemon;
}

/** A real daemon on a real socket, with files in a folder of its own, and a small gateway. */
export async function scene(over: Partial<StartDaemonOptions> = {}, home = temporaryFolder()): Promise<Scene> {
  const workspace = join(home, 'project');
  mkdirSync(workspace);
  const relay = await Relay.start();
  const paths = resolvePaths({ fixedHome: join(home, 'h') });
  mkdirSync(paths.home ?? '', { mode: 0o700 });
  const daemon = await launch(paths, over);
  return { paths, workspace, relay, client: daemonClient(paths), daemon };
}

export async function collect<T>(
  events: AsyncIterable<T>,
  each: (event: T) => void | Promise<void> = () => undefined,
): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) {
    all.push(event);
    await each(event);
  }
  return all;
}

export async function signIn({ client, relay }: Scene): Promise<void> {
  const events = await collect(client.signIn({ gatewayUrl: relay.url, method: 'pat', pat: PAT }));
  if (events.at(-1)?.event !== 'signed-in') throw new Error(JSON.stringify(events));
}

/** Pairs the workspace with a new approver that was shown the link. */
export async function pairUp(scene: Scene, human = new Human(scene.relay), by: 'link' | 'code' | 'nothing' = 'link') {
  const events: PairEvent[] = await collect(
    scene.client.pair({ workspace: scene.workspace, mode: 'initiate', canConfirm: true }),
    async (event) => {
      if (event.event === 'pairing') await human.pair(by === 'nothing' ? null : { [by]: event[by] });
      if (event.event === 'confirm') await scene.client.confirmPairing(event.pairingId, true);
    },
  );
  return { human, events };
}

/** Signed in and paired. */
export async function paired(
  over: Partial<StartDaemonOptions> = {},
  home = temporaryFolder(),
): Promise<Scene & { readonly human: Human }> {
  const made = await scene(over, home);
  const release = keepAwake(made.paths);
  await signIn(made);
  const { human, events } = await pairUp(made);
  release();
  if (events.at(-1)?.event !== 'paired') throw new Error(JSON.stringify(events));
  return Object.assign(made, { human });
}

/** A request whose body never comes: on a busy machine a daemon with a short idle exit would end between two steps. */
function keepAwake({ socket }: RuntimePaths): () => void {
  const held = request({ socketPath: socket, method: 'POST', path: '/v1/unpair', agent: false });
  held.on('error', () => undefined);
  held.flushHeaders();
  return () => held.destroy();
}

export function bodyFor(workspace: string, over: Partial<RequestBody> = {}): RequestBody {
  const action = commandAction({
    argv: ['/bin/echo', 'hi'],
    cwd: workspace,
    program: '/bin/echo',
    programSha256: 'e'.repeat(64),
    environment: {},
    stdin: 'none',
  });
  return { workspace, action: { ...action }, timeoutSeconds: 120, source: 'run', ...over };
}

export async function ask(scene: Scene, over: Partial<RequestBody> = {}): Promise<RequestEvent[]> {
  return await collect(scene.client.request(bodyFor(scene.workspace, over)));
}

export function lastOf(events: readonly RequestEvent[]): Extract<RequestEvent, { event: 'decided' }> {
  const last = events.at(-1);
  if (last?.event !== 'decided') throw new Error(JSON.stringify(events));
  return last;
}
