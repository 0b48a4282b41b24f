import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { handlePipes } from '../../src/socket/handle-pipes.js';
import type { Pipes } from '../../src/socket/pipes.js';
import { streamPipes } from '../../src/socket/stream-pipes.js';

const MOST = 64 * 1024;
const MIB = 1024 * 1024;

const clean: (() => void)[] = [];

afterEach(() => {
  for (const each of clean.splice(0).reverse()) each();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'al-pipes-'));
  clean.push(() => rmSync(made, { recursive: true }));
  return made;
}

/** A server that is told of every whole request, which `size` bytes are. */
async function serves(size: number, answer: (socket: Socket, request: Buffer) => void): Promise<string> {
  const path = join(folder(), 's');
  const server = createServer((socket) => {
    const chunks: Buffer[] = [];
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const request = Buffer.concat(chunks);
      if (request.length >= size) answer(socket, request);
    });
  });
  server.listen(path);
  await once(server, 'listening');
  clean.push(() => server.close());
  return path;
}

async function asks(pipes: Pipes, path: string, request: Buffer, most = MOST): Promise<Buffer | null> {
  const connection = await pipes.connect(path);
  return await connection.ask(request, most);
}

/** The reading end of a named pipe that another process writes to. */
function fedBy(script: string): number {
  const path = join(folder(), 'p');
  execFileSync('mkfifo', [path]);
  const writer = spawn('sh', ['-c', script, 'sh', path]);
  clean.push(() => writer.kill());
  return openSync(path, constants.O_RDONLY);
}

const known = handlePipes();

describe.each([
  { what: 'by handles', pipes: known ?? streamPipes },
  { what: 'by streams', pipes: streamPipes },
])('$what', ({ pipes }) => {
  it.each([0, 1, 5000, MOST])('an answer of %i bytes comes whole', async (size) => {
    const path = await serves(4, (socket, request) => socket.end(Buffer.concat([Buffer.alloc(size, 'a'), request])));
    const answer = await asks(pipes, path, Buffer.from('ask!'), MOST + 4);
    expect(answer?.length).toBe(size + 4);
    expect(answer?.subarray(size).toString()).toBe('ask!');
  });

  it('a request of 4 MiB arrives whole', async () => {
    const request = Buffer.alloc(4 * MIB);
    for (let at = 0; at < request.length; at += 1) request[at] = at % 251;
    const path = await serves(request.length, (socket, got) => socket.end(String(got.equals(request))));
    expect((await asks(pipes, path, request))?.toString()).toBe('true');
  });

  it('an answer that is a byte too long is none', async () => {
    const path = await serves(1, (socket) => socket.write(Buffer.alloc(MOST + 1)));
    expect(await asks(pipes, path, Buffer.from('x'))).toBeNull();
  });

  it('a server that goes away in the middle gives what there was, or an error', async () => {
    const path = await serves(1, (socket) => socket.write('half', () => socket.destroy()));
    const answer = await asks(pipes, path, Buffer.alloc(MIB)).catch((cause: Error) => cause);
    expect(answer instanceof Error || answer?.toString() === 'half').toBe(true);
  });

  it('nobody there, and nobody any more, are errors with a name', async () => {
    const path = join(folder(), 'nobody');
    await expect(pipes.connect(path)).rejects.toMatchObject({ code: 'ENOENT' });
    const server = createServer().listen(path);
    await once(server, 'listening');
    // The socket file stays behind, as after a crash.
    execFileSync('ln', [path, `${path}.kept`]);
    server.close();
    await once(server, 'close');
    await expect(pipes.connect(`${path}.kept`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('reads a pipe to its end, in parts as well', async () => {
    const fd = fedBy('exec > "$1"; printf one; sleep 0.1; printf two');
    expect((await pipes.readAll(fd, MOST))?.toString()).toBe('onetwo');
  });

  it('reads no more of a pipe than it may', async () => {
    expect((await pipes.readAll(fedBy('head -c 65536 /dev/zero > "$1"'), MOST))?.length).toBe(MOST);
    expect(await pipes.readAll(fedBy('head -c 65537 /dev/zero > "$1"'), MOST)).toBeNull();
    expect(await pipes.readAll(fedBy('cat /dev/zero > "$1"'), MOST)).toBeNull();
  });
});

describe(rules('LOC-100')`a Node that does not have the parts of its pipes as they are known`, () => {
  const parts = (change: object) => (name: string) => ({
    ...(process as unknown as { binding: (of: string) => object }).binding(name),
    ...change,
  });

  it('this one has them', () => {
    expect(known).not.toBeNull();
    expect(handlePipes(parts({}))).not.toBeNull();
  });

  it.each<[string, ((name: string) => unknown) | undefined]>([
    [
      'gives none away',
      () => {
        throw new Error('no access');
      },
    ],
    ['gives nothing', () => ({})],
    ['has no pipe', parts({ Pipe: undefined })],
    ['has a pipe that cannot be opened', parts({ Pipe: class {} })],
    ['has another way to connect', parts({ PipeConnectWrap: 1 })],
    ['has another way to write', parts({ WriteWrap: undefined })],
    ['has other kinds of pipes', parts({ constants: {} })],
    ['tells another way what was read', parts({ streamBaseState: [] })],
    ['tells elsewhere how much was read', parts({ kReadBytesOrError: undefined })],
  ])('%s: there are none', (_what, binding) => {
    expect(handlePipes(binding)).toBeNull();
  });
});
