import { z } from 'zod';
import { RuntimeError } from '../errors.js';
import type { FsPort } from '../files/fs-port.js';
import type { Integrity } from '../files/integrity.js';
import { readSealed, type Sealing, writeSealed } from '../files/sealed-json.js';
import { removeSecure } from '../files/secure-file.js';

const settingsSchema = z.strictObject({
  /** Real path of the one folder it may ask about. */
  workspace: z.string().startsWith('/'),
  port: z.int().min(1).max(65_535),
  tokenSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What is kept of an endpoint that is on: never its token. */
export type EndpointSettings = z.infer<typeof settingsSchema>;

export interface EndpointFileOptions {
  readonly file: string;
  readonly integrity: Integrity;
  readonly fs: FsPort;
}

/** Where the daemon keeps that its endpoint is on; no file means off. */
export class EndpointFile {
  readonly #file: string;
  readonly #sealing: Sealing;

  constructor({ file, integrity, fs }: EndpointFileOptions) {
    this.#file = file;
    this.#sealing = { integrity, fs, label: 'endpoint' };
  }

  /** Null when it is off. Throws `state_corrupt` for a file that was not written here. */
  read(): EndpointSettings | null {
    try {
      const stored = readSealed(this.#file, this.#sealing);
      return stored === undefined ? null : settingsSchema.parse(stored);
    } catch (cause) {
      throw new RuntimeError('state_corrupt', `${this.#file} is damaged, so the endpoint stays shut`, {
        cause,
        file: this.#file,
        fix: 'airlock mcp endpoint off',
      });
    }
  }

  write(settings: EndpointSettings): void {
    writeSealed(this.#file, settings, this.#sealing);
  }

  remove(): void {
    removeSecure(this.#file, this.#sealing.fs);
  }
}
