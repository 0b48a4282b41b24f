import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AirlockProcess, type RunOptions, run, start } from '../e2e/harness/command.js';

const APP = fileURLToPath(new URL('../..', import.meta.url));
const FAKE_CLAUDE = join(APP, '../../packages/adapters/claude-code/test/support/fake-claude.sh');

interface Manifest {
  readonly version: string;
  readonly bin: { readonly airlock: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

describe('the packed tarball, with nothing beside it but what its package.json names', () => {
  let root: string;
  let manifest: Manifest;
  let options: RunOptions;
  let gateway: AirlockProcess | undefined;

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-packed-')));
    const [{ filename }] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', root], {
        cwd: APP,
        stdio: 'pipe',
        encoding: 'utf8',
      }),
    );
    execFileSync('tar', ['-xzf', join(root, filename), '-C', root]);
    manifest = JSON.parse(readFileSync(join(root, 'package/package.json'), 'utf8'));
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const place = join(root, 'node_modules', name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(realpathSync(join(APP, 'node_modules', name)), place);
    }
    const home = join(root, 'home');
    mkdirSync(home, { mode: 0o700 });
    options = { home, program: join(root, 'package', manifest.bin.airlock) };
  }, 60_000);

  afterAll(async () => {
    gateway?.kill('SIGKILL');
    await run(['daemon', 'stop'], options);
    rmSync(root, { recursive: true, force: true });
  });

  test('needs no package of this workspace', () => {
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    expect(needed.filter((name) => name.startsWith('@airlock/'))).toEqual([]);
  });

  test('says its version', async () => {
    expect(await run(['--version'], options)).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });

  test('serves a gateway, whose store has its thread', async () => {
    const dataDir = join(root, 'gateway');
    gateway = start(['gateway', 'serve', '--json', '--port', '0', '--data-dir', dataDir], options);
    const { url } = await gateway.event<{ readonly url: string }>('ready');
    expect((await fetch(`${url}/v1/status`)).status).toBe(200);
    gateway.kill('SIGTERM');
    expect(await gateway.finished()).toMatchObject({ code: 0 });
  });

  test('starts its daemon, which finds its lock, its keys and its files', async () => {
    const { stdout } = await run(['doctor', '--json'], options);
    const { checks } = JSON.parse(stdout) as { checks: readonly { readonly name: string; readonly ok: boolean }[] };
    const found = checks.filter(({ ok }) => ok).map(({ name }) => name);
    expect(found).toEqual(expect.arrayContaining(['node', 'directories', 'daemon', 'state', 'audit log', 'secrets']));
  });

  test('carries the plugin for Claude Code whole, its native bindings too', async () => {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'claude'), `#!/bin/sh\nexec /bin/sh '${FAKE_CLAUDE}' "$@"\n`);
    chmodSync(join(bin, 'claude'), 0o755);
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const { stderr, code } = await run(['claude', 'install'], { ...options, env });
    expect(stderr).toContain('every file verified');
    expect(code).toBe(0);
  });
});
