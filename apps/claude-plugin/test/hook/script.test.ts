import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, test } from 'vitest';
import { ALLOW, DENY, hostileDaemon, PASS, says, verdictBody } from '../support/hostile-daemon.js';
import { type Ended, EVENT, expectBlocked, Stage, type StartOptions } from '../support/stage.js';

const ESCAPED = verdictBody('allow', 'a "quoted" \\ word\n\u0001é');

/** Variables that a shell sets by itself. */
const OF_A_SHELL = ['_', 'LOGNAME', 'PWD', 'OLDPWD', 'SHLVL'];

const VARIABLES = { EMPTY: '', EQUALS: 'a=b=c', LINES: 'one\ntwo\n', LETTERS: 'ä€🦊', all: 'mine', airlock_event: 'x' };

/** The environment that a request tells, as names and values. */
function told(header: string | undefined): Record<string, string> {
  const entries = Buffer.from(header ?? '', 'base64')
    .toString('utf8')
    .split('\0');
  expect(entries.pop()).toBe('');
  return Object.fromEntries(entries.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
}

/** Where there is no /proc, `env` tells the environment. */
function withoutProc(stage: Stage): void {
  stage.alter('/proc/self/environ', '/nowhere/environ');
}

const TELLERS: readonly [string, (stage: Stage) => void][] = [
  ['from /proc where there is one', () => undefined],
  ['without /proc', withoutProc],
];

const SHELLS = [
  { program: 'dash', shell: ['dash', '-p'] },
  { program: 'bash', shell: ['bash', '--posix', '-p'] },
  { program: 'zsh', shell: ['zsh', '--emulate', 'sh', '-p'] },
  { program: 'busybox', shell: ['busybox', 'sh'] },
];

for (const { program, shell } of SHELLS) {
  requiresProgram(program)(rules('LOC-040', 'LOC-050', 'LOC-140', 'INV-24')(`the hook in ${program}`), () => {
    const start = { shell: ['/usr/bin/env', ...shell] };

    test.each([
      ['allow', ALLOW, { code: 0, stdout: verdictBody('allow'), stderr: '' }],
      ['allow with escapes', { ...ALLOW, body: ESCAPED }, { code: 0, stdout: ESCAPED, stderr: '' }],
      ['pass', PASS, { code: 0, stdout: '{}', stderr: '' }],
      ['deny', DENY, { code: 2, stdout: verdictBody('deny', 'not today'), stderr: 'not today\n' }],
      ['deny without a reason', { ...DENY, headers: [] }, { code: 2, stderr: 'airlock: denied\n' }],
    ] as const)('gives %s as it came', async (_name, answer, expected) => {
      const stage = new Stage();
      const seen = await hostileDaemon(stage.socket, says(answer));
      expect(await stage.run(start)).toMatchObject(expected);
      expect(seen.map((one) => one.line)).toEqual(['POST /v1/hooks/claude-code/PreToolUse HTTP/1.1']);
    });

    test.each(['0', '1'])('is not ended by a FUNCNEST of %s', async (FUNCNEST) => {
      const stage = new Stage();
      await hostileDaemon(stage.socket, says(DENY));
      expectBlocked(await stage.run({ ...start, env: { FUNCNEST } }));
    });

    test.each([
      ['allow with the exit code of deny', { ...ALLOW, exit: '2' }],
      ['deny with the exit code of allow', { ...DENY, exit: '0' }],
      ['pass with the body of allow', { ...PASS, body: verdictBody('allow') }],
      ['allow with the body of pass', { ...ALLOW, body: '{}' }],
      ['two permissions', { ...ALLOW, headers: ['Airlock-Permission: deny'] }],
      ['a quote that ends the reason early', { ...ALLOW, body: verdictBody('allow').replace('approver', 'a","x":"') }],
      ['an escape that is none', { ...ALLOW, body: verdictBody('allow').replace('approver', '\\x') }],
      ['a line more', { ...ALLOW, body: `${verdictBody('allow')}\n` }],
      ['a NUL more', { ...ALLOW, body: `${verdictBody('allow')}\0` }],
      ['no permission', { exit: '0', body: '{}' }],
      ['202', { ...PASS, status: '202 Accepted' }],
      ['500', { ...DENY, status: '500 Internal Server Error' }],
    ] as const)('makes a denial of %s', async (_name, answer) => {
      const stage = new Stage();
      await hostileDaemon(stage.socket, says(answer));
      expectBlocked(await stage.run(start));
      expect(stage.slowPathCall).toBeNull();
    });

    test.each(TELLERS)(
      'passes on the input whole and tells the environment as the host gave it, %s',
      async (_name, by) => {
        const stage = new Stage();
        by(stage);
        const seen = await hostileDaemon(stage.socket, says(PASS));
        const input = Buffer.from([...Buffer.from(EVENT), 0, 255, 10, 10]);
        await stage.run({ ...start, input, env: VARIABLES });
        expect(seen[0]?.body.equals(input)).toBe(true);
        const environment = told(seen[0]?.headers.get('airlock-environment'));
        for (const name of OF_A_SHELL) delete environment[name];
        expect(environment).toEqual(stage.environment(VARIABLES));
      },
    );

    test.each(TELLERS)('leaves everything to Node, untouched, when nobody listens, %s', async (_name, by) => {
      const stage = new Stage();
      by(stage);
      expectBlocked(await stage.run({ ...start, env: VARIABLES }));
      expect(stage.slowPathCall?.argv).toEqual(['PreToolUse', '--clean']);
      expect(Buffer.from(stage.slowPathCall?.input ?? '', 'base64').toString()).toBe(EVENT);
      const environment = told(stage.slowPathCall?.told);
      for (const name of OF_A_SHELL) delete environment[name];
      expect(environment).toEqual(stage.environment(VARIABLES));
    });
  });
}

describe(rules('LOC-100', 'INV-24')`answers to other events`, () => {
  const run = async (answer: Parameters<typeof says>[0], event: string): Promise<Ended> => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(answer));
    return await stage.run({ event });
  };
  const SAID = JSON.stringify({ systemMessage: 'hello' });

  test.each([
    ['nothing', { ...PASS, body: '' }, { code: 0, stdout: '', stderr: '' }],
    ['an object', { ...PASS, body: SAID }, { code: 0, stdout: SAID, stderr: '' }],
    ['a refusal', { ...DENY, body: '' }, { code: 2, stdout: '', stderr: 'not today\n' }],
  ])('%s is given as it came', async (_name, answer, expected) => {
    expect(await run(answer, 'ConfigChange')).toMatchObject(expected);
  });

  test.each([
    ['allow', ALLOW],
    ['text', { ...PASS, body: 'hello' }],
    ['an array', { ...PASS, body: '[]' }],
    ['two lines', { ...PASS, body: `${SAID}\n${SAID}` }],
    ['pass with another exit code', { ...PASS, exit: '2' }],
  ])('%s is a refusal without a word on standard output', async (_name, answer) => {
    expect(await run(answer, 'ConfigChange')).toMatchObject({ code: 2, stdout: '' });
  });

  test.each(['', 'Pre ToolUse', '../../status', 'PreToolUse?x', 'x\ny'])('an event named %j is none', async (event) => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(PASS));
    expect((await stage.run({ event })).code).toBe(2);
    expect(seen).toEqual([]);
  });
});

describe(rules('LOC-030', 'LOC-105')`what the script leaves to Node`, () => {
  test.each(['SessionStart', 'tool.check', 'tool.run'])('%s, always', async (event) => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(PASS));
    await stage.run({ event });
    expect(stage.slowPathCall?.argv).toEqual([event, '--clean']);
    expect(seen).toEqual([]);
  });

  test('the commands of the human, which have a program of their own', async () => {
    const stage = new Stage();
    writeFileSync(join(stage.plugin, 'lib', 'command.js'), `process.stderr.write('done\\n'); process.exitCode = 212;`);
    expect(await stage.run({ event: 'command' })).toMatchObject({ code: 2, stdout: '', stderr: 'done\n' });
  });

  test.each<[string, (stage: Stage) => void]>([
    ['a system without Perl', (stage) => stage.alter('/usr/bin/perl', '/usr/bin/no-such-perl')],
    ['a Perl that cannot be executed', (stage) => stage.alter('/usr/bin/perl', '/etc/passwd')],
    ['no place', (stage) => rmSync(stage.place)],
    ['a place without a socket', (stage) => writeFileSync(stage.place, `${process.execPath}\n\n`)],
  ])('%s', async (_name, break_) => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(PASS));
    mkdirSync(join(stage.root, 'bin'));
    symlinkSync(process.execPath, join(stage.root, 'bin', 'node'));
    stage.alter('PATH=/usr/local/bin:', `PATH=${stage.root}/bin:`);
    break_(stage);
    expectBlocked(await stage.run());
    expect(Buffer.from(stage.slowPathCall?.input ?? '', 'base64').toString()).toBe(EVENT);
    expect(seen).toEqual([]);
  });

  test('a system without Node is told what to install', async () => {
    const stage = new Stage();
    writeFileSync(stage.place, `/nowhere/node\n${stage.socket}\n`);
    const ended = await stage.run();
    expectBlocked(ended);
    expect(ended.stderr).toContain('install Node.js 20.19');
  });
});

describe(rules('LOC-100', 'INV-22')`streams that are not there`, () => {
  const shut = async (redirections: string, answer: Parameters<typeof says>[0]): Promise<Ended> => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(answer));
    const options: StartOptions = { shell: ['/bin/sh', '-c', `exec /bin/sh -p "$@" ${redirections}`, 'sh'] };
    return await stage.run(options);
  };

  test.each([
    ['no standard output', '>&-', ALLOW],
    ['no standard output', '>&-', DENY],
    ['a full standard output', '>/dev/full', ALLOW],
    ['no standard error', '2>&-', DENY],
    ['a full standard error', '2>/dev/full', DENY],
  ] as const)('%s (%s) and an answer block', async (_name, redirections, answer) => {
    expect(await shut(redirections, answer)).toMatchObject({ code: 2, signal: null });
  });

  test('no standard input blocks', async () => {
    expectBlocked(await shut('<&-', ALLOW));
  });

  test('a reader that has gone blocks', async () => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(ALLOW));
    const child = spawn('/bin/sh', ['-p', stage.hook, 'PreToolUse'], {
      env: stage.environment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    child.stderr.destroy();
    child.stdin.end(EVENT);
    expect(await once(child, 'exit')).toEqual([2, null]);
  });
});

requiresProgram('perl')('hook.pl', () => {
  test('is strict, without a warning, though it does not take the time to load that', async () => {
    const stage = new Stage();
    const script = join(stage.plugin, 'hooks', 'hook.pl');
    // It asks before the rest of it is compiled.
    await hostileDaemon(stage.socket, says(PASS));
    const stdio = ['pipe', 'ignore', 'pipe', 'ignore', openSync('/dev/null', 'r')] as const;
    const perl = spawn('perl', ['-Mstrict', '-Tcw', script, 'PreToolUse', stage.socket], { stdio: [...stdio] });
    perl.stdin?.end(EVENT);
    const said = perl.stderr === null ? '' : await text(perl.stderr);
    expect(said).toBe(`${script} syntax OK\n`);
  });

  test('every variable by which Perl can be told something is taken away before it starts', () => {
    const names = new Set(
      readFileSync('/usr/bin/perl')
        .toString('latin1')
        .match(/PERL[A-Z0-9_]*(?=\0)/g),
    );
    const script = readFileSync(new Stage().hook, 'utf8');
    const unset = /\bunset (PERL[A-Z0-9_\s\\]*)/.exec(script)?.[1] ?? '';
    const missing = [...names].filter((name) => name !== 'PERL' && !unset.split(/[\s\\]+/).includes(name));
    expect(names.size).toBeGreaterThan(8);
    expect(missing).toEqual([]);
  });
});

describe(rules('LOC-030')`the environment that is told`, () => {
  test('is none when it is too long for a header', async () => {
    const stage = new Stage();
    const seen = await hostileDaemon(stage.socket, says(PASS));
    expect(await stage.run({ env: { BIG: 'x'.repeat(80_000) } })).toMatchObject({ code: 0 });
    expect(seen[0]?.headers.get('airlock-environment') ?? '').toBe('');
  });

  test('is none when env cannot list it', async () => {
    const stage = new Stage();
    withoutProc(stage);
    stage.alter('/usr/bin/env -0', '/usr/bin/env --no-such-option');
    const seen = await hostileDaemon(stage.socket, says(PASS));
    expect(await stage.run()).toMatchObject({ code: 0 });
    expect(seen[0]?.headers.get('airlock-environment') ?? '').toBe('');
  });

  test('is no other than the host gave: a variable that the script would set is refused where `env` tells it', async () => {
    const stage = new Stage();
    withoutProc(stage);
    const seen = await hostileDaemon(stage.socket, says(PASS));
    expectBlocked(await stage.run({ env: { airlock_code: 'x' } }));
    expect(seen).toEqual([]);
  });

  test('reaches no argument list, which everybody can read, and no file', () => {
    for (const name of ['hook.sh', 'hook.pl']) {
      const script = readFileSync(join(new Stage().plugin, 'hooks', name), 'utf8');
      expect(script).not.toMatch(/mktemp|\/tmp|<</);
    }
  });
});
