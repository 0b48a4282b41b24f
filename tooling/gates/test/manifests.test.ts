import { describe, expect, it } from 'vitest';
import { judgeManifests, type PackageManifest, parseCatalog } from '../src/manifests.js';

const good: PackageManifest = {
  name: '@airlock/x',
  dependencies: { '@airlock/protocol': 'workspace:*', zod: 'catalog:' },
  devDependencies: { vitest: 'catalog:' },
  airlock: { dependencyReasons: { zod: 'schemas of wire messages' } },
};
const catalog = { zod: '4.6.7', vitest: '4.1.12' };
const judge = (manifest: PackageManifest, pins: Record<string, string> = catalog) =>
  judgeManifests({ manifests: new Map([['p/package.json', manifest]]), catalog: pins });

describe('the dependency gate', () => {
  it('accepts one exact version of everything, with reasons', () => {
    expect(judge(good)).toEqual([]);
  });

  it.each<[string, PackageManifest, Record<string, string>, string]>([
    [
      'a dependency without a reason',
      { ...good, airlock: {} },
      catalog,
      'p/package.json: zod has no reason in airlock.dependencyReasons',
    ],
    [
      'an optional dependency without a reason',
      { ...good, optionalDependencies: { vitest: 'catalog:' } },
      catalog,
      'p/package.json: vitest has no reason in airlock.dependencyReasons',
    ],
    [
      'a stale reason',
      { ...good, airlock: { dependencyReasons: { zod: 'schemas of wire messages', ws: 'sockets of the past' } } },
      catalog,
      'p/package.json: the reason for ws is stale',
    ],
    [
      'a version outside of the catalog',
      { ...good, devDependencies: { vitest: '^4.0.0' } },
      catalog,
      'p/package.json: vitest must be "catalog:", it is "^4.0.0"',
    ],
    [
      'a workspace package with a version',
      { ...good, devDependencies: { vitest: 'catalog:', '@airlock/crypto': '0.0.0' } },
      catalog,
      'p/package.json: @airlock/crypto must be "workspace:*"',
    ],
    [
      'a range in the catalog',
      good,
      { ...catalog, zod: '^4.6.7' },
      'pnpm-workspace.yaml: zod is pinned to "^4.6.7", not to one version',
    ],
    [
      'a tag in the catalog',
      good,
      { ...catalog, zod: 'latest' },
      'pnpm-workspace.yaml: zod is pinned to "latest", not to one version',
    ],
    [
      'an unused pin',
      good,
      { ...catalog, ws: '8.0.0' },
      'pnpm-workspace.yaml: ws is in the catalog but nobody uses it',
    ],
    [
      'a missing pin',
      { ...good, devDependencies: { vitest: 'catalog:', ws: 'catalog:' } },
      catalog,
      'p/package.json: ws is not in the catalog of pnpm-workspace.yaml',
    ],
  ])('fails on %s', (_what, manifest, pins, finding) => {
    expect(judge(manifest, pins)).toEqual([finding]);
  });

  it('reads the catalog of a workspace file', () => {
    const yaml =
      "packages:\n  - packages/*\n\n# note\ncatalog:\n  '@noble/hashes': 2.4.0\n  # why\n  zod: ^4.6.7\n\nonlyBuiltDependencies:\n  - esbuild\n";
    expect(parseCatalog(yaml)).toEqual({ '@noble/hashes': '2.4.0', zod: '^4.6.7' });
  });
});
