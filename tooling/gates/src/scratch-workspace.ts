import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A throw-away copy of the workspace's outline, for fixtures that must break a rule. */
export interface ScratchWorkspace {
  readonly root: string;
  /** Lays the files below `folder` over the workspace. */
  overlay(folder: string): void;
  remove(): void;
}

/**
 * Lays out every workspace package of the checkout at `checkout` with its real package.json and empty entries, linked by
 * name as an install would: what resolves here resolves through the real `exports` and the `@airlock/source` condition.
 * `libraries` are empty npm packages to import.
 */
export function scratchWorkspace(checkout: string, libraries: readonly string[]): ScratchWorkspace {
  const root = mkdtempSync(path.join(tmpdir(), 'airlock-scratch-'));
  const scope = path.join(root, 'node_modules', '@airlock');
  mkdirSync(scope, { recursive: true });
  cpSync(path.join(checkout, 'package.json'), path.join(root, 'package.json'));
  cpSync(path.join(checkout, 'tooling', 'tsconfig'), path.join(root, 'tooling', 'tsconfig'), { recursive: true });
  for (const folder of packageFolders(checkout)) {
    layPackage({ checkout, root, folder });
    symlinkSync(path.join(root, folder), path.join(scope, nameOf(checkout, folder).replace('@airlock/', '')));
  }
  for (const library of libraries) layLibrary(root, library);
  return {
    root,
    overlay: (folder) => {
      cpSync(folder, root, { recursive: true });
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function packageFolders(checkout: string): readonly string[] {
  return ['packages', 'packages/adapters', 'apps', 'tooling'].flatMap((parent) =>
    readdirSync(path.join(checkout, parent))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(path.join(checkout, folder, 'package.json'))),
  );
}

function layPackage({ checkout, root, folder }: { checkout: string; root: string; folder: string }): void {
  mkdirSync(path.join(root, folder, 'src'), { recursive: true });
  for (const file of ['package.json', 'tsconfig.json'])
    cpSync(path.join(checkout, folder, file), path.join(root, folder, file));
  for (const source of entriesOf(checkout, folder)) {
    mkdirSync(path.dirname(path.join(root, folder, source)), { recursive: true });
    writeFileSync(path.join(root, folder, source), 'export {};\n');
  }
}

function entriesOf(checkout: string, folder: string): readonly string[] {
  const text = readFileSync(path.join(checkout, folder, 'package.json'), 'utf8');
  return [...text.matchAll(/"@airlock\/source": "\.\/(src\/[^"]+)"/g)].map(([, file = '']) => file);
}

function nameOf(checkout: string, folder: string): string {
  const manifest = JSON.parse(readFileSync(path.join(checkout, folder, 'package.json'), 'utf8')) as { name: string };
  return manifest.name;
}

function layLibrary(root: string, name: string): void {
  const folder = path.join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  const manifest = { name, version: '1.0.0', type: 'module', exports: './index.js' };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(folder, 'index.js'), 'export {};\n');
}
