import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { changedPins } from '@airlock/policy';
import type { PolicyPattern } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { patternFacts } from '../../src/client.js';
import { file, scratch } from '../facts/scratch.js';

/** A project with programs of its own; the pins of a pattern there, with more variables or other files each time. */
function project() {
  const home = scratch();
  const cwd = join(home, 'shop');
  for (const name of ['npm', 'cargo', 'tool', 'timeout', 'make', 'git', 'psql', 'c8'])
    file(join(home, 'bin', name), '#!/bin/sh\n');
  file(join(cwd, 'package.json'), '{"scripts":{"test":"a"}}', 0o644);
  const pins = async (text: string, variables: Record<string, string> = {}) => {
    const environment = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, ...variables };
    return await patternFacts(text, { cwd, environment });
  };
  return { home, cwd, pins };
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);

describe(rules('INV-34')`the caller sets a variable by which an approved command runs another program`, () => {
  test.each([
    ['cargo test', 'CARGO_BUILD_RUSTC_WRAPPER'],
    ['cargo test', 'CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER'],
    ['cargo test', 'RUSTC_WORKSPACE_WRAPPER'],
    ['npm test', 'NPM_CONFIG_SCRIPT_SHELL'],
    ['npm test', 'npm_config_globalconfig'],
    ['npm test', 'Npm_Config_Shell'],
    ['npm test', 'TS_NODE_REQUIRE'],
    ['npm test', 'YARN_RC_FILENAME'],
    ['tool', 'RIPGREP_CONFIG_PATH'],
    ['tool', 'TAR_OPTIONS'],
    ['tool', 'RSYNC_RSH'],
    ['tool', 'PYTEST_ADDOPTS'],
    ['tool', 'PYTEST_PLUGINS'],
    ['tool', 'R_PROFILE_X'],
    ['tool', 'JULIA_LOAD_PATH'],
    ['tool', 'LESS'],
    ['tool', 'CMAKE_C_COMPILER_LAUNCHER'],
    ['tool', 'AR'],
    ['tool', 'CFLAGS'],
    ['tool', 'VIMINIT'],
    ['tool', 'GRADLE_USER_HOME'],
    ['tool', 'SBT_OPTS'],
    ['tool', 'TF_CLI_ARGS_plan'],
    ['tool', 'DOCKER_CONTEXT'],
    ['tool', 'KUBE_EDITOR'],
    ['tool', 'GOENV'],
    ['tool', 'FPATH'],
  ])('%s with %s', async (text, name) => {
    const { pins } = project();
    const [before, after, other] = [
      await pins(text),
      await pins(text, { [name]: './evil' }),
      await pins(text, { [name]: 'x' }),
    ];
    expect(after.environmentSha256).not.toBe(before.environmentSha256);
    expect(after.environmentSha256).not.toBe(other.environmentSha256);
  });

  test.each([
    'TERM',
    'COLUMNS',
    'TOKEN',
    'GITHUB_TOKEN',
    'GH_TOKEN',
    'LANG',
    'LC_ALL',
    'SHLVL',
    'PWD',
    'OLDPWD',
    '_',
    'TERM_PROGRAM',
    'SSH_AUTH_SOCK',
    'SSH_CONNECTION',
    'CLAUDECODE',
    'CLAUDE_CODE_ENTRYPOINT',
    'AIRLOCK_RUN',
    'DISPLAY',
    'CI',
  ])('what says nothing about code ends no pattern: %s', async (name) => {
    const { pins } = project();
    expect((await pins('npm test', { [name]: hash(name) })).environmentSha256).toBe(
      (await pins('npm test')).environmentSha256,
    );
  });
});

describe(rules('INV-34')`a repository without a work tree is planted in the folder of a pattern`, () => {
  test('git takes it before the one further up, and so do the pins', async () => {
    const { cwd, pins } = project();
    file(join(cwd, '..', '.git/config'), '[core]\n\tbare = false\n', 0o644);
    const before = await pins('git status');
    file(join(cwd, 'HEAD'), 'ref: refs/heads/main\n', 0o644);
    file(join(cwd, 'objects/.keep'), '', 0o644);
    file(join(cwd, 'refs/.keep'), '', 0o644);
    file(join(cwd, 'config'), '[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = ./evil\n', 0o644);
    const after = await pins('git status');
    expect(after.configuration).not.toEqual(before.configuration);
    expect(after.configuration.map(({ name }) => name)).toContain('config: [core]');
  });

  test('an empty .git in between hides nothing', async () => {
    const { cwd, home, pins } = project();
    file(join(home, '.git/config'), '[alias]\n\tx = y\n', 0o644);
    const before = await pins('git status');
    mkdirSync(join(cwd, '.git'));
    expect((await pins('git status')).configuration).toEqual(before.configuration);
  });
});

describe(rules('INV-34')`a branch is sent to another place by the address in its own section`, () => {
  test.each([
    '[branch "main"]\n\tpushRemote = https://evil.example/shop.git\n',
    '[branch "main"]\n\tremote = ext::sh -c ./evil\n',
    '[branch "main"]\n\tremote = /tmp/evil\n',
    '[branch "main"]\n\tremote = ../evil\n',
  ])('%j', async (text) => {
    const { cwd, pins } = project();
    const config = file(join(cwd, '.git/config'), '[core]\n\tbare = false\n', 0o644);
    const before = await pins('git push');
    writeFileSync(config, `[core]\n\tbare = false\n${text}`);
    expect((await pins('git push')).configuration).not.toEqual(before.configuration);
  });
});

describe(rules('INV-34')`what an approved wrapper runs is replaced`, () => {
  test.each([
    ['timeout 60 ./build.sh', 'shop/build.sh'],
    ['timeout 60 tool', 'bin/tool'],
    ['env CI=1 ./build.sh', 'shop/build.sh'],
    ['timeout 60 make test', 'shop/Makefile'],
    ['timeout 60 npm test', 'shop/.npmrc'],
    ['timeout 60 npm test', 'shop/package.json'],
    ['c8 ./build.sh', 'shop/build.sh'],
    ['psql -f change.sql', 'shop/change.sql'],
    ['psql -f change.sql', '.psqlrc'],
  ])('%s: %s', async (text, path) => {
    const { home, pins } = project();
    const file1 = file(join(home, path), '#!/bin/sh\n{"scripts":{"test":"a"}}');
    const before = await pins(text);
    writeFileSync(file1, '#!/bin/sh\n{"scripts":{"test":"./evil"}}');
    expect((await pins(text)).configuration).not.toEqual(before.configuration);
  });

  test('another program of that name comes first in PATH, or leads elsewhere', async () => {
    const { home, pins } = project();
    const before = await pins('timeout 60 tool');
    const PATH = `${home}/evil:${home}/bin:/usr/bin:/bin`;
    file(join(home, 'evil/tool'), '#!/bin/sh\n');
    const after = await pins('timeout 60 tool', { PATH });
    expect(after.configuration).not.toEqual(before.configuration);
  });
});

describe(rules('INV-34')`another package is installed, whose own scripts run`, () => {
  test.each(['npm ci', 'npm install', 'npm i --no-audit', 'npm update'])('%s', async (text) => {
    const { cwd, pins } = project();
    const before = await pins(text);
    file(join(cwd, 'package.json'), '{"scripts":{"test":"a"},"dependencies":{"evil":"1.0.0"}}', 0o644);
    const changed = await pins(text);
    expect(changed.configuration).not.toEqual(before.configuration);
    file(join(cwd, 'package-lock.json'), '{"packages":{"evil":{}}}', 0o644);
    expect((await pins(text)).configuration).not.toEqual(changed.configuration);
  });
});

describe(rules('INV-34')`a startup file of the shell gives an approved command another meaning`, () => {
  test.each([
    ['zsh', '.zshenv', 'npm test'],
    ['zsh', '.zshrc', 'echo hello'],
    ['bash', '.bashrc', 'npm test'],
    ['bash', '.profile', 'echo hello'],
    ['sh', '.profile', 'npm test'],
  ])('%s: %s, %s', async (shell, path, text) => {
    const { home, cwd, pins } = project();
    const environment = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` };
    file(join(home, path), 'a', 0o644);
    const before = await patternFacts(text, { cwd, environment, shell });
    writeFileSync(join(home, path), 'alias npm=./evil echo=./evil');
    const after = await patternFacts(text, { cwd, environment, shell });
    const now = (facts: PolicyPattern, by: string | undefined) => ({
      action: by === undefined ? { cwd } : { cwd, shell: by },
      facts: { environmentSha256: facts.environmentSha256 },
      command: {
        argv: text.split(' '),
        program: facts.program ?? null,
        interpreters: facts.interpreters ?? [],
        configuration: facts.configuration,
      },
    });
    expect(changedPins(before, now(before, before.shell))).toEqual([]);
    expect(changedPins(before, now(after, before.shell))).toEqual([`shell: ~/${path} changed`]);
    const without = await pins(text);
    expect(changedPins({ ...before, program: without.program }, now(without, undefined))).toEqual([]);
  });

  test('of the folder that ZDOTDIR names', async () => {
    const { home, cwd } = project();
    const environment = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin`, ZDOTDIR: join(home, 'z') };
    const before = await patternFacts('npm test', { cwd, environment, shell: 'zsh' });
    file(join(home, 'z/.zshenv'), 'alias npm=./evil', 0o644);
    const after = await patternFacts('npm test', { cwd, environment, shell: 'zsh' });
    expect(after.configuration).not.toEqual(before.configuration);
  });
});
