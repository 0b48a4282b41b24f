import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RuntimePaths, resolvePaths } from '@airlock/runtime/client';
import type { Environment } from '../../src/install/host-program.js';
import { fileListText, sha256 } from '../../src/install/plugin-bytes.js';

const FAKE = fileURLToPath(new URL('./fake-claude.sh', import.meta.url));

/** Files of a small plugin that is put together as a build does. */
const FILES: Readonly<Record<string, string>> = {
  '.claude-plugin/plugin.json': '{"name":"airlock","version":"1.2.3"}\n',
  'hooks/hook.sh': '#!/bin/sh\nexit 2\n',
  'hooks/gate.mjs': 'export const register = () => undefined;\n',
  'lib/hook.cjs': 'process.exit(2);\n',
  'lib/node_modules/binding/binding.node': 'machine code',
  'README.md': '# Airlock\n',
};

/** One machine of a user in a folder of its own: a home, a fake `claude`, a built plugin. */
export class InstallSite {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'airlock-install-')));
  readonly source = join(this.root, 'built');
  readonly home = join(this.root, 'home');
  readonly said: string[] = [];

  constructor() {
    for (const folder of [this.home, join(this.home, 'data')]) mkdirSync(folder, { mode: 0o700 });
    this.write(join(this.root, 'bin', 'claude'), `#!/bin/sh\nexec /bin/sh '${FAKE}' "$@"\n`, 0o755);
    this.build();
  }

  get paths(): RuntimePaths {
    return resolvePaths({ fixedHome: this.home });
  }

  get plugin(): string {
    return join(this.source, 'airlock');
  }

  /** What the fake program was run with. */
  get runs(): readonly string[] {
    return readFileSync(join(this.home, 'fake', 'log'), 'utf8')
      .trim()
      .split('\n');
  }

  environment(more: Readonly<Record<string, string>> = {}): Environment {
    return { PATH: join(this.root, 'bin'), HOME: this.home, ...more };
  }

  /** Builds the plugin, with other files where they are given. */
  build(files: Readonly<Record<string, string>> = {}): void {
    const all = { ...FILES, ...files };
    for (const [name, text] of Object.entries(all)) this.write(join(this.plugin, name), text);
    const hashes = Object.fromEntries(Object.entries(all).map(([name, text]) => [name, sha256(text)]));
    this.write(join(this.plugin, 'files.json'), fileListText(hashes));
    this.write(join(this.source, '.claude-plugin', 'marketplace.json'), '{"name":"airlock"}\n');
  }

  write(file: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }

  announce = (line: string): void => {
    this.said.push(line);
  };

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
