import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishTree } from '../../../../apps/claude-plugin/src/build/publish.js';
import { BUILT_PLUGIN, installedClaude, requiresClaude, versionsUnderTest } from '../../src/index.js';

const APP = fileURLToPath(new URL('../../../../apps/claude-plugin', import.meta.url));
const BUILT_MARKETPLACE = dirname(BUILT_PLUGIN);

interface Listed {
  readonly id: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly installPath: string;
}

/** A home in which nothing is, and the real program in it. */
class Home {
  readonly folder = mkdtempSync(join(realpathSync(tmpdir()), 'airlock-market-'));

  constructor(private readonly program: string) {}

  async claude(...args: string[]): Promise<{ readonly code: number | string; readonly text: string }> {
    const env = { HOME: this.folder, PATH: '/usr/bin:/bin', DISABLE_AUTOUPDATER: '1' };
    return await new Promise((resolve) => {
      execFile(this.program, args, { env, cwd: this.folder }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (error.code ?? 'signal'), text: `${stdout}${stderr}` });
      });
    });
  }

  async listed(): Promise<readonly Listed[]> {
    return JSON.parse((await this.claude('plugin', 'list', '--json')).text);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Where a published plugin would be; git is told in the home that it is a folder here. */
const REMOTE = 'https://git.example/airlock.git';
const VERSION = JSON.parse(readFileSync(join(APP, 'package.json'), 'utf8')).version;

for (const version of versionsUnderTest) {
  requiresClaude(version)(`the plugin as Claude Code ${version} installs it`, () => {
    const homes: Home[] = [];
    const home = () => {
      const made = new Home(installedClaude(version));
      homes.push(made);
      return made;
    };
    afterAll(() => {
      for (const each of homes) each.remove();
    });

    test('is valid, strictly', async () => {
      for (const folder of [BUILT_PLUGIN, BUILT_MARKETPLACE]) {
        expect(await home().claude('plugin', 'validate', '--strict', folder)).toMatchObject({ code: 0 });
      }
    });

    test('comes from the built marketplace', async () => {
      const at = home();
      expect(await at.claude('plugin', 'marketplace', 'add', BUILT_MARKETPLACE)).toMatchObject({ code: 0 });
      expect(await at.claude('plugin', 'install', 'airlock@airlock')).toMatchObject({ code: 0 });
      expect(await at.listed()).toMatchObject([{ id: 'airlock@airlock', version: VERSION, enabled: true }]);
    });

    describe('published in a git repository', () => {
      let repository: string;
      beforeAll(() => {
        const folder = mkdtempSync(join(realpathSync(tmpdir()), 'airlock-published-'));
        repository = join(folder, 'repository');
        mkdirSync(repository);
        const author = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org' };
        Object.assign(process.env, author, { GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' });
        publishTree({ app: APP, lib: join(BUILT_PLUGIN, 'lib'), out: repository });
      });
      afterAll(() => rmSync(dirname(repository), { recursive: true, force: true }));

      test('carries the whole build, and nothing of this machine', async () => {
        const at = home();
        const rewrite = `[url "file://${repository}"]\n insteadOf = ${REMOTE}\n`;
        writeFileSync(join(at.folder, '.gitconfig'), rewrite);
        const added = await at.claude('plugin', 'marketplace', 'add', `${REMOTE}#claude-plugin`);
        expect(added).toMatchObject({ code: 0 });
        expect(await at.claude('plugin', 'install', 'airlock@airlock')).toMatchObject({ code: 0 });
        const [plugin] = await at.listed();
        expect(plugin).toMatchObject({ id: 'airlock@airlock', version: VERSION, enabled: true });
        const path = plugin?.installPath ?? '';
        const files: object = JSON.parse(readFileSync(join(path, 'files.json'), 'utf8'));
        for (const name of Object.keys(files)) expect(existsSync(join(path, name)), name).toBe(true);
        const bindings = Object.keys(files).filter((name) => name.includes('/@photostructure/sqlite/prebuilds/'));
        for (const system of ['linux-x64', 'linux-arm64', 'darwin-arm64'])
          expect(
            bindings.some((name) => name.includes(`/${system}/`)),
            system,
          ).toBe(true);
        expect(bindings.filter((name) => name.includes('/win32-'))).toEqual([]);
        for (const name of ['hooks.json', 'place.txt', 'place.mjs']) {
          const text = readFileSync(join(path, 'hooks', name), 'utf8');
          expect(text, name).not.toContain(process.execPath);
          expect(text, name).not.toContain('daemon.sock');
        }
      });
    });
  });
}
