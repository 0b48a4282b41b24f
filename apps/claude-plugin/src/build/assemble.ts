import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hooksJson, placeFile, placeModule, type PluginPlace } from '@airlock/adapter-claude-code';
import { filesText } from './files.js';
import { marketplaceText, pluginText } from './manifests.js';
import { copyNativeDependencies } from './native.js';

/** What a build is made from and into. */
export interface Assembly {
  /** Folder of this application. */
  readonly app: string;
  /** Folder of the marketplace; the bundled programs are in its `airlock/lib` already. */
  readonly dist: string;
  /** `published`: the bindings of every platform that can be had, and no place of this machine. */
  readonly kind: 'development' | 'published';
}

/** Puts the plugin together around its bundled programs, as a marketplace of one. */
export function assemble({ app, dist, kind }: Assembly): void {
  const plugin = path.join(dist, 'airlock');
  const manifest: unknown = JSON.parse(readFileSync(path.join(app, 'package.json'), 'utf8'));
  for (const name of ['hooks', 'commands', '.claude-plugin'])
    rmSync(path.join(plugin, name), { recursive: true, force: true });
  cpSync(path.join(app, 'plugin'), plugin, { recursive: true });
  cpSync(path.join(app, '..', '..', 'LICENSE'), path.join(plugin, 'LICENSE'));
  chmodSync(path.join(plugin, 'hooks', 'hook.sh'), 0o755);
  write(path.join(plugin, '.claude-plugin', 'plugin.json'), pluginText(manifest));
  write(path.join(dist, '.claude-plugin', 'marketplace.json'), marketplaceText(manifest));
  // Without it Node reads every program twice to find out of which kind it is.
  write(path.join(plugin, 'lib', 'package.json'), '{"type":"module"}\n');
  writePlaces(plugin, kind);
  copyNativeDependencies({ app, lib: path.join(plugin, 'lib'), everyPlatform: kind === 'published' });
  write(path.join(plugin, 'files.json'), filesText(plugin));
}

function writePlaces(plugin: string, kind: Assembly['kind']): void {
  const isPublished = kind === 'published';
  const place: PluginPlace = {
    // One build is for every POSIX system, whoever builds it. On Windows its hooks cannot start, which blocks.
    platform: isPublished ? 'linux' : process.platform,
    node: isPublished ? null : process.execPath,
    fixedHome: null,
    command: null,
    kind,
  };
  const hooks = path.join(plugin, 'hooks');
  write(path.join(hooks, 'hooks.json'), hooksJson(place));
  write(path.join(hooks, 'place.txt'), placeFile(place));
  write(path.join(hooks, 'place.mjs'), placeModule(place));
}

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
