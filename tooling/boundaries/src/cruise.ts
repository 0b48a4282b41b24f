import { readdirSync } from 'node:fs';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { boundaryRules } from './rules.js';

/** One broken rule. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** What the cruiser saw of a checkout. */
export interface Cruise {
  readonly violations: readonly Violation[];
  /** Source and test files it visited. */
  readonly modules: readonly string[];
  /** Imports from one workspace package to another that it could follow. */
  readonly crossings: number;
}

const IGNORED = '(?:^|/)(?:node_modules|dist|fixtures|vectors|coverage)/';

/** Follows every import of packages/ and apps/ below `root`, through the source condition of the workspace packages. */
export async function cruiseCheckout(root: string): Promise<Cruise> {
  const { output } = await cruise(
    ['packages', 'apps'],
    {
      baseDir: root,
      ruleSet: { forbidden: boundaryRules() },
      validate: true,
      exclude: { path: '(?:^|/)(?:dist|fixtures|vectors|coverage)/|[.]config[.]ts$' },
      doNotFollow: { path: 'node_modules' },
      tsPreCompilationDeps: true,
      combinedDependencies: false,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['@airlock/source', 'types', 'import', 'node', 'default'],
        extensions: ['.ts', '.js', '.mjs', '.json'],
      },
    },
    { extensionAlias: { '.js': ['.ts', '.js'] } },
  );
  if (typeof output === 'string') throw new TypeError('dependency-cruiser answered with text instead of a result');
  return summarize(output);
}

function summarize({ modules, summary }: ICruiseResult): Cruise {
  const own = modules.filter(({ source }) => /^(?:packages|apps)\//.test(source) && !new RegExp(IGNORED).test(source));
  const crossings = own.flatMap(({ source, dependencies }) =>
    dependencies.filter(
      ({ resolved }) => /^(?:packages|apps)\//.test(resolved) && packageOf(resolved) !== packageOf(source),
    ),
  );
  return {
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    modules: own.map(({ source }) => source),
    crossings: crossings.length,
  };
}

function packageOf(file: string): string {
  return /^(?:packages\/adapters|packages|apps)\/[^/]+/.exec(file)?.[0] ?? file;
}

/** Shipped TypeScript files on disk; the cruiser must have seen each of them, or it passes blind. */
export function shippedFiles(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'fixtures'].includes(entry.name) ? [] : shippedFiles(root, file);
    return file.endsWith('.ts') && file.includes('/src/') ? [file] : [];
  });
}
