import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requires } from '@airlock/conformance/requires';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  installManaged,
  managedFaults,
  managedMarketplace,
  uninstallManaged,
} from '../../src/install/managed-install.js';
import { type ManagedPlaces, managedPlaces } from '../../src/install/managed-settings.js';
import { claudeReport } from '../../src/install/status.js';
import { InstallSite } from '../support/install-site.js';

const place = {
  platform: 'linux',
  node: null,
  fixedHome: '/home/x',
  command: '/opt/main.js',
  kind: 'installed',
} as const;

requires('root', process.getuid?.() === 0)('an installation for a machine', () => {
  let site: InstallSite;
  let places: ManagedPlaces;
  beforeEach(() => {
    site = new InstallSite();
    places = managedPlaces('linux', join(site.root, 'image'));
  });
  afterEach(() => site.close());

  const install = () => installManaged({ source: site.source, places, place });
  const dropIn = (name: string, settings: unknown) =>
    writeFileSync(join(places.settingsFolder, 'managed-settings.d', name), JSON.stringify(settings));

  test('everybody can read it, nobody else can write it, and it stands', () => {
    const { marketplace, settingsFile } = install();
    expect(marketplace.startsWith(join(site.root, 'image', 'opt', 'airlock', 'claude-code'))).toBe(true);
    expect(settingsFile).toBe(join(site.root, 'image', 'etc', 'claude-code', 'managed-settings.d', 'airlock.json'));
    for (const entry of readdirSync(marketplace, { recursive: true, withFileTypes: true })) {
      const { mode, uid } = statSync(join(entry.parentPath, entry.name));
      expect([uid, mode & 0o777]).toEqual([0, entry.isDirectory() ? 0o755 : 0o644]);
    }
    expect(managedFaults(places, null)).toEqual([]);
    expect(managedMarketplace(places)).toBe(marketplace);
  });

  test('status finds it without asking the host, and nothing switches it off', async () => {
    install();
    site.write(join(site.root, 'work', '.claude', 'settings.json'), '{"disableAllHooks":true}');
    const root = join(site.root, 'image');
    const question = { paths: site.paths, environment: site.environment(), cwd: join(site.root, 'work'), root };
    const report = await claudeReport(question);
    expect(report).toMatchObject({ ok: true, plugin: { kind: 'managed', enabled: true, faults: [] }, findings: [] });
  });

  const hook = () => join(managedMarketplace(places) ?? '', 'airlock', 'hooks', 'hook.sh');
  test.each([
    [
      'another drop-in takes hooks back',
      () => dropIn('zz.json', { allowManagedHooksOnly: false }),
      /allowManagedHooksOnly/,
    ],
    ['another drop-in switches hooks off', () => dropIn('zz.json', { disableAllHooks: true }), /disableAllHooks/],
    [
      'another drop-in lets marketplaces in',
      () => dropIn('zz.json', { strictKnownMarketplaces: [] }),
      /strictKnownMarketplaces/,
    ],
    [
      'a broken drop-in',
      () => writeFileSync(join(places.settingsFolder, 'managed-settings.d', 'zz.json'), '{'),
      /no JSON object/,
    ],
    ['our settings are gone', () => writeFileSync(places.settingsFile, '{}'), /names no marketplace/],
    ['a file that others can write', () => chmodSync(hook(), 0o666), /can be written by others/],
    ['a folder that others can write', () => chmodSync(join(places.copies), 0o777), /can be written by others/],
    ['a file of another user', () => chownSync(hook(), 12_345, 0), /belongs to uid 12345/],
    ['settings of another user', () => chownSync(places.settingsFile, 12_345, 0), /belongs to uid 12345/],
    ['other bytes', () => writeFileSync(hook(), 'exit 0\n'), /hook\.sh was changed/],
  ])('%s is seen', (_, damage, says) => {
    install();
    damage();
    expect(managedFaults(places, null).join('; ')).toMatch(says);
  });

  test('a drop-in that says more, and nothing against it, is fine', () => {
    install();
    dropIn('zz.json', { model: 'x', disableAllHooks: false });
    expect(managedFaults(places, null)).toEqual([]);
  });

  test('Node that somebody else can replace: refused, and nothing is written', () => {
    const node = join(site.root, 'node');
    site.write(node, '#!/bin/sh\n', 0o755);
    chownSync(node, 12_345, 0);
    expect(() => installManaged({ source: site.source, places, place: { ...place, node } })).toThrow(
      expect.objectContaining({ code: 'managed_place_insecure' }),
    );
    expect(existsSync(places.settingsFile)).toBe(false);
  });

  test('another build: the settings follow, the copy before stays, older ones go', () => {
    const made = ['one', 'two', 'three'].map((text) => {
      site.build({ 'README.md': text });
      return install().marketplace;
    });
    expect(managedMarketplace(places)).toBe(made[2]);
    expect(made.map((each) => existsSync(each))).toEqual([false, true, true]);
    expect(readFileSync(places.settingsFile, 'utf8')).toContain(made[2]);
  });

  test('uninstalled: settings and copies are gone', () => {
    install();
    expect(uninstallManaged(places)).toBe(true);
    expect([existsSync(places.settingsFile), existsSync(places.copies)]).toEqual([false, false]);
    expect(uninstallManaged(places)).toBe(false);
  });
});

test('whoever is not root is refused, with what to type', () => {
  const { getuid } = process;
  const site = new InstallSite();
  try {
    process.getuid = () => 1000;
    const attempt = () => installManaged({ source: site.source, places: managedPlaces('linux', site.root), place });
    expect(attempt).toThrow(expect.objectContaining({ code: 'needs_root', fix: expect.stringContaining('sudo') }));
  } finally {
    Object.assign(process, { getuid });
    site.close();
  }
});
