import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utf8Decode } from '@airlock/protocol';
import { ConfigError } from './config-error.js';

/** A configuration as it is. */
export interface ConfigText {
  /** Real path: a link stays a link. */
  readonly path: string;
  readonly text: string;
}

/** @throws ConfigError `config_unreadable` */
export function readConfig(file: string): ConfigText {
  try {
    const path = realpathSync(file);
    return { path, text: utf8Decode(readFileSync(path)) };
  } catch (cause) {
    throw new ConfigError('config_unreadable', `${file} cannot be read`, { cause });
  }
}

/**
 * Replaces a configuration as a whole, unless somebody else has changed it since.
 * @throws ConfigError `config_unreadable`
 */
export function replaceConfig(path: string, before: string, after: string): void {
  const fresh = `${path}.airlock-${process.pid}`;
  try {
    const { mode } = statSync(path);
    writeFileSync(fresh, after, { flag: 'wx', mode: mode & 0o777 });
    chmodSync(fresh, mode & 0o777);
    if (readFileSync(path, 'utf8') !== before) throw new Error('it was changed meanwhile');
    renameSync(fresh, path);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw new ConfigError('config_unreadable', `${path} cannot be replaced`, {
      cause,
      fix: 'end the client that uses it, then try again',
    });
  }
}
