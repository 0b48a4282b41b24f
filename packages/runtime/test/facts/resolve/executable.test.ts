import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { resolveExecutable } from '../../../src/facts/resolve/executable.js';
import { file, scratch } from '../scratch.js';

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

describe(rules('ART-130', 'ENF-140')`program and interpreters are bound by real path and hash`, () => {
  test('a binary: real path and hash, executed under the name it was found by', async () => {
    const root = scratch();
    symlinkSync('/bin/sh', join(root, 'shell'));
    const found = await resolveExecutable('shell', { path: root });
    expect(found.path).toBe(join(root, 'shell'));
    expect(found.identity.realPath).toBe(realpathSync('/bin/sh'));
    expect(found.identity.sha256).toBe(sha256('/bin/sh'));
    expect(found.interpreters).toEqual([]);
  });

  test('a script: its interpreter too', async () => {
    const path = file(join(scratch(), 'deploy'), '#!/bin/sh\necho\n');
    const found = await resolveExecutable(path, { path: undefined });
    expect(found.identity.sha256).toBe(sha256(path));
    expect(found.interpreters.map((each) => each.identity.realPath)).toEqual([realpathSync('/bin/sh')]);
    expect(found.interpreters[0]?.identity.sha256).toBe(sha256('/bin/sh'));
  });

  test('env NAME: env and what the PATH of the child leads to', async () => {
    const root = scratch();
    const tool = file(join(root, 'bin', 'tool'), '#!/bin/sh\n');
    const path = file(join(root, 'script'), '#!/usr/bin/env tool\n');
    const found = await resolveExecutable(path, { path: join(root, 'bin') });
    expect(found.interpreters.map((each) => each.identity.realPath)).toEqual([
      realpathSync('/usr/bin/env'),
      tool,
      realpathSync('/bin/sh'),
    ]);
  });

  test('the hash is that of the whole file, however long', async () => {
    const path = file(join(scratch(), 'big'), `#!/bin/sh\n${'#'.repeat(3 * 1024 * 1024)}`);
    expect((await resolveExecutable(path, { path: undefined })).identity.sha256).toBe(sha256(path));
  });

  test('setuid and setgid are noted', async () => {
    const root = scratch();
    const setuid = file(join(root, 'u'), '#!/bin/sh\n', 0o4755);
    const setgid = file(join(root, 'g'), '#!/bin/sh\n', 0o2755);
    expect((await resolveExecutable(setuid, { path: undefined })).identity.setId).toBe('setuid');
    expect((await resolveExecutable(setgid, { path: undefined })).identity.setId).toBe('setgid');
  });

  test.each([
    { title: 'no #! line', content: 'echo hello\n', code: 'not_executable' },
    { title: 'an empty file', content: '', code: 'not_executable' },
    { title: 'an interpreter that is missing', content: '#!/no/such/thing\n', code: 'interpreter_not_found' },
    { title: 'Windows line ends', content: '#!/bin/sh\r\n', code: 'interpreter_not_found' },
    { title: 'env without a program', content: '#!/usr/bin/env\n', code: 'interpreter_unsupported' },
    { title: 'env with an unknown program', content: '#!/usr/bin/env no-such-thing\n', code: 'interpreter_not_found' },
    { title: 'env that changes PATH', content: '#!/usr/bin/env -S PATH=/tmp sh\n', code: 'interpreter_unsupported' },
  ])('refused with 126: $title', async ({ content, code }) => {
    const path = file(join(scratch(), 'x'), content);
    await expect(resolveExecutable(path, { path: '/usr/bin:/bin' })).rejects.toMatchObject({ code });
  });

  test('a script that is its own interpreter ends as a refusal', async () => {
    const path = file(join(scratch(), 'loop'), '');
    writeFileSync(path, `#!${path}\n`);
    await expect(resolveExecutable(path, { path: undefined })).rejects.toMatchObject({ code: 'not_executable' });
  });
});
