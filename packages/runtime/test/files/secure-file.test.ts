import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { utf8Encode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { readSealed, writeSealed } from '../../src/files/sealed-json.js';
import { integrityWithKey } from '../../src/files/integrity.js';
import { nodeFs } from '../../src/files/fs-port.js';
import { ensureSecureDirectory } from '../../src/files/secure-directory.js';
import { readSecure, replaceDurably } from '../../src/files/secure-file.js';
import { faultyFs, ioError } from '../support/faulty-fs.js';
import { temporaryFolder } from '../support/temporary.js';

const insecure = expect.objectContaining({ code: 'file_insecure' });

describe(rules('ENF-180')`files of ours`, () => {
  it('have mode 0600, whatever was there before', () => {
    const file = join(temporaryFolder(), 'state');
    writeFileSync(file, 'old', { mode: 0o666 });
    replaceDurably(file, utf8Encode('new'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  it.each<[string, (file: string) => void]>([
    ['readable by the group', (file) => chmodSync(file, 0o640)],
    ['a second name', (file) => linkSync(file, `${file}.2`)],
  ])('are refused: %s', (_, spoil) => {
    const file = join(temporaryFolder(), 'state');
    replaceDurably(file, utf8Encode('x'));
    spoil(file);
    expect(() => readSecure(file)).toThrow(insecure);
  });

  it('are refused when they are links or folders', () => {
    const folder = temporaryFolder();
    replaceDurably(join(folder, 'real'), utf8Encode('x'));
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    mkdirSync(join(folder, 'folder'), { mode: 0o700 });
    expect(() => readSecure(join(folder, 'link'))).toThrow(insecure);
    expect(() => readSecure(join(folder, 'folder'))).toThrow(insecure);
  });

  it('lie in directories of mode 0700 of our own', () => {
    const folder = temporaryFolder();
    const wanted = join(folder, 'a', 'b');
    ensureSecureDirectory(wanted);
    expect(statSync(wanted).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    chmodSync(wanted, 0o755);
    expect(() => ensureSecureDirectory(wanted)).toThrow(
      expect.objectContaining({ code: 'directory_insecure', fix: `chmod 700 '${wanted}'` }),
    );
  });
});

describe(rules('INV-22')`a replacement that fails`, () => {
  it('leaves the old content, at every call, and no temporary file', () => {
    const probe = faultyFs();
    const folder = temporaryFolder();
    const file = join(folder, 'state');
    replaceDurably(file, utf8Encode('old'), probe);
    const renamedAt = probe.trace.indexOf('rename') + 1;
    for (let failAt = 1; failAt <= renamedAt; failAt += 1) {
      const fs = faultyFs();
      fs.before = (_, call) => {
        if (call === failAt) throw ioError('ENOSPC');
      };
      expect(() => replaceDurably(file, utf8Encode('new'), fs)).toThrow('ENOSPC');
      expect(readFileSync(file, 'utf8')).toBe('old');
      expect(readdirSync(folder)).toEqual(['state']);
    }
  });

  it('flushes the file before the rename and the directory after it', () => {
    const fs = faultyFs();
    replaceDurably(join(temporaryFolder(), 'state'), utf8Encode('x'), fs);
    expect(fs.trace).toEqual(['open', 'write', 'sync', 'rename', 'open', 'sync']);
  });
});

describe(rules('ENF-180')`integrity`, () => {
  const integrity = integrityWithKey(new Uint8Array(32).fill(1));
  const sealing = { integrity, fs: nodeFs, label: 'state' };

  it('reads back what it wrote', () => {
    const file = join(temporaryFolder(), 'state');
    writeSealed(file, { a: [1, 'ü', null] }, sealing);
    expect(readSealed(file, sealing)).toEqual({ a: [1, 'ü', null] });
    expect(readSealed(`${file}.none`, sealing)).toBeUndefined();
  });

  it('refuses every flipped byte', () => {
    const file = join(temporaryFolder(), 'state');
    writeSealed(file, { pin: 'abc' }, sealing);
    const bytes = readFileSync(file);
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[index]! ^= 1;
      writeFileSync(file, flipped);
      expect(() => readSealed(file, sealing)).toThrow();
    }
  });

  it.each([
    ['another key', { ...sealing, integrity: integrityWithKey(new Uint8Array(32).fill(2)) }],
    ['another file’s label', { ...sealing, label: 'open-requests' }],
  ])('refuses %s', (_, other) => {
    const file = join(temporaryFolder(), 'state');
    writeSealed(file, {}, other);
    expect(() => readSealed(file, sealing)).toThrow('MAC');
  });
});
