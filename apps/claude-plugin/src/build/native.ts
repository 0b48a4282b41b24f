import { cpSync, existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Where the bindings come from and go to. */
export interface NativeCopy {
  readonly app: string;
  /** Folder that gets `node_modules`. */
  readonly lib: string;
  /** For every POSIX system that there is a binding for, not only for this one. */
  readonly everyPlatform: boolean;
}

/** What a binding needs at run time beside its compiled part. */
const KEPT = /^(package\.json|LICENSE[^/]*|[^/]+\.js|dist|dist\/index\.[cm]?js|[^/]+\.node)$/;

/** Copies the packages that a bundle cannot contain, without what only building them needs. */
export function copyNativeDependencies({ app, lib, everyPlatform }: NativeCopy): void {
  const target = path.join(lib, 'node_modules');
  rmSync(target, { recursive: true, force: true });
  const sqlite = packageFolder(path.join(app, 'node_modules'), '@photostructure/sqlite');
  copyPackage(sqlite, path.join(target, '@photostructure/sqlite'));
  const prebuilds = path.join(sqlite, 'prebuilds');
  const mine = `${process.platform}-${process.arch}`;
  for (const platform of readdirSync(prebuilds).filter((name) =>
    everyPlatform ? !name.startsWith('win32') : name === mine,
  )) {
    const to = path.join(target, '@photostructure/sqlite', 'prebuilds', platform);
    cpSync(path.join(prebuilds, platform), to, { recursive: true });
  }
  copyPackage(packageFolder(siblings(sqlite, 2), 'node-gyp-build'), path.join(target, 'node-gyp-build'));
  copyKeyring(app, target);
}

/** The keychain binding is optional; its compiled part is a package for each platform, of which the installed ones go. */
function copyKeyring(app: string, target: string): void {
  if (!existsSync(path.join(app, 'node_modules', '@napi-rs', 'keyring'))) return;
  const keyring = packageFolder(path.join(app, 'node_modules'), '@napi-rs/keyring');
  const scope = siblings(keyring, 1);
  for (const name of readdirSync(scope).filter((each) => each.startsWith('keyring'))) {
    copyPackage(packageFolder(scope, name), path.join(target, '@napi-rs', name));
  }
}

function packageFolder(modules: string, name: string): string {
  return realpathSync(path.join(modules, name));
}

function siblings(folder: string, levels: number): string {
  return path.join(folder, ...Array.from({ length: levels }, () => '..'));
}

function copyPackage(from: string, to: string): void {
  const isKept = (file: string) => file === from || KEPT.test(path.relative(from, file).split(path.sep).join('/'));
  cpSync(from, to, { recursive: true, filter: isKept });
}
