import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIRLOCK, json, run, type RunOptions } from './harness/command.js';

const FAKE = fileURLToPath(
  new URL('../../../../packages/adapters/claude-code/test/support/fake-claude.sh', import.meta.url),
);

interface Status {
  readonly ok: boolean;
  readonly state: string;
  readonly plugin: { readonly folder: string; readonly intact: boolean; readonly enabled: boolean } | null;
  readonly findings: readonly { readonly effect: string; readonly source: string }[];
}

/** The built command and the built plugin, with a program on PATH that stands for Claude Code. */
describe('airlock claude', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-claude-')));
  const home = join(root, 'home');
  const work = join(root, 'work');
  const bin = join(root, 'bin');
  let options: RunOptions;

  const say = async (words: string, more: Partial<RunOptions> = {}) =>
    await run(words.split(' '), { ...options, ...more });
  const status = async () => JSON.parse((await say('claude status --json')).stdout) as Status;

  beforeAll(() => {
    for (const folder of [home, work, bin]) mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(bin, 'claude'), `#!/bin/sh\nexec /bin/sh '${FAKE}' "$@"\n`);
    chmodSync(join(bin, 'claude'), 0o755);
    options = { home, cwd: work, env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } };
  });
  afterAll(async () => {
    await say('daemon stop');
    rmSync(root, { recursive: true, force: true });
  });

  test('the build carries the plugin', () => {
    expect(existsSync(join(dirname(AIRLOCK), 'claude-plugin', 'airlock', 'files.json'))).toBe(true);
  });

  test('status before: nothing is installed, exit 1, and what to type', async () => {
    const { code, stdout } = await say('claude status');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^plugin  not installed: nothing gates Claude Code \(try: .*claude install\)$/m);
  });

  test(rules('LOC-030')`install: says what it runs, what it is, and what is missing`, async () => {
    const { code, stdout, stderr } = await say('claude install');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/copied to .*every file verified/);
    expect(stderr).toMatch(
      /running: claude plugin marketplace add .*\n.*running: claude plugin install airlock@airlock\n/,
    );
    expect(stderr).toContain('cooperative installation');
    expect(stderr).toMatch(/next, sign in: .* sign-in\n.*pair your approver: .* pair\n/);
    expect(stderr).toContain('restart every Claude Code session');
    expect(await status()).toMatchObject({
      ok: true,
      state: 'installed',
      plugin: { intact: true, enabled: true },
      findings: [],
    });
  }, 60_000);

  test(rules('LOC-100')`the installed hook denies while nobody is signed in: the canary of doctor`, async () => {
    const { checks } = JSON.parse((await say('doctor --json')).stdout) as {
      checks: readonly { readonly name: string; readonly ok: boolean; readonly onFailure: string }[];
    };
    const ours = checks.filter(({ name }) => name.startsWith('claude '));
    expect(ours.map(({ name, ok }) => [name, ok])).toEqual([
      ['claude plugin', true],
      ['claude version', true],
      ['claude settings', true],
      ['claude canary', true],
    ]);
  }, 60_000);

  test('install once more, as JSON: the same folder', async () => {
    const before = (await status()).plugin?.folder;
    const done = await json<{ installed: boolean; managed: boolean; marketplace: string }>(
      ['claude', 'install'],
      options,
    );
    expect(done).toMatchObject({ installed: true, managed: false, host: { version: '2.1.330' }, open: [] });
    expect(join(done.marketplace, 'airlock')).toBe(before);
  });

  test('a repository that switches hooks off: status and doctor say so', async () => {
    mkdirSync(join(work, '.claude'));
    const file = join(work, '.claude', 'settings.json');
    writeFileSync(file, '{"disableAllHooks":true}');
    expect(await status()).toMatchObject({ ok: false, findings: [{ effect: 'off', source: file }] });
    expect((await say('claude status')).stdout).toContain(`OFF     ${file} disableAllHooks is true`);
    expect((await say('doctor')).stdout).toMatch(/FAIL {2}claude settings .*disableAllHooks/);
    rmSync(join(work, '.claude'), { recursive: true });
  }, 60_000);

  test('a changed copy: status and doctor say which file', async () => {
    const { plugin } = await status();
    const file = join(plugin?.folder ?? '', 'hooks', 'hook.sh');
    writeFileSync(file, '#!/bin/sh\nexit 0\n');
    expect((await say('claude status')).stdout).toMatch(
      /FAULT {3}hooks\/hook\.sh was changed \(try: .*claude install\)/,
    );
    expect((await say('doctor')).stdout).toMatch(/FAIL {2}claude canary +the hook ended with 0/);
    expect((await say('claude install')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toBe('#!/bin/sh\nexit 0\n');
  }, 60_000);

  test('an old Claude Code: a warning at installation, exit 1 of status, what stays open in doctor', async () => {
    const env = { ...options.env, FAKE_VERSION: '2.1.197' };
    expect((await say('claude install', { env })).stderr).toContain('WARNING: before 2.1.295');
    const { code, stdout } = await say('claude status', { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^OPEN {4}before 2\.1\.295/m);
    expect((await say('doctor', { env })).stdout).toMatch(
      /^FAIL {2}claude version +2\.1\.197: before 2\.1\.295 a hook .*; before 2\.1\.287 there are no modules/m,
    );
  }, 60_000);

  test('status --managed fails for an installation of a user', async () => {
    const { code, stdout } = await say('claude status --managed');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAULT {3}not managed \(try: sudo .*claude install --managed\)$/m);
  });

  test('uninstall: says that nothing gates any more, and leaves no copy', async () => {
    const { code, stderr } = await say('claude uninstall');
    expect(code).toBe(0);
    expect(stderr).toContain('NOTHING gates new Claude Code sessions');
    expect(readdirSync(join(home, 'data', 'claude-code'))).toEqual([]);
    expect(await status()).toMatchObject({ ok: false, state: 'not-installed', plugin: null });
  });

  test('--managed --print prints the settings and writes nothing', async () => {
    const { code, stdout } = await say('claude install --managed --print');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      enabledPlugins: { 'airlock@airlock': true },
      extraKnownMarketplaces: { airlock: { source: { source: 'directory' } } },
      strictKnownMarketplaces: [{ source: 'directory' }],
      allowManagedHooksOnly: true,
      disableAllHooks: false,
      disableSideloadFlags: true,
      pluginConfigs: { 'cc-plugin-sec-default@builtin': { options: { allowManagedModsOnly: true } } },
      permissions: { disableBypassPermissionsMode: 'disable' },
      requiredMinimumVersion: '2.1.295',
      env: { NODE_OPTIONS: '', LD_PRELOAD: '', LD_LIBRARY_PATH: '', BASH_ENV: '' },
    });
  });

  test.each([
    ['install without claude on PATH', 'claude install', { PATH: dirname(process.execPath) }, 1, 'claude_not_found'],
    ['--print alone', 'claude install --print', {}, 64, '--print belongs to --managed'],
    ['a Claude Code that fails', 'claude install', { FAKE_FAILS: 'plugin list' }, 1, 'claude_failed'],
    ['files moved by XDG', 'claude install', { AIRLOCK_HOME: '', XDG_DATA_HOME: '/elsewhere' }, 1, 'paths_moved'],
  ])('%s: exit and words', async (_, words, env, code, says) => {
    const result = await say(words, { env: { ...options.env, ...env } });
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(says);
  });

  test('a command without the plugin beside it says what to build', async () => {
    const bare = join(root, 'bare');
    cpSync(dirname(AIRLOCK), join(bare, 'dist'), {
      recursive: true,
      filter: (path) => !path.endsWith('claude-plugin'),
    });
    for (const name of ['package.json', 'node_modules']) {
      symlinkSync(join(dirname(AIRLOCK), '..', name), join(bare, name));
    }
    const result = await say('claude install', { program: join(bare, 'dist', 'main.js') });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/airlock: plugin_not_built .*\(try: npm run build/);
  });
});
