import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ensureRuntimeDirectory } from '../../src/files/secure-directory.js';
import { defaultRuntimeDirectory, resolvePaths } from '../../src/paths/paths.js';
import { checkSocketPath } from '../../src/socket/socket-path.js';
import { temporaryFolder } from '../support/temporary.js';

const { uid, homedir } = userInfo();

describe(rules('LOC-010')`the runtime directory`, () => {
  it('is /run/user/<uid>/airlock where that folder is ours', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'user', String(uid)), { recursive: true });
    expect(defaultRuntimeDirectory(uid, '/home/x', root)).toBe(join(root, 'user', String(uid), 'airlock'));
  });

  it('is below the home of the password database where /run/user is missing or somebody else’s', () => {
    const root = temporaryFolder();
    expect(defaultRuntimeDirectory(uid, '/home/x', root)).toBe('/home/x/.local/state/airlock/run');
    mkdirSync(join(root, 'user', String(uid + 1)), { recursive: true });
    expect(defaultRuntimeDirectory(uid + 1, '/home/x', root)).toBe('/home/x/.local/state/airlock/run');
  });

  it('is not a link that stands in the place of /run/user/<uid>', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'user'));
    symlinkSync(temporaryFolder(), join(root, 'user', String(uid)));
    expect(defaultRuntimeDirectory(uid, '/home/x', root)).toBe('/home/x/.local/state/airlock/run');
  });

  it('is /run/airlock where root owns it', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'airlock'));
    const ours = defaultRuntimeDirectory(uid, '/home/x', root);
    expect(ours).toBe(uid === 0 ? join(root, 'airlock') : '/home/x/.local/state/airlock/run');
  });

  it('is made with mode 0700', () => {
    const path = join(temporaryFolder(), 'run');
    ensureRuntimeDirectory(path);
    expect(() => ensureRuntimeDirectory(path)).not.toThrow();
  });

  it.each([
    ['directly in a world-writable directory', (parent: string) => chmodSync(parent, 0o1777)],
    [
      'open to the group',
      (parent: string) => {
        mkdirSync(join(parent, 'run'));
        chmodSync(join(parent, 'run'), 0o750);
      },
    ],
    ['a link', (parent: string) => symlinkSync(temporaryFolder(), join(parent, 'run'))],
  ])('is refused: %s', (_, spoil) => {
    const parent = temporaryFolder();
    spoil(parent);
    expect(() => ensureRuntimeDirectory(join(parent, 'run'))).toThrow(
      expect.objectContaining({ code: 'runtime_directory_insecure' }),
    );
  });

  it.each([
    [100, true],
    [101, false],
  ])('a socket path of %i bytes is possible: %s', (bytes, possible) => {
    const check = () => checkSocketPath(`/${'ü'.repeat(10)}${'x'.repeat(bytes - 21)}`);
    if (possible) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'socket_path_too_long' }));
  });
});

describe(rules('LOC-030')`what may choose the paths`, () => {
  const env = {
    AIRLOCK_HOME: '/tmp/somewhere/else',
    XDG_RUNTIME_DIR: '/tmp/evil',
    XDG_STATE_HOME: '/tmp/evil',
    HOME: '/tmp/evil',
  };

  it('nothing of the environment without it being handed in', () => {
    const paths = resolvePaths();
    expect(paths.home).toBeNull();
    expect(paths.state).toBe(join(homedir, '.local', 'state', 'airlock'));
  });

  it('no variable chooses the runtime directory without AIRLOCK_HOME', () => {
    const { AIRLOCK_HOME: _, ...rest } = env;
    expect(resolvePaths({ env: rest }).runtime).toBe(resolvePaths().runtime);
  });

  it('a fixed home wins over AIRLOCK_HOME', () => {
    expect(resolvePaths({ env, fixedHome: '/opt/mine' }).socket).toBe('/opt/mine/run/daemon.sock');
  });

  it('AIRLOCK_HOME moves configuration, state, data and runtime below one folder', () => {
    const { config, state, data, runtime } = resolvePaths({ env });
    expect([config, state, data, runtime]).toEqual(
      ['config', 'state', 'data', 'run'].map((name) => `/tmp/somewhere/else/${name}`),
    );
  });

  it.each([[''], ['relative/path']])('XDG_STATE_HOME %j is ignored', (value) => {
    expect(resolvePaths({ env: { XDG_STATE_HOME: value } }).state).toBe(join(homedir, '.local', 'state', 'airlock'));
  });
});
