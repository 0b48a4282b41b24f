/** One public entry: the declarations that are reported, and the report's name. */
export interface Surface {
  readonly folder: string;
  readonly declarations: string;
  readonly report: string;
}

/** Packages that others may build on. The report of each entry is reviewed like code. */
export const PUBLIC_PACKAGES = ['packages/protocol', 'packages/crypto', 'packages/enforcer', 'packages/gateway-client'];

/** Every public entry of {@link PUBLIC_PACKAGES}. */
export const SURFACES: readonly Surface[] = [
  { folder: 'packages/protocol', declarations: 'dist/index.d.ts', report: 'protocol' },
  { folder: 'packages/crypto', declarations: 'dist/index.d.ts', report: 'crypto' },
  { folder: 'packages/enforcer', declarations: 'dist/index.d.ts', report: 'enforcer' },
  { folder: 'packages/gateway-client', declarations: 'dist/index.d.ts', report: 'gateway-client' },
  { folder: 'packages/gateway-client', declarations: 'dist/node.d.ts', report: 'gateway-client-node' },
];
