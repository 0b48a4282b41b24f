import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../src/daemon/log.js';
import { resolvePaths } from '../../src/paths/paths.js';
import { temporaryFolder } from '../support/temporary.js';

function logged() {
  const paths = resolvePaths({ fixedHome: temporaryFolder() });
  mkdirSync(paths.state, { recursive: true, mode: 0o700 });
  return { paths, log: openLog(paths) };
}

describe(rules('ENF-180', 'ENF-190')`the log of the daemon`, () => {
  it('starts over at 5 MiB, keeps one older file, and no other user reads either', { timeout: 60_000 }, () => {
    const { paths, log } = logged();
    const line = 'x'.repeat(900);
    const fill = (bytes: number) => {
      for (let written = 0; written < bytes; written += 900) log.info(line);
    };
    log.info('the first of all');
    fill(6 * 1024 * 1024);
    log.info('the last of all');
    const holds = (file: string, text: string) => readFileSync(file, 'utf8').includes(text);
    expect(holds(`${paths.logFile}.1`, 'the first of all')).toBe(true);
    expect(holds(paths.logFile, 'the last of all')).toBe(true);
    fill(11 * 1024 * 1024);
    const files = readdirSync(paths.logDirectory).sort();
    expect(files).toEqual(['daemon.log', 'daemon.log.1']);
    for (const file of files) {
      const { mode, size } = statSync(`${paths.logDirectory}/${file}`);
      expect(mode & 0o777, file).toBe(0o600);
      expect(size, file).toBeLessThan(5 * 1024 * 1024 + 2000);
    }
  });

  it('goes on where it was, and never holds a token, wherever one stands', () => {
    const { paths, log } = logged();
    const token = `airpat_${'aB3'.repeat(13)}`;
    log.info('first');
    log.error({ err: new Error(`Bearer ${token}`), url: `https://gateway.example/?token=${token}` }, `said ${token}`);
    openLog(paths).info('second');
    const text = readFileSync(paths.logFile, 'utf8');
    expect(text).toMatch(/first[^]*second/);
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(token.slice(0, 12));
  });

  it('that cannot be written stops nothing', () => {
    const { paths, log } = logged();
    const before = readFileSync(paths.logFile, 'utf8');
    // A folder in the place of the older file: it cannot be moved there.
    mkdirSync(`${paths.logFile}.1/in-the-way`, { recursive: true });
    for (let written = 0; written < 6 * 1024 * 1024; written += 900) log.info('x'.repeat(900));
    expect(before).toBe('');
    expect(existsSync(paths.logFile)).toBe(true);
    expect(statSync(paths.logFile).size).toBeLessThan(5 * 1024 * 1024 + 2000);
  });
});
