import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entriesBelow, hooksJson, placeFile, placeModule, sha256 } from '@airlock/adapter-claude-code';
import { rules } from '@airlock/conformance';
import { connectDaemon, resolvePaths } from '@airlock/runtime/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const PLUGIN = join(DIST, 'airlock');

const read = (file: string) => readFileSync(file, 'utf8');

describe(rules('LOC-030')`the built plugin`, () => {
  test('is a marketplace of one', () => {
    const { version } = JSON.parse(read(fileURLToPath(new URL('../../package.json', import.meta.url))));
    const marketplace = JSON.parse(read(join(DIST, '.claude-plugin', 'marketplace.json')));
    expect(marketplace).toMatchObject({
      name: 'airlock',
      plugins: [{ name: 'airlock', source: './airlock', version }],
    });
    const manifest = JSON.parse(read(join(PLUGIN, '.claude-plugin', 'plugin.json')));
    expect(manifest).toMatchObject({ name: 'airlock', version, license: 'MIT' });
    expect(readdirSync(DIST).sort()).toEqual(['.claude-plugin', 'airlock']);
    expect(readdirSync(PLUGIN).sort()).toEqual(
      ['.claude-plugin', 'LICENSE', 'README.md', 'commands', 'files.json', 'hooks', 'lib'].sort(),
    );
  });

  test('lists every file it has with its hash, and has no link', () => {
    const listed: Record<string, string> = JSON.parse(read(join(PLUGIN, 'files.json')));
    const present = entriesBelow(PLUGIN).filter((name) => name !== 'files.json');
    expect(Object.keys(listed)).toEqual(present);
    for (const name of present) {
      expect(lstatSync(join(PLUGIN, name)).isFile(), name).toBe(true);
      expect(sha256(readFileSync(join(PLUGIN, name))), name).toBe(listed[name]);
    }
  });

  test('is for this machine: its hooks and places are those of a checkout', () => {
    const place = {
      platform: process.platform,
      node: process.execPath,
      fixedHome: null,
      command: null,
      kind: 'development',
    } as const;
    expect(read(join(PLUGIN, 'hooks', 'hooks.json'))).toBe(hooksJson(place));
    expect(read(join(PLUGIN, 'hooks', 'place.txt'))).toBe(placeFile(place));
    expect(read(join(PLUGIN, 'hooks', 'place.mjs'))).toBe(placeModule(place));
  });

  test('puts nothing on the PATH of the agent and has no source maps', () => {
    expect(existsSync(join(PLUGIN, 'bin'))).toBe(false);
    expect(entriesBelow(PLUGIN).filter((name) => name.endsWith('.map'))).toEqual([]);
  });

  test('every command is the human’s alone and says what to do when its hook did not run', () => {
    for (const file of readdirSync(join(PLUGIN, 'commands'))) {
      const [, front = '', body = ''] = read(join(PLUGIN, 'commands', file)).split('---\n');
      expect(front, file).toContain('\ndisable-model-invocation: true\n');
      expect(front, file).toMatch(/^description: ".+"\n/);
      expect(body, file).toContain('its hook did not run, so nothing was done');
      expect(body, file).not.toContain('!`');
    }
    const { hooks } = JSON.parse(read(join(PLUGIN, 'hooks', 'hooks.json')));
    const matchers = hooks.UserPromptExpansion.map(({ matcher }: { matcher: string }) => `${matcher.slice(8)}.md`);
    expect(readdirSync(join(PLUGIN, 'commands')).sort()).toEqual(matchers.sort());
  });
});

/** Waits until the daemon of a home answers. */
async function answering(home: string, isRunning: () => boolean): Promise<void> {
  const paths = resolvePaths({ fixedHome: home });
  for (const end = performance.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 25))) {
    const refused = await connectDaemon(paths).then(
      () => null,
      (error: unknown) => error,
    );
    if (refused === null) return;
    if (performance.now() > end || !isRunning()) throw new Error('no daemon answers', { cause: refused });
  }
}

describe(rules('LOC-030')`a copy of the built plugin in an empty folder`, () => {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'airlock-copy-'));
  const plugin = join(root, 'elsewhere');
  const home = join(root, 'home');
  const env = { PATH: '/usr/bin:/bin', HOME: root };

  beforeAll(() => {
    cpSync(PLUGIN, plugin, { recursive: true });
    const place = {
      platform: process.platform,
      node: process.execPath,
      fixedHome: home,
      command: null,
      kind: 'installed',
    } as const;
    writeFileSync(join(plugin, 'hooks', 'place.mjs'), placeModule(place));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('its daemon runs: the native bindings are there', async () => {
    const daemon = spawn(process.execPath, [join(plugin, 'lib', 'daemon.js')], {
      env: { ...env, AIRLOCK_HOME: home },
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = once(daemon, 'exit');
    try {
      await answering(home, () => daemon.exitCode === null);
    } finally {
      daemon.kill();
    }
    expect(await ended).toEqual([0, null]);
  });

  test('its hook starts the daemon and denies: nobody is signed in', async () => {
    const input = JSON.stringify({
      session_id: 's',
      cwd: root,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: 'true' },
      tool_use_id: 'toolu_1',
    });
    const hook = spawnSync(process.execPath, [join(plugin, 'lib', 'hook.cjs'), 'PreToolUse'], {
      env,
      input,
      encoding: 'utf8',
    });
    expect(hook).toMatchObject({ status: 2 });
    expect(JSON.parse(hook.stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
    const { pid } = JSON.parse(read(join(home, 'run', 'daemon.pid')));
    process.kill(pid);
    while (existsSync(join(home, 'run', 'daemon.pid'))) await new Promise((resolve) => setTimeout(resolve, 25));
  });
});
