import { hexSha256Schema } from '@airlock/protocol';
import { z } from 'zod';
import type { FsPort } from '../files/fs-port.js';
import type { Integrity } from '../files/integrity.js';
import { readSealed, type Sealing, writeSealed } from '../files/sealed-json.js';

const contentSchema = z.strictObject({
  v: z.literal(1),
  /** Approvals were forgotten: what is not listed may have been approved as something else. */
  isLost: z.boolean(),
  /** The one that was approved longest ago first. */
  tools: z.array(
    z.strictObject({
      /** Of workspace, server name, method and tool name. */
      key: hexSha256Schema,
      /** Null where nothing but the name of the server was known. */
      serverSha256: hexSha256Schema.nullable(),
      /** Null where the client never saw the definition. */
      definitionSha256: hexSha256Schema.nullable(),
      /** Whether the human saw both. */
      isShown: z.boolean(),
    }),
  ),
});

/** What is kept of approved MCP calls: hashes only. */
export type KnownToolsContent = z.infer<typeof contentSchema>;

export interface KnownToolsFileOptions {
  readonly file: string;
  readonly integrity: Integrity;
  readonly fs: FsPort;
}

/** Where the daemon keeps what the last approved call of each MCP tool went to. */
export class KnownToolsFile {
  readonly #file: string;
  readonly #sealing: Sealing;

  constructor({ file, integrity, fs }: KnownToolsFileOptions) {
    this.#file = file;
    this.#sealing = { integrity, fs, label: 'known-tools' };
  }

  /** Null when nothing was written yet. Throws for a file that was not written here, whatever is wrong with it. */
  read(): KnownToolsContent | null {
    const stored = readSealed(this.#file, this.#sealing);
    return stored === undefined ? null : contentSchema.parse(stored);
  }

  /** Durable before it returns. Throws what the file system throws. */
  write(content: KnownToolsContent): void {
    writeSealed(this.#file, content, this.#sealing);
  }
}
