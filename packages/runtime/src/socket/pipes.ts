/** A connection on which one request is made. */
export interface PipeConnection {
  /**
   * Writes the request and gives everything that comes back until the other side closes; null when it is more than `most`
   * bytes. Rejects with the error of the system.
   */
  readonly ask: (request: Uint8Array, most: number) => Promise<Buffer | null>;
}

/** How whoever asks the daemon reads a pipe and speaks over the socket: by `handlePipes`, or, slower, by `streamPipes`. */
export interface Pipes {
  /** Everything that comes from `fd` until its end; null when it is more than `most` bytes. It has to be a pipe or a socket. */
  readonly readAll: (fd: number, most: number) => Promise<Buffer | null>;
  /** Connects to the socket at `path`. Rejects with the error of the system, whose name is in `code`. */
  readonly connect: (path: string) => Promise<PipeConnection>;
}
