import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fixedHomeOf, installForUser, uninstallForUser } from '../../src/install/install.js';
import { claudeReport } from '../../src/install/status.js';
import { InstallSite } from '../support/install-site.js';

let site: InstallSite;
beforeEach(() => {
  site = new InstallSite();
});
afterEach(() => {
  vi.restoreAllMocks();
  site.close();
});

const COMMAND = '/opt/airlock/main.js';

function install(more: Readonly<Record<string, string>> = {}) {
  const { source, paths, announce } = site;
  return installForUser({ source, paths, environment: site.environment(more), command: COMMAND, announce });
}

function report(more: Readonly<Record<string, string>> = {}) {
  const root = join(site.root, 'no-managed-settings');
  return claudeReport({ paths: site.paths, environment: site.environment(more), cwd: site.root, root });
}

const copies = () => readdirSync(join(site.home, 'data', 'claude-code'));
const HOSTS = [
  { host: 'reads the folder in place', more: {} },
  { host: 'keeps a copy of its own', more: { FAKE_COPIES: '1', FAKE_VERSION: '2.1.197' } },
];

describe('installing for one user', () => {
  test(rules('LOC-030')`fixes Node and home in the copy, whose list names every file`, async () => {
    const { marketplace, version } = await install();
    const plugin = join(marketplace, 'airlock');
    expect(version).toBe('1.2.3');
    expect(marketplace).toMatch(/data\/claude-code\/1\.2\.3-[0-9a-f]{16}$/);
    expect(readFileSync(join(plugin, 'hooks', 'place.txt'), 'utf8')).toMatch(`\n${site.home}/run/daemon.sock\n`);
    expect(readFileSync(join(plugin, 'hooks', 'place.txt'), 'utf8')).toContain(process.execPath.split('/').at(-1));
    expect(readFileSync(join(plugin, 'hooks', 'place.mjs'), 'utf8')).toContain(JSON.stringify(site.home));
    const listed = Object.keys(JSON.parse(readFileSync(join(plugin, 'files.json'), 'utf8')));
    expect(listed).toEqual(
      expect.arrayContaining(['hooks/hooks.json', 'hooks/place.txt', 'hooks/place.mjs', 'lib/hook.cjs']),
    );
  });

  test(rules(
    'LOC-100',
    'LOC-110',
  )`tells the host to block when the hook fails, and to wait longer than we do`, async () => {
    const { marketplace } = await install();
    const { hooks } = JSON.parse(readFileSync(join(marketplace, 'airlock', 'hooks', 'hooks.json'), 'utf8'));
    expect(hooks.PreToolUse[0]).toMatchObject({ matcher: '*', hooks: [{ onFailure: 'block', timeout: 330 }] });
  });

  test(rules('ENF-180')`nobody else can read or write the copy`, async () => {
    const { marketplace } = await install();
    const entries = readdirSync(marketplace, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const { mode } = statSync(join(entry.parentPath, entry.name));
      expect(mode & 0o777).toBe(entry.isDirectory() ? 0o700 : 0o600);
    }
    expect(statSync(join(site.home, 'data', 'claude-code')).mode & 0o777).toBe(0o700);
  });

  test.each(HOSTS)('a host that $host: says what it runs, in this order', async ({ more }) => {
    const { marketplace } = await install(more);
    expect(site.said.filter((line) => line.startsWith('running: '))).toEqual([
      `running: claude plugin marketplace add ${marketplace}`,
      'running: claude plugin install airlock@airlock',
    ]);
    expect(await report(more)).toMatchObject({ plugin: { kind: 'installed', enabled: true, faults: [] } });
  });

  test.each(HOSTS)('a host that $host: once more changes nothing', async ({ more }) => {
    const first = await install(more);
    site.said.length = 0;
    expect((await install(more)).marketplace).toBe(first.marketplace);
    expect(site.said).toEqual([
      `copied to ${first.marketplace}, every file verified`,
      `running: claude plugin marketplace add ${first.marketplace}`,
    ]);
    expect(copies()).toHaveLength(1);
  });

  test.each(HOSTS)(
    'a host that $host: another build gets a folder of its own, and the host follows',
    async ({ more }) => {
      const versions = ['one', 'two', 'three'];
      const made: string[] = [];
      for (const text of versions) {
        site.build({ 'README.md': text });
        made.push((await install(more)).marketplace);
      }
      expect(new Set(made).size).toBe(3);
      const plugin = (await report(more)).plugin;
      expect(plugin).toMatchObject({ kind: 'installed', faults: [] });
      expect(readFileSync(join(plugin?.folder ?? '', 'README.md'), 'utf8')).toBe('three');
      expect(existsSync(made[0] ?? '')).toBe(false);
    },
  );

  test('a copy that was damaged is made anew, with the same name', async () => {
    const { marketplace } = await install();
    const file = join(marketplace, 'airlock', 'hooks', 'hook.sh');
    site.write(file, '#!/bin/sh\nexit 0\n');
    expect((await report()).plugin?.faults).toEqual(['hooks/hook.sh was changed']);
    expect((await install()).marketplace).toBe(marketplace);
    expect(readFileSync(file, 'utf8')).toBe('#!/bin/sh\nexit 2\n');
    expect(await report()).toMatchObject({ ok: true, plugin: { faults: [] } });
  });

  test('a plugin that was switched off in the host is switched on again', async () => {
    await install();
    site.write(join(site.home, 'fake', 'enabled'), 'false');
    expect(await report()).toMatchObject({ ok: false, plugin: { enabled: false } });
    await install();
    expect(site.said.at(-1)).toBe('running: claude plugin enable airlock@airlock');
    expect(await report()).toMatchObject({ ok: true, plugin: { enabled: true } });
  });

  test.each([
    { version: '2.1.330', open: 0 },
    { version: '2.1.290', open: 2 },
    { version: '2.1.197', open: 2 },
    { version: 'dev', open: 1 },
  ])('host version $version: says what stays open', async ({ version, open }) => {
    expect((await install({ FAKE_VERSION: version })).meaning.open).toHaveLength(open);
    expect((await report({ FAKE_VERSION: version })).ok).toBe(open === 0);
  });
});

describe('installing refuses', () => {
  test('Windows, where no daemon runs', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    await expect(install()).rejects.toThrow(expect.objectContaining({ code: 'not_supported' }));
    expect(existsSync(join(site.home, 'data', 'claude-code'))).toBe(false);
  });

  test.each([
    { what: 'a host that fails', more: { FAKE_FAILS: 'plugin marketplace' }, code: 'claude_failed' },
    { what: 'a host that says it installed but did not', more: { FAKE_LIST: '[]' }, code: 'claude_failed' },
    { what: 'a host whose list is none', more: { FAKE_LIST: 'plugins: airlock' }, code: 'claude_failed' },
    { what: 'a machine without claude', more: { PATH: '/nowhere' }, code: 'claude_not_found' },
    { what: 'claude of the current folder', more: { PATH: '.:bin' }, code: 'claude_not_found' },
  ])('$what: $code', async ({ more, code }) => {
    await expect(install(more)).rejects.toMatchObject({ code });
  });

  test('a plugin that was not built: says what to build', async () => {
    site.write(join(site.root, 'empty', 'x'), '');
    const { paths, announce } = site;
    const source = join(site.root, 'empty');
    const refused = installForUser({ source, paths, environment: site.environment(), command: COMMAND, announce });
    await expect(refused).rejects.toMatchObject({
      code: 'plugin_not_built',
      fix: expect.stringContaining('npm run build'),
    });
  });

  test(rules('LOC-030')`files that XDG variables moved: an installed hook would not find them`, () => {
    expect(() => fixedHomeOf({ XDG_STATE_HOME: '/elsewhere' })).toThrow(
      expect.objectContaining({ code: 'paths_moved' }),
    );
    expect(fixedHomeOf({})).toBeNull();
    expect(fixedHomeOf({ AIRLOCK_HOME: '/fixed', XDG_STATE_HOME: '/elsewhere' })).toBe('/fixed');
  });
});

describe('uninstalling', () => {
  test.each(HOSTS)('a host that $host forgets the plugin, and the copies go', async ({ more }) => {
    await install(more);
    const { paths, announce } = site;
    const environment = site.environment(more);
    expect(await uninstallForUser({ paths, environment, announce })).toBe(true);
    expect(copies()).toEqual([]);
    expect(await report(more)).toMatchObject({ ok: false, plugin: null });
    expect(await uninstallForUser({ paths, environment, announce })).toBe(false);
  });
});
