import { join } from 'node:path';
import { utf8Decode, utf8Encode } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import { nodeFs, type FsPort } from '../files/fs-port.js';
import { ensureSecureDirectory } from '../files/secure-directory.js';
import { readSecure, removeSecure, replaceDurably } from '../files/secure-file.js';
import type { SecretStore } from './secret-store.js';

const NAME = /^[a-z0-9][a-z0-9.-]{0,127}$/;

/** One 0600 file per secret in a 0700 directory (ENF-180). */
export function fileSecretStore(directory: string, fs: FsPort = nodeFs): SecretStore {
  const fileOf = (name: string) => {
    if (!NAME.test(name)) throw new TypeError(`not a secret's name: ${name}`);
    return join(directory, name);
  };
  const guarded = async <T>(name: string, work: (file: string) => T): Promise<T> => {
    const file = fileOf(name);
    try {
      ensureSecureDirectory(directory, fs);
      return work(file);
    } catch (cause) {
      throw cause instanceof RuntimeError ? cause : unavailable(file, cause);
    }
  };
  return {
    kind: 'file',
    get: (name) =>
      guarded(name, (file) => {
        const bytes = readSecure(file, fs);
        return bytes === null ? null : utf8Decode(bytes);
      }),
    set: (name, value) => guarded(name, (file) => replaceDurably(file, utf8Encode(value), fs)),
    delete: (name) => guarded(name, (file) => removeSecure(file, fs)),
  };
}

function unavailable(file: string, cause: unknown): RuntimeError {
  return new RuntimeError('secret_store_unavailable', `${file} cannot be used`, { cause, file, fix: 'airlock doctor' });
}
