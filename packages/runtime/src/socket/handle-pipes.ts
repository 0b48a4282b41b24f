import { getSystemErrorName } from 'node:util';
import type { PipeConnection, Pipes } from './pipes.js';

/** A request to libuv; what it is about has to be kept until it is complete. */
interface Request {
  handle?: Handle;
  buffer?: Uint8Array;
  oncomplete?: (status: number) => unknown;
}

/** A pipe of libuv. Numbers below zero are errors of the system. */
interface Handle {
  onread?: (bytes: ArrayBuffer | undefined) => void;
  open(fd: number): unknown;
  connect(request: Request, path: string): unknown;
  readStart(): unknown;
  writeBuffer(request: Request, bytes: Uint8Array): unknown;
  close(): void;
}

interface PipeWrap {
  readonly Pipe: (new (kind: number) => Handle) & { readonly prototype: Handle };
  readonly PipeConnectWrap: new () => Request;
  readonly constants: { readonly SOCKET: number };
}

interface StreamWrap {
  readonly WriteWrap: new () => Request;
  /** What the last call of `onread` is about. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kArrayBufferOffset: number;
}

type Binding = (name: string) => unknown;

/** `UV_EOF` on every system. */
const END = -4095;

/** Ends a wait for a pipe. */
interface Settle {
  readonly resolve: (bytes: Buffer | null) => void;
  readonly reject: (cause: Error) => void;
}

/**
 * By the parts of Node that its own `node:net` is made of. To load that, with its streams, and to make two of them takes a
 * fifth of the time of an empty Node, and a hook starts for every call. For the same reason there are few functions: one that
 * runs once takes longer to compile than a system call. Null where this Node does not have these parts as Node 20 to 25 have
 * them, or does not give them away.
 */
export function handlePipes(binding: Binding | undefined = ofProcess()): Pipes | null {
  const parts = binding === undefined ? null : partsOf(binding);
  if (parts === null) return null;
  const { Pipe, PipeConnectWrap, constants, WriteWrap } = parts;
  return {
    readAll: (fd, most) =>
      new Promise((resolve, reject) => {
        const pipe = new Pipe(constants.SOCKET);
        if (isDone(pipe, pipe.open(fd), reject)) collect(pipe, parts, { most, resolve, reject });
      }),
    connect: (path) =>
      new Promise((connected, failed) => {
        const pipe = new Pipe(constants.SOCKET);
        const connecting = new PipeConnectWrap();
        connecting.handle = pipe;
        connecting.oncomplete = (status) => {
          if (isDone(pipe, status, failed)) connected({ ask });
        };
        const ask: PipeConnection['ask'] = (request, most) =>
          new Promise((resolve, reject) => {
            collect(pipe, parts, { most, resolve, reject });
            const writing = new WriteWrap();
            writing.handle = pipe;
            writing.buffer = request;
            // A write that is over at once is never complete; one that fails is known before the answer.
            writing.oncomplete = (status) => isDone(pipe, status, reject);
            isDone(pipe, pipe.writeBuffer(writing, request), reject);
          });
        isDone(pipe, pipe.connect(connecting, path), failed);
      }),
  };
}

function ofProcess(): Binding | undefined {
  return (process as { readonly binding?: Binding }).binding;
}

function partsOf(binding: Binding): (PipeWrap & StreamWrap) | null {
  let pipe: Partial<PipeWrap>;
  let stream: Partial<StreamWrap>;
  try {
    pipe = binding('pipe_wrap') as Partial<PipeWrap>;
    stream = binding('stream_wrap') as Partial<StreamWrap>;
  } catch {
    return null;
  }
  const { Pipe, PipeConnectWrap, constants } = pipe;
  const { WriteWrap, streamBaseState, kReadBytesOrError, kArrayBufferOffset } = stream;
  const isKnown =
    typeof PipeConnectWrap === 'function' &&
    typeof WriteWrap === 'function' &&
    typeof Pipe?.prototype?.open === 'function' &&
    typeof Pipe.prototype.connect === 'function' &&
    typeof Pipe.prototype.readStart === 'function' &&
    typeof Pipe.prototype.writeBuffer === 'function' &&
    typeof Pipe.prototype.close === 'function' &&
    streamBaseState instanceof Int32Array &&
    constants !== undefined &&
    typeof constants.SOCKET === 'number' &&
    typeof kReadBytesOrError === 'number' &&
    typeof kArrayBufferOffset === 'number';
  if (!isKnown) return null;
  return { Pipe, PipeConnectWrap, constants, WriteWrap, streamBaseState, kReadBytesOrError, kArrayBufferOffset };
}

function systemError(status: number): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`the pipe failed: ${code}`), { code });
}

/** False for the number of an error: then the pipe is closed, and whoever waits for it is told. */
function isDone(pipe: Handle, status: unknown, reject: Settle['reject']): boolean {
  if (typeof status !== 'number' || status >= 0) return true;
  pipe.close();
  reject(systemError(status));
  return false;
}

/** Everything until the end; null when it is more than `most` bytes. */
function collect(pipe: Handle, parts: StreamWrap, { most, resolve, reject }: Settle & { readonly most: number }): void {
  const { streamBaseState: state, kReadBytesOrError, kArrayBufferOffset } = parts;
  const chunks: Uint8Array[] = [];
  let size = 0;
  pipe.onread = (bytes) => {
    const got = state[kReadBytesOrError] ?? END;
    if (got !== END && !isDone(pipe, got, reject)) return;
    if (bytes !== undefined) {
      size += got;
      chunks.push(new Uint8Array(bytes, state[kArrayBufferOffset], got));
    }
    if (got !== END && size <= most) return;
    pipe.close();
    resolve(got === END ? Buffer.concat(chunks) : null);
  };
  isDone(pipe, pipe.readStart(), reject);
}
