import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utf8Decode } from '@airlock/protocol';
import { ConfigError } from './config-error.js';

/** A configuration as it is. */
export interface ConfigText {
  /** Real path: a link stays a link. */
  readonly path: string;
  /** Without the mark that some editors of Windows put in front. */
  readonly text: string;
}

const BYTE_ORDER_MARK = '\u{feff}';

/** @throws ConfigError `config_unreadable` */
export function readConfig(file: string): ConfigText {
  try {
    const path = realpathSync(file);
    return { path, text: unmarked(utf8Decode(readFileSync(path))) };
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
    const now = readFileSync(path, 'utf8');
    if (unmarked(now) !== before) throw new Error('it was changed meanwhile');
    const mark = now.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    writeFileSync(fresh, mark + after, { flag: 'wx', mode: mode & 0o777 });
    chmodSync(fresh, mode & 0o777);
    renameSync(fresh, path);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw new ConfigError('config_unreadable', `${path} cannot be replaced`, {
      cause,
      fix: 'end the client that uses it, then try again',
    });
  }
}

function unmarked(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
}
