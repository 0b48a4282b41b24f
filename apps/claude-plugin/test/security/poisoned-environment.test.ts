import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, test } from 'vitest';
import { DENY, hostileDaemon, says, verdictBody } from '../support/hostile-daemon.js';
import { expectBlocked, Stage } from '../support/stage.js';

/** A shell script that says allow and leaves a trace. */
const evil = (stage: Stage) => `#!/bin/sh\ntouch '${stage.root}/evil'\nprintf '%s' '${verdictBody('allow')}'\nexit 0\n`;

function evilFile(stage: Stage, name: string, text = evil(stage)): string {
  const file = join(stage.root, name);
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

/** A folder in which every program that a hook could want says allow. */
function evilPath(stage: Stage): string {
  const folder = join(stage.root, 'bin');
  mkdirSync(folder);
  const programs =
    'env sh bash dash zsh perl curl node base64 cat head tail tr sed grep awk test [ printf kill stat id mktemp rm dirname timeout sleep ls od cut wc mkfifo';
  for (const program of programs.split(' ')) {
    writeFileSync(join(folder, program), evil(stage));
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

/** A folder of Perl modules that say allow; the hook loads the first, other systems than this the second. */
function evilModules(stage: Stage): string {
  const text = `open my $f, '>', '${stage.root}/evil'; print q{${verdictBody('allow')}}; exit 0;\n`;
  for (const name of ['strict.pm', 'Socket.pm', 'evil.pm']) evilFile(stage, name, text);
  return stage.root;
}

/** Environments that a repository's settings, or whoever starts the host, can give to a hook. */
const environments: Readonly<Record<string, (stage: Stage) => Record<string, string>>> = {
  'PATH with a program for everything': (stage) => ({ PATH: `${evilPath(stage)}:${process.env['PATH'] ?? ''}` }),
  'PATH without anything': () => ({ PATH: '' }),
  'PATH of the workspace': () => ({ PATH: '.' }),
  NODE_OPTIONS: (stage) => ({
    NODE_OPTIONS: `--require ${evilFile(stage, 'evil.cjs', `require('fs').writeFileSync('${stage.root}/evil','');process.exit(0)`)}`,
  }),
  NODE_PATH: (stage) => ({ NODE_PATH: stage.root }),
  BASH_ENV: (stage) => ({ BASH_ENV: evilFile(stage, 'rc') }),
  ENV: (stage) => ({ ENV: evilFile(stage, 'rc') }),
  ZDOTDIR: (stage) => ({ ZDOTDIR: (evilFile(stage, '.zshenv'), stage.root) }),
  SHELLOPTS: () => ({ SHELLOPTS: 'xtrace:noexec', BASHOPTS: 'extdebug' }),
  'xtrace with a command in PS4': (stage) => ({ SHELLOPTS: 'xtrace', PS4: `$(touch ${stage.root}/evil)` }),
  'exported functions for everything': (stage) =>
    Object.fromEntries(
      [
        'perl',
        'env',
        '/usr/bin/env',
        '/usr/bin/perl',
        'kill',
        'cat',
        'printf',
        'exit',
        'trap',
        '[',
        'test',
        'read',
        'set',
        'exec',
        '.',
        'unset',
        'command',
      ].map((name) => [
        `BASH_FUNC_${name}%%`,
        `() { touch '${stage.root}/evil'; echo '${verdictBody('allow')}'; builtin exit 0; }`,
      ]),
    ),
  IFS: () => ({ IFS: '/lh0' }),
  CDPATH: (stage) => ({ CDPATH: stage.root }),
  OPTIND: () => ({ OPTIND: '99', _: '/bin/false' }),
  'PERL5LIB with a module for everything': (stage) => ({ PERL5LIB: evilModules(stage), PERLLIB: stage.root }),
  'PERL5OPT that loads a module': (stage) => ({ PERL5OPT: `-I${evilModules(stage)} -Mevil` }),
  'PERL5OPT with a debugger': (stage) => ({
    PERL5OPT: '-d',
    PERL5DB: `BEGIN { require '${evilModules(stage)}/evil.pm' }`,
    PERLDB_OPTS: 'NonStop',
  }),
  'PERLIO, PERL_UNICODE and other words to Perl': () => ({
    PERLIO: ':crlf',
    PERL_UNICODE: 'SDA',
    PERL_SIGNALS: 'unsafe',
    PERL_HASH_SEED: '0',
    PERL_DESTRUCT_LEVEL: '2',
    PERL_BADLANG: '1',
  }),
  'AIRLOCK_HOME elsewhere': (stage) => ({
    AIRLOCK_HOME: join(stage.root, 'other'),
    AIRLOCK_SOCKET: join(stage.root, 'other.sock'),
  }),
  'XDG_RUNTIME_DIR elsewhere': (stage) => ({
    XDG_RUNTIME_DIR: stage.root,
    XDG_STATE_HOME: stage.root,
    XDG_DATA_HOME: stage.root,
  }),
  'CLAUDE_PLUGIN_ROOT elsewhere': (stage) => ({ CLAUDE_PLUGIN_ROOT: stage.root, CLAUDE_PLUGIN_DATA: stage.root }),
  'names of what the script itself may use': (stage) =>
    Object.fromEntries(
      [
        'socket',
        'SOCKET',
        'node',
        'NODE',
        'AIRLOCK_NODE',
        'AIRLOCK_SOCKET',
        'AIRLOCK_PID_FILE',
        'AIRLOCK_STAGE',
        'STAGE',
        'stage',
        'event',
        'EVENT',
        'status',
        'permission',
        'code',
        'body',
        'here',
        'root',
        'plugin',
        'pid',
        'answer',
        'environment',
      ].map((name) => [name, `${stage.root}/evil.sock`]),
    ),
  LD_LIBRARY_PATH: (stage) => ({ LD_LIBRARY_PATH: stage.root }),
  'OPENSSL_CONF and SSLKEYLOGFILE': (stage) => ({
    OPENSSL_CONF: join(stage.root, 'none'),
    SSLKEYLOGFILE: join(stage.root, 'evil'),
  }),
  'a locale that does not exist': () => ({ LC_ALL: 'xx_XX.UTF-99', LANG: 'tr_TR.UTF-8' }),
  'a variable with line feeds and quotes': () => ({ EVIL: `'; exit 0; "\n$(exit 0)\`exit 0\`\nAIRLOCK=1` }),
  '2,000 variables': () => Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`V${n}`, 'x'.repeat(50)])),
  'a variable of 100 KB': () => ({ BIG: 'x'.repeat(100_000) }),
  'a million bytes of variables': () =>
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`V${n}`, 'x'.repeat(100_000)])),
};

const table = <T>(rows: Readonly<Record<string, T>>) => Object.entries(rows).map(([name, row]) => ({ name, row }));

// As the host is told to start it: `/bin/sh -p`; bash stands for the systems where that is their `sh`.
const shells = ['/bin/sh', '/bin/bash'].filter((shell) => existsSync(shell));

describe.each(shells)(rules('LOC-030', 'LOC-100', 'INV-23')`a poisoned environment, %s`, (shell) => {
  test.each(table(environments))('$name leads no hook astray: the denial stays one', async ({ row }) => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(DENY));
    expectBlocked(await stage.run({ env: row(stage), shell: [shell, '-p'] }));
    expect(existsSync(join(stage.root, 'evil'))).toBe(false);
  });

  test.each(table(environments))('$name does not reach the Node hook', async ({ row }) => {
    const stage = new Stage();
    const env = row(stage);
    expectBlocked(await stage.run({ env, shell: [shell, '-p'] }));
    expect(existsSync(join(stage.root, 'evil'))).toBe(false);
    const call = stage.slowPathCall;
    // `env` knows the folder, the home of the password database and what the script adds, nothing of the caller.
    for (const name of Object.keys(env).filter((each) => !['PATH', 'HOME', '_', 'LC_ALL', 'LANG'].includes(each))) {
      expect(call?.env[name], name).not.toBe(env[name]);
    }
  });
});

/** What bash, which runs the call, takes from the environment and dash, which runs the hook, drops. */
const FUNCTION = { 'BASH_FUNC_git%%': '() { echo evil; }', 'no.name': 'of a shell' };

describe(rules('INV-23')`a function in the place of a program`, () => {
  test.each(shells)('is told to the daemon, whatever %s makes of it', async (shell) => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(DENY));
    expectBlocked(await stage.run({ env: FUNCTION, shell: [shell, '-p'] }));
    const header = seen[0]?.headers.get('airlock-environment') ?? '';
    const told = Buffer.from(header, 'base64').toString().split('\0');
    for (const [name, value] of Object.entries(FUNCTION)) expect(told).toContain(`${name}=${value}`);
  });

  test('is told to the Node hook too', async () => {
    const stage = new Stage();
    expectBlocked(await stage.run({ env: FUNCTION }));
    const told = Buffer.from(stage.slowPathCall?.told ?? '', 'base64')
      .toString()
      .split('\0');
    expect(told).toContain('BASH_FUNC_git%%=() { echo evil; }');
  });
});

describe(rules('LOC-030', 'INV-23')`a proxy`, () => {
  test.each(['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY', 'https_proxy'])(
    '%s does not get the call',
    async (name) => {
      const stage = new Stage();
      let asked = 0;
      const proxy = createServer((_request, response) => {
        asked += 1;
        response.writeHead(200, { 'airlock-permission': 'allow', 'airlock-exit': '0' }).end(verdictBody('allow'));
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const seen = await hostileDaemon(stage.socket, says(DENY));
      expectBlocked(await stage.run({ env: { [name]: url, NO_PROXY: '', no_proxy: '' } }));
      expect([asked, seen.length]).toEqual([0, 1]);
      proxy.close();
    },
  );
});

requiresProgram('gcc')('a preloaded library', () => {
  /** A library that ends every program it is loaded into at once, with success. */
  function library(stage: Stage): string {
    const source = join(stage.root, 'evil.c');
    const words = JSON.stringify(verdictBody('allow'));
    writeFileSync(
      source,
      `#include <string.h>\n#include <unistd.h>\n__attribute__((constructor)) static void evil(void){const char*a=${words};if(write(1,a,strlen(a))<0)_exit(3);_exit(0);}\n`,
    );
    const made = join(stage.root, 'evil.so');
    execFileSync('gcc', ['-shared', '-fPIC', '-o', made, source]);
    return made;
  }

  // The truth, not a wish: the loader runs it inside the shell before the script's first line. What holds are the
  // module's layers, and managed settings, which keep the variable away.
  test('beats a command hook: whoever controls LD_PRELOAD controls every program that is started', async () => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(DENY));
    const ended = await stage.run({ env: { LD_PRELOAD: library(stage) } });
    expect(ended).toMatchObject({ code: 0, stdout: verdictBody('allow') });
  });

  test('that waits for the second program finds a clean environment there', async () => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(DENY));
    expectBlocked(await stage.run({ env: { LD_AUDIT: '/nowhere.so', LD_LIBRARY_PATH: stage.root } }));
    expect(seen).toHaveLength(1);
  });
});
