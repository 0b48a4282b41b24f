import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One file of the checkout: path relative to the root, with `/`, and its text. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** One finding: `file:line what`, printed as it is. */
export type Finding = string;

const IGNORED = new Set(['node_modules', 'dist', 'fixtures', 'vectors', 'coverage', '.turbo', 'reports']);
const CODE = /\.(?:ts|mts|cts|js|mjs|cjs)$/;
/** The bundler's own copy of a configuration, there for as long as a build that runs beside the gates takes. */
const PASSING = /\.bundled_[^/]*\.mjs$/;

/** Paths of all files below the given folders, without build outputs, fixtures and vectors. */
export function listFiles(root: string, folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : listFiles(root, [file]);
      return [file];
    }),
  );
}

/** Every code file of packages/, apps/, tooling/ and of the examples in docs/. */
export function readSources(root: string): readonly SourceFile[] {
  return listFiles(root, ['packages', 'apps', 'tooling', 'docs'])
    .filter((file) => CODE.test(file) && !PASSING.test(file))
    .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));
}

/** Whether a file is test code: below a `test` folder, or a `*.test.ts`. */
export function isTestFile(file: string): boolean {
  return file.includes('/test/') || file.endsWith('.test.ts');
}
