import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SignedPolicyRecord } from '@airlock/policy';
import { z } from 'zod';
import type { FsPort } from '../files/fs-port.js';
import type { Integrity } from '../files/integrity.js';
import { readSealed, writeSealed, type Sealing } from '../files/sealed-json.js';
import { checkSecureDirectory, ensureSecureDirectory } from '../files/secure-directory.js';
import { removeSecure } from '../files/secure-file.js';

const NAME = /^[A-Za-z0-9-]{1,128}$/;

const FILE = /^([A-Za-z0-9-]+)\.([0-9a-f]{64})\.json$/;

const recordSchema = z.strictObject({ plaintext: z.string(), decision: z.string() });

/** Which document of which workspace. */
export interface PolicyName {
  readonly workspaceId: string;
  readonly sha256: string;
}

export interface PolicyRecordsOptions {
  readonly directory: string;
  readonly integrity: Integrity;
  readonly fs: FsPort;
}

/** Signed policy documents with the decisions behind them, one sealed file each (LOC-080). Which one counts, the list says. */
export class PolicyRecords {
  readonly #options: PolicyRecordsOptions;

  constructor(options: PolicyRecordsOptions) {
    this.#options = options;
  }

  /** Where a document is kept. */
  fileOf({ workspaceId, sha256 }: PolicyName): string {
    if (!NAME.test(workspaceId) || !NAME.test(sha256)) throw new TypeError('not a name of a policy document');
    return join(this.#options.directory, `${workspaceId}.${sha256}.json`);
  }

  /** The record; null when there is none. Throws on any damage. It was not verified. */
  read(name: PolicyName): SignedPolicyRecord | null {
    const { directory, fs } = this.#options;
    if (fs.lstat(directory) === undefined) return null;
    checkSecureDirectory(directory, fs);
    const stored = readSealed(this.fileOf(name), this.#sealing(name));
    return stored === undefined ? null : recordSchema.parse(stored);
  }

  /** Writes a record durably. Throws what the file system throws. */
  write(name: PolicyName, { plaintext, decision }: SignedPolicyRecord): void {
    ensureSecureDirectory(this.#options.directory, this.#options.fs);
    writeSealed(this.fileOf(name), { plaintext, decision }, this.#sealing(name));
  }

  /** Files that cannot be read, or are not what was written there. */
  damaged(): readonly string[] {
    const { directory, fs } = this.#options;
    if (fs.lstat(directory) === undefined) return [];
    const names = readdirSync(directory).flatMap((file) => {
      const [, workspaceId, sha256] = FILE.exec(file) ?? [];
      return workspaceId === undefined || sha256 === undefined ? [] : [{ workspaceId, sha256 }];
    });
    return names.filter((name) => !this.#isReadable(name)).map((name) => this.fileOf(name));
  }

  /** Removes every other document of the workspace: what an earlier change, or one that was cut off, left behind. */
  removeOthers(name: PolicyName): void {
    const { directory, fs } = this.#options;
    const kept = this.fileOf(name);
    const files = readdirSync(directory).filter((file) => file.startsWith(`${name.workspaceId}.`));
    for (const file of files.map((one) => join(directory, one))) if (file !== kept) removeSecure(file, fs);
  }

  #isReadable(name: PolicyName): boolean {
    try {
      return this.read(name) !== null;
    } catch (cause) {
      if (cause instanceof Error) return false;
      throw cause;
    }
  }

  #sealing({ workspaceId, sha256 }: PolicyName): Sealing {
    const { integrity, fs } = this.#options;
    return { integrity, fs, label: `policy/${workspaceId}/${sha256}` };
  }
}
