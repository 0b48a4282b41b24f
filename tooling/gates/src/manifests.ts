import type { Finding } from './sources.js';

/** The members of a package.json that the gate reads. */
export interface PackageManifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly airlock?: { readonly dependencyReasons?: Readonly<Record<string, string>> };
}

/** Every package.json of the checkout by path, and the catalog of pnpm-workspace.yaml. */
export interface Dependencies {
  readonly manifests: ReadonlyMap<string, PackageManifest>;
  readonly catalog: Readonly<Record<string, string>>;
}

const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** One version of everything, exact, in the catalog; every npm dependency that ships has a reason, no reason is stale. */
export function judgeManifests({ manifests, catalog }: Dependencies): readonly Finding[] {
  const used = new Set<string>();
  const findings: Finding[] = [];
  for (const [file, manifest] of manifests) {
    for (const [name, range] of Object.entries(allDependencies(manifest))) {
      used.add(name);
      findings.push(...judgeRange({ file, name, range, catalog }));
    }
    findings.push(...judgeReasons(file, manifest));
  }
  for (const [name, version] of Object.entries(catalog)) {
    if (!EXACT.test(version))
      findings.push(`pnpm-workspace.yaml: ${name} is pinned to "${version}", not to one version`);
    if (!used.has(name)) findings.push(`pnpm-workspace.yaml: ${name} is in the catalog but nobody uses it`);
  }
  return findings;
}

function allDependencies(manifest: PackageManifest): Record<string, string> {
  return { ...shipped(manifest), ...manifest.devDependencies };
}

function shipped(manifest: PackageManifest): Record<string, string> {
  return { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
}

function judgeRange(entry: {
  file: string;
  name: string;
  range: string;
  catalog: Dependencies['catalog'];
}): readonly Finding[] {
  const { file, name, range, catalog } = entry;
  if (name.startsWith('@airlock/')) return range === 'workspace:*' ? [] : [`${file}: ${name} must be "workspace:*"`];
  if (range !== 'catalog:') return [`${file}: ${name} must be "catalog:", it is "${range}"`];
  return name in catalog ? [] : [`${file}: ${name} is not in the catalog of pnpm-workspace.yaml`];
}

function judgeReasons(file: string, manifest: PackageManifest): readonly Finding[] {
  const reasons = manifest.airlock?.dependencyReasons ?? {};
  const external = Object.keys(shipped(manifest)).filter((name) => !name.startsWith('@airlock/'));
  return [
    ...external
      .filter((name) => (reasons[name] ?? '').length < 8)
      .map((name) => `${file}: ${name} has no reason in airlock.dependencyReasons`),
    ...Object.keys(reasons)
      .filter((name) => !external.includes(name))
      .map((name) => `${file}: the reason for ${name} is stale`),
  ];
}

/** The `catalog:` block of a pnpm-workspace.yaml: one `name: version` a line, names quoted where they must be. */
export function parseCatalog(yaml: string): Record<string, string> {
  const block = /^catalog:\n((?: {2}.*\n|\s*#.*\n|\n)*)/m.exec(yaml)?.[1] ?? '';
  const entries = [...block.matchAll(/^ {2}'?([^\s':]+)'?: (\S+)$/gm)];
  return Object.fromEntries(entries.map(([, name = '', version = '']) => [name, version]));
}
