import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { rules } from '@airlock/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { daemonEnvironment, ensureDaemon, type EnsureDaemonOptions } from '../../src/daemon/ensure.js';
import { readPidFile } from '../../src/daemon/pid-file.js';
import { daemonState, stopDaemon } from '../../src/daemon/stop.js';
import { listAudit } from '../../src/audit/read-audit.js';
import { resolvePaths, type RuntimePaths } from '../../src/paths/paths.js';
import { connectDaemon } from '../../src/socket/connect.js';
import type { DaemonClient } from '../../src/socket/daemon-client.js';
import { ask, bodyFor, lastOf, pairUp, signIn } from '../support/daemon.js';
import { Relay } from '../support/relay.js';
import { temporaryFolder } from '../support/temporary.js';

const SLOW = { timeout: 60_000 };
const COMMAND = [
  '--conditions=@airlock/source',
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('./daemon-child.ts', import.meta.url)),
];

const homes: RuntimePaths[] = [];

afterEach(async () => {
  for (const paths of homes.splice(0)) {
    const identity = readPidFile(paths.pidFile);
    if (identity !== null) process.kill(identity.pid, 'SIGKILL');
  }
});

function freshPaths(): RuntimePaths {
  const paths = resolvePaths({ fixedHome: temporaryFolder() });
  homes.push(paths);
  return paths;
}

async function ensure(paths: RuntimePaths, over: Partial<EnsureDaemonOptions> = {}): Promise<DaemonClient> {
  return await ensureDaemon({
    paths,
    command: COMMAND,
    timeoutMs: 30_000,
    environment: { AIRLOCK_TEST_OWNER: String(process.pid) },
    ...over,
  });
}

const pidOf = (paths: RuntimePaths) => readPidFile(paths.pidFile)?.pid ?? 0;

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await gone(pid);
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(10);
  }
}

async function pairedScene(paths: RuntimePaths, client: DaemonClient) {
  const relay = await Relay.start();
  const workspace = join(paths.home ?? '', 'project');
  mkdirSync(workspace, { recursive: true });
  const made = { paths, client, relay, workspace, daemon: null as never };
  await signIn(made);
  const { human } = await pairUp(made);
  return { ...made, human };
}

describe(rules('LOC-010', 'LOC-060', 'LOC-065')`the daemon as a process`, () => {
  it('ends when its home was deleted, signed in or not', SLOW, async () => {
    const paths = freshPaths();
    const client = await ensure(paths);
    const relay = await Relay.start();
    await signIn({ paths, client, relay, workspace: paths.home ?? '', daemon: null as never });
    const pid = pidOf(paths);
    rmSync(paths.home ?? '', { recursive: true });
    await gone(pid);
    expect(existsSync(paths.home ?? '')).toBe(false);
  });

  it('says nothing of its own: V8 takes what it is told', SLOW, async () => {
    const paths = freshPaths();
    const env = { ...process.env, AIRLOCK_HOME: paths.home ?? '', AIRLOCK_TEST_OWNER: String(process.pid) };
    const child = spawn(process.execPath, COMMAND, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const said = text(child.stderr);
    while (!existsSync(paths.socket)) await delay(20);
    child.kill('SIGTERM');
    expect(await said).toBe('');
  });

  it('starts on demand, is found again, stops by signal, and stays stopped', SLOW, async () => {
    const paths = freshPaths();
    await expect(connectDaemon(paths)).rejects.toThrow(expect.objectContaining({ code: 'daemon_not_running' }));
    const client = await ensure(paths);
    const { pid } = (await client.status()).daemon;
    expect(pidOf(paths)).toBe(pid);
    expect((await (await ensure(paths)).status()).daemon.pid).toBe(pid);
    expect(await daemonState(paths)).toEqual({ running: true, pid, stoppedByUser: false });
    for (const file of [paths.pidFile, paths.logFile, paths.journalFile, paths.stateFile, paths.socket]) {
      expect(statSync(file).mode & 0o077, file).toBe(0);
    }

    expect(await stopDaemon(paths)).toEqual({ stopped: true, pid });
    expect(existsSync(paths.pidFile)).toBe(false);
    expect(await daemonState(paths)).toEqual({ running: false, pid: null, stoppedByUser: true });
    await expect(ensure(paths)).rejects.toThrow(
      expect.objectContaining({ code: 'daemon_stopped', fix: 'airlock daemon start' }),
    );
    await ensure(paths, { resume: true });
    expect(await daemonState(paths)).toMatchObject({ running: true, stoppedByUser: false });
    expect(listAudit(paths).map((item) => item.entry.kind)).toContain('daemon.stopped');
  });

  it('there is one, however many are started at once', SLOW, async () => {
    const paths = freshPaths();
    const clients = await Promise.all([ensure(paths), ensure(paths), ensure(paths)]);
    const pids = await Promise.all(clients.map(async (client) => (await client.status()).daemon.pid));
    expect(new Set(pids).size).toBe(1);
  });

  it('comes back after kill -9', SLOW, async () => {
    const paths = freshPaths();
    await ensure(paths);
    const first = pidOf(paths);
    await killed(first);
    expect(await daemonState(paths)).toMatchObject({ running: false });
    await ensure(paths);
    expect(pidOf(paths)).not.toBe(first);
  });

  it('a pid file that names somebody else’s process kills nobody', SLOW, async () => {
    const paths = freshPaths();
    await ensure(paths);
    await stopDaemon(paths, { deliberate: false });
    writeFileSync(paths.pidFile, JSON.stringify({ pid: process.pid, startTicks: '1' }), { mode: 0o600 });
    expect(await stopDaemon(paths)).toEqual({ stopped: false, pid: null });
  });

  it('says why it cannot start', SLOW, async () => {
    const paths = freshPaths();
    const broken = ensure(paths, { command: ['-e', 'console.error("no way"); process.exit(3)'], timeoutMs: 5000 });
    await expect(broken).rejects.toThrow(
      expect.objectContaining({ code: 'daemon_start_failed', message: expect.stringContaining('no way') }),
    );
  });

  it('ends by itself when nobody needs it', SLOW, async () => {
    const paths = freshPaths();
    await ensure(paths, { command: [...COMMAND, '3000'] });
    for (let n = 0; n < 400 && existsSync(paths.pidFile); n += 1) await delay(25);
    expect(await daemonState(paths)).toEqual({ running: false, pid: null, stoppedByUser: false });
  });
});

describe(rules('LOC-030')`the environment of the daemon`, () => {
  it('holds nothing of the caller’s that could change what it runs or trusts', () => {
    const hostile = {
      PATH: '/evil',
      NODE_OPTIONS: '--require /evil.js',
      LD_PRELOAD: '/evil.so',
      BASH_ENV: '/evil',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      HTTPS_PROXY: 'http://evil',
      HOME: '/evil',
      AIRLOCK_HOME: '/evil',
      LANG: 'C.UTF-8',
    };
    const home = temporaryFolder();
    const environment = daemonEnvironment(resolvePaths({ fixedHome: home }), hostile);
    expect(Object.keys(environment).sort()).toEqual(['AIRLOCK_HOME', 'HOME', 'LANG']);
    expect(environment.AIRLOCK_HOME).toBe(home);
    expect(environment.HOME).not.toBe('/evil');
  });
});

describe(rules('ENF-130', 'INV-8', 'INV-12')`a daemon that is killed`, () => {
  it('while waiting: denied for the caller, withdrawn at the next start', SLOW, async () => {
    const paths = freshPaths();
    const made = await pairedScene(paths, await ensure(paths));
    const { relay } = made;
    let requestId = '';
    const waiting = (async () => {
      for await (const event of made.client.request(bodyFor(made.workspace))) {
        if (event.event !== 'submitted') continue;
        requestId = event.requestId;
        await killed(pidOf(paths));
      }
    })();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ code: 'bad_answer' }));
    relay.deliver(requestId, made.human.sign(relay.artifacts.get(requestId)!.artifactHash, 'approve'));
    const client = await ensure(paths);
    for (let n = 0; n < 400 && !relay.withdrawn.includes(requestId); n += 1) await delay(10);
    expect(relay.withdrawn).toContain(requestId);
    expect(await client.claim(requestId)).toMatchObject({ granted: false });
  });

  it('between approval and claim: the approval is lost, never doubled', SLOW, async () => {
    const paths = freshPaths();
    const made = await pairedScene(paths, await ensure(paths));
    const { relay, human } = made;
    relay.onArtifact = (artifact) => human.decide(artifact, 'approve');
    const decided = lastOf(await ask(made));
    expect(decided.verdict).toBe('allow');
    await killed(pidOf(paths));
    expect(readFileSync(paths.journalFile, 'utf8')).toContain(decided.requestId);
    const client = await ensure(paths);
    expect(await client.claim(decided.requestId)).toMatchObject({ granted: false });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'allow' });
  });

  it('after the claim: the outcome is unknown, and the claim is not granted again', SLOW, async () => {
    const paths = freshPaths();
    const made = await pairedScene(paths, await ensure(paths));
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
    const { requestId } = lastOf(await ask(made));
    expect(await made.client.claim(requestId)).toEqual({ granted: true });
    await killed(pidOf(paths));
    const client = await ensure(paths);
    expect(await client.claim(requestId)).toMatchObject({ granted: false });
    const outcome = listAudit(paths).filter((item) => item.entry.kind === 'execution.outcome');
    expect(outcome).toMatchObject([{ entry: { requestId, outcome: 'unknown' } }]);
  });
});

describe(rules('EXCH-150')`a daemon that is stopped`, () => {
  it('denies and withdraws what is open first', SLOW, async () => {
    const paths = freshPaths();
    const made = await pairedScene(paths, await ensure(paths));
    const events: string[] = [];
    let stopping: Promise<unknown> = Promise.resolve();
    for await (const event of made.client.request(bodyFor(made.workspace))) {
      events.push(event.event === 'decided' ? `${event.verdict} ${event.code}` : event.event);
      if (event.event === 'submitted') stopping = stopDaemon(paths);
    }
    expect(await stopping).toMatchObject({ stopped: true });
    expect(events).toEqual(['submitted', 'deny shutting_down']);
    expect(made.relay.withdrawn).toHaveLength(1);
  });
});
