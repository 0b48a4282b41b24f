import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rules } from '@airlock/conformance';
import { createGateway, type Gateway } from '@airlock/gateway';
import { resolvePaths, type RunningDaemon, startDaemon } from '@airlock/runtime';
import { connectDaemon, type DaemonClient } from '@airlock/runtime/client';
import { InMemoryApprover } from '@airlock/testkit/in-memory-approver';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { GENERATIONS, type Generation, type SdkClient, sdkClient, type StdioProgram } from './sdk-clients.js';

const MINUTE = 60_000;
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let root: string;
let gateway: Gateway;
let daemon: RunningDaemon;
let local: DaemonClient;
let human: InMemoryApprover;

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'al-')));
  for (const name of ['gateway', 'home', 'project', 'stranger']) mkdirSync(join(root, name), { mode: 0o700 });
  gateway = await createGateway({ dataDir: join(root, 'gateway'), port: 0, logLevel: 'silent' });
  const { url } = await gateway.listen();
  await gateway.admin.addUser('alice');
  const enforcer = await gateway.admin.createPat({ user: 'alice', role: 'enforcer', name: 'daemon' });
  const approver = await gateway.admin.createPat({ user: 'alice', role: 'approver', name: 'human' });
  human = new InMemoryApprover(url, approver.pat);
  const paths = resolvePaths({ fixedHome: join(root, 'home') });
  daemon = await startDaemon({ paths });
  local = await connectDaemon(paths);
  for await (const event of local.signIn({ gatewayUrl: url, method: 'pat', pat: enforcer.pat })) {
    expect(event.event).not.toBe('error');
  }
  for await (const event of local.pair({ workspace: join(root, 'project'), mode: 'initiate' })) {
    if (event.event === 'pairing') await human.pair(event.link);
  }
}, MINUTE);

afterAll(async () => {
  await daemon.close();
  await human.close();
  await gateway.close();
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
}, MINUTE);

/** `airlock mcp serve` from source, beside the daemon above. */
function program(folder = 'project'): StdioProgram {
  return {
    command: process.execPath,
    args: ['--conditions=@airlock/source', '--import', TSX, MAIN, 'mcp', 'serve'],
    cwd: join(root, folder),
    env: { PATH: process.env['PATH'] ?? '', HOME: root, AIRLOCK_HOME: join(root, 'home') },
  };
}

/** Nothing of this file waits for a decision any more. */
async function nothingOpen(): Promise<void> {
  while ((await local.requests()).requests.length > 0 || (await human.pending()).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const text = (result: any): string => result.content[0].text;

describe.each(GENERATIONS)('%s', (generation: Generation) => {
  let client: SdkClient;

  beforeAll(async () => {
    client = await sdkClient(generation, program());
  }, MINUTE);

  afterAll(() => client.close());

  test('approved: the human saw the words, marked as a claim; the decision is given as often as asked', async () => {
    const seen: number[] = [];
    const asking = client.call(
      'request_approval',
      { title: `Mail everybody (${generation})`, reason: 'They asked', details: 'To: all\n\nHello \u202eworld' },
      { onprogress: ({ progress }) => seen.push(progress) },
    );
    const opened = await human.approveNext();
    expect(opened.content).toMatchObject({
      kind: 'action',
      action: {
        kind: 'tool',
        source: 'mcp-server',
        notices: ['claimed-by-agent'],
        inputJson: `{"details":"To: all\\n\\nHello \u202eworld","reason":"They asked","title":"Mail everybody (${generation})"}`,
      },
    });
    const { structuredContent } = await asking;
    expect(structuredContent).toMatchObject({ state: 'approved', approved: true, claimedByAgent: true });
    expect(seen).toEqual([1]);
    const again = await client.call('check_approval', { requestId: structuredContent.requestId });
    expect(again.structuredContent).toMatchObject({ state: 'approved' });
    expect(await client.tools()).toHaveLength(4);
  });

  test('rejected: the reason arrives', async () => {
    const asking = client.call('request_approval', { title: 'Drop the table' });
    await human.rejectNext('not on a Friday');
    expect(text(await asking)).toMatch(/^Rejected by the approver: not on a Friday\n/);
  });

  test('pending, then decided', async () => {
    const first = await client.call('request_approval', { title: 'Take your time', waitSeconds: 1 });
    expect(first.structuredContent).toMatchObject({ state: 'pending', approved: false });
    const { requestId } = first.structuredContent;
    const open = JSON.parse((await client.read('airlock://requests/open')).contents[0].text);
    expect(open.requests).toMatchObject([{ requestId, source: 'mcp-server', kind: 'tool' }]);
    const checking = client.call('check_approval', { requestId });
    await human.approveNext();
    expect((await checking).structuredContent).toMatchObject({ requestId, state: 'approved' });
    const recent = JSON.parse((await client.read('airlock://decisions/recent')).contents[0].text);
    expect(recent.decisions[0]).toMatchObject({ requestId, verdict: 'allow', outcome: 'approved' });
  });

  test('cancelled: the human need not decide any more', async () => {
    const leaving = new AbortController();
    const asking = client.call('request_approval', { title: 'Never mind' }, { signal: leaving.signal });
    await human.next();
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await nothingOpen();
  });

  test('the permission prompt: approved input comes back, a rejection is a deny', async () => {
    const input = { command: 'echo hi', numbers: [1.5, -0.25, 1e21], nested: { '': null } };
    const asking = client.call('approve_tool_use', { tool_name: 'Bash', input, tool_use_id: 'toolu_1' });
    await human.approveNext();
    expect(JSON.parse(text(await asking))).toEqual({ behavior: 'allow', updatedInput: input });
    const denied = client.call('approve_tool_use', { tool_name: 'Bash', input, tool_use_id: 'toolu_1' });
    await human.rejectNext('once is enough');
    expect(JSON.parse(text(await denied))).toMatchObject({
      behavior: 'deny',
      message: expect.stringContaining('Rejected by the approver: once is enough'),
    });
  });

  test('status', async () => {
    const { structuredContent } = await client.call('airlock_status', {});
    expect(structuredContent).toMatchObject({ signedIn: true, paired: true, workspace: join(root, 'project') });
  });
});

describe(rules('LOC-090')`a question about the gate itself`, () => {
  test(
    'is marked as one',
    async () => {
      const client = await sdkClient('sdk 2, by itself', program());
      try {
        const input = { file_path: join(root, 'project', '.claude', 'settings.json'), content: '{}' };
        const asking = client.call('approve_tool_use', { tool_name: 'Write', input });
        const opened = await human.rejectNext('no');
        expect(opened.content).toMatchObject({ action: { notices: ['claimed-by-agent', 'touches-gate'] } });
        expect(JSON.parse(text(await asking))).toMatchObject({ behavior: 'deny' });
      } finally {
        await client.close();
      }
    },
    MINUTE,
  );
});

describe('a folder that is not paired', () => {
  test(
    'is told so, with what to type',
    async () => {
      const client = await sdkClient('sdk 1', program('stranger'));
      try {
        const { structuredContent } = await client.call('request_approval', { title: 'x' });
        expect(structuredContent).toMatchObject({
          state: 'denied',
          code: 'not_paired',
          fix: expect.stringMatching(/ pair$/),
        });
      } finally {
        await client.close();
      }
    },
    MINUTE,
  );
});

/** The program itself, driven by bytes. */
class Raw {
  readonly #answers = new Map<unknown, (answer: any) => void>();
  readonly lines: string[] = [];
  stderr = '';

  private constructor(readonly child: ChildProcessWithoutNullStreams) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      const message = JSON.parse(line);
      this.#answers.get(message.id)?.(message);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
  }

  static start(): Raw {
    const { command, args, cwd, env } = program();
    return new Raw(spawn(command, args, { cwd, env }));
  }

  /** Starts it as a client of 2024-11-05 does. */
  static async open(version = '2024-11-05'): Promise<Raw> {
    const raw = Raw.start();
    const params = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'raw', version: '1' } };
    expect((await raw.request(0, 'initialize', params)).result.protocolVersion).toBe(version);
    raw.send({ method: 'notifications/initialized' });
    return raw;
  }

  send(message: object): void {
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  request(id: number, method: string, params: object): Promise<any> {
    const answer = new Promise((resolve) => this.#answers.set(id, resolve));
    this.send({ id, method, params });
    return answer;
  }

  tool(id: number, name: string, input: object): Promise<any> {
    return this.request(id, 'tools/call', { name, arguments: input });
  }

  async exit(): Promise<readonly [number | null, NodeJS.Signals | null]> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return [exitCode, signalCode];
    return (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
  }
}

describe('the program, by bytes', () => {
  const opened: Raw[] = [];
  const open = async (version?: string) => {
    const raw = await Raw.open(version);
    opened.push(raw);
    return raw;
  };

  afterEach(async () => {
    for (const raw of opened.splice(0)) {
      raw.child.kill('SIGKILL');
      await raw.exit();
    }
    await nothingOpen();
  });

  test.each(['2024-11-05', '2025-03-26', '2025-06-18'])(
    'a client of %s gets an approval, and nothing but the protocol is on standard output',
    async (version) => {
      const raw = await open(version);
      const asking = raw.tool(1, 'request_approval', { title: `For ${version}` });
      await human.approveNext();
      expect((await asking).result.structuredContent.state).toBe('approved');
      raw.child.stdin.end();
      expect(await raw.exit()).toEqual([0, null]);
      expect(raw.lines.map((line) => JSON.parse(line).jsonrpc)).toEqual(['2.0', '2.0']);
      expect(raw.stderr).toBe('');
    },
    MINUTE,
  );

  test(
    'timed out',
    async () => {
      const raw = await open();
      const asking = raw.tool(1, 'request_approval', { title: 'Nobody looks', timeoutSeconds: 10 });
      await human.next();
      expect((await asking).result.structuredContent).toMatchObject({ state: 'timeout', approved: false });
    },
    MINUTE,
  );

  const ENDS: Readonly<Record<string, { readonly end: (raw: Raw) => unknown; readonly exit: readonly unknown[] }>> = {
    'closes its end': { end: (raw) => raw.child.stdin.end(), exit: [0, null] },
    'interrupts the program': { end: (raw) => raw.child.kill('SIGTERM'), exit: [143, null] },
    'kills the program': { end: (raw) => raw.child.kill('SIGKILL'), exit: [null, 'SIGKILL'] },
    'dies, both ends at once': {
      end: (raw) => [raw.child.stdin.destroy(), raw.child.stdout.destroy()],
      exit: [0, null],
    },
  };

  test.each(Object.entries(ENDS))(
    rules('ENF-150')`a client that %s withdraws what is open, pending or not`,
    async (_name, { end, exit }) => {
      const raw = await open();
      await raw.tool(1, 'request_approval', { title: 'Pending', waitSeconds: 0 });
      raw.send({ id: 2, method: 'tools/call', params: { name: 'request_approval', arguments: { title: 'Waiting' } } });
      while ((await human.pending()).length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
      end(raw);
      expect(await raw.exit()).toEqual(exit);
      await nothingOpen();
    },
    MINUTE,
  );
});
