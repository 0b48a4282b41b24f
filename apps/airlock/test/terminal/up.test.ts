import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AIRLOCK, json, run } from '../e2e/harness/command.js';
import { Terminal } from './pty.js';

const SLOW = 120_000;
const PASSPHRASE = 'correct horse battery';

/** The first terminal runs `airlock up`; everything typed in the others is what it printed. */
describe(rules('PAIR-140', 'PAIR-240', 'APPR-010', 'AUTH-095')`three terminals, typing only what was printed`, () => {
  let home: string;
  let workspace: string;
  let first: Terminal;
  const open: Terminal[] = [];
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', TERM: 'xterm' };

  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'airlock-up-')));
    workspace = join(home, 'my work');
    await mkdir(workspace);
    first = new Terminal(`AIRLOCK_HOME='${home}' '${process.execPath}' '${AIRLOCK}' up --port 0 --no-open`, {
      cwd: workspace,
      env,
    });
  });
  afterEach(() => {
    for (const terminal of open.splice(0)) terminal.kill();
  });
  afterAll(async () => {
    first.kill();
    await run(['daemon', 'stop'], { home });
    await rm(home, { recursive: true, force: true });
  });

  /** Types a printed line in another terminal, in another folder. */
  function typed(line: string): Terminal {
    const terminal = new Terminal(`sh -c "$LINE"`, { cwd: '/', env: { ...env, LINE: line } });
    open.push(terminal);
    return terminal;
  }

  async function printed(pattern: RegExp): Promise<string> {
    return (await first.sees(pattern))[1] ?? '';
  }

  const requestId = async () => {
    for (;;) {
      const [item] = await json<Array<{ requestId: string }>>(['approver', 'inbox'], { home });
      if (item !== undefined) return item.requestId;
    }
  };

  test(
    'up says what it did, one line per milestone, shows code, link and QR, and groups what to type by terminal',
    async () => {
      for (const milestone of ['gateway', 'user', 'signed in', 'running']) {
        if (milestone !== 'running') await first.sees(new RegExp(`^airlock: ${milestone} `, 'm'));
      }
      await first.sees(/Code {2}[0-9A-Z]{6}(?:-[0-9A-Z]{4}){4}\n/);
      await first.sees(
        /Link {2}http:\/\/localhost:\d+\/pair#v=1&g=http%3A%2F%2Flocalhost%3A\d+&c=[0-9A-Z]{6}&s=[0-9A-Z]{26}&e=\S+\n/,
      );
      expect(first.plain).toMatch(/[▀▄█]{10}/);
      await first.sees(
        /\n\nTerminal 2 \(the human\): pair a terminal approver\n {2}\S+=\S+ .* approver pair '\S+'\n\n/,
      );
      await first.sees(
        /\n\nTerminal 2 \(the human\): see[^\n]*\n {2}.* inbox\n {2}.* show ID\n {2}.* approve ID\n {2}.* reject ID --reason no\n\n/,
      );
      await first.sees(/\n\nTerminal 3 \(Claude Code\)[^\n]*\n {2}\S+=\S+ .* claude install\n\n/);
      await first.sees(
        /\n\nTerminal 3 \(the agent’s command\)[^\n]*\n {2}cd '[^']+' && .* run -- sh -c .*\n\nairlock: waiting /,
      );
    },
    SLOW,
  );

  test(
    'the terminal approver enrolls and pairs by the printed command, with a passphrase',
    async () => {
      const approver = typed(await printed(/\nTerminal 2[^\n]*\n {2}(\S+=\S+ .*approver pair '.*')\n/));
      await approver.sees(/New passphrase/);
      approver.type(`${PASSPHRASE}\r`);
      await approver.sees(/The same again/);
      approver.type(`${PASSPHRASE}\r`);
      await approver.sees(/paired \(verified\)/);
      expect(await approver.ended()).toBe(0);
      expect(approver.plain).not.toContain(PASSPHRASE);
      await first.sees(/airlock: paired .* \(verified\)/);
      await first.sees(/Recovery code, shown once[^\n]*: [0-9A-Z-]{20,}/);
      await first.sees(/airlock: running/);
    },
    SLOW,
  );

  test(
    'the secret and the recovery code are in no file',
    async () => {
      const [, secret = ''] = await first.sees(/&s=([0-9A-Z]{26})/);
      const [, recovery = ''] = await first.sees(/Recovery code, shown once[^\n]*: ([0-9A-Z-]{20,})/);
      for (const name of await readdir(home, { recursive: true })) {
        if (!(await stat(join(home, name))).isFile()) continue;
        const content = await readFile(join(home, name), 'latin1');
        expect(content.includes(secret), name).toBe(false);
        expect(content.includes(recovery), name).toBe(false);
      }
    },
    SLOW,
  );

  test(
    'the printed command waits, is shown, is approved with the passphrase, and runs',
    async () => {
      const command = typed(await printed(/\n {2}(cd .* run -- sh -c .*)\n/));
      await command.sees(/waiting for the approver/);
      const id = await requestId();
      const show = typed((await printed(/\n {2}(\S+ .*approver show) ID\n/)).concat(' ', id));
      await show.sees(/\|echo hi > out\.txt\|/);
      await show.sees(/Program SHA-256: [0-9a-f]{64}/);
      expect(await show.ended()).toBe(0);
      expect(existsSync(join(workspace, 'out.txt'))).toBe(false);
      const wrong = typed((await printed(/\n {2}(\S+ .*approver approve) ID\n/)).concat(' ', id));
      await wrong.sees(/Passphrase of this approver/);
      wrong.type('another one\r');
      await wrong.sees(/wrong_passphrase/);
      expect(await wrong.ended()).toBe(1);
      expect(existsSync(join(workspace, 'out.txt'))).toBe(false);
      const approve = typed((await printed(/\n {2}(\S+ .*approver approve) ID\n/)).concat(' ', id));
      await approve.sees(/Passphrase of this approver/);
      approve.type(`${PASSPHRASE}\r`);
      await approve.sees(/approved req-/);
      expect(await approve.ended()).toBe(0);
      expect(await command.ended()).toBe(0);
      expect(readFileSync(join(workspace, 'out.txt'), 'utf8')).toBe('hi\n');
    },
    SLOW,
  );

  test(
    'the printed rejection gives 126 and the reason',
    async () => {
      await rm(join(workspace, 'out.txt'));
      const command = typed(await printed(/\n {2}(cd .* run -- sh -c .*)\n/));
      const id = await requestId();
      const reject = typed((await printed(/\n {2}(\S+ .*approver reject ID --reason no)\n/)).replace('ID', id));
      await reject.sees(/Passphrase of this approver/);
      reject.type(`${PASSPHRASE}\r`);
      expect(await reject.ended()).toBe(0);
      expect(await command.ended()).toBe(126);
      expect(command.plain).toContain('rejected by the approver: no');
      expect(existsSync(join(workspace, 'out.txt'))).toBe(false);
    },
    SLOW,
  );

  test(
    'a second up on the same state says so',
    async () => {
      const second = await run(['up', '--json'], { home, cwd: workspace });
      expect(second.code).toBe(1);
      expect(second.stderr).toMatch(/data_dir_in_use a gateway already runs here on http:\/\/localhost:\d+/);
    },
    SLOW,
  );

  test(
    'Ctrl-C ends the gateway in order, and the next up knows user and pairing',
    async () => {
      const [, port] = await first.sees(/airlock: gateway +http:\/\/localhost:(\d+)/);
      first.type('\u0003');
      expect(await first.ended()).toBe(0);
      const again = typed(
        `AIRLOCK_HOME='${home}' '${process.execPath}' '${AIRLOCK}' up --port ${port} --no-open --workspace '${workspace}'`,
      );
      await again.sees(/airlock: user .* \(already there\)/);
      await again.sees(/airlock: paired .* already/);
      await again.sees(/airlock: running/);
      again.type('\u0003');
      expect(await again.ended()).toBe(0);
    },
    SLOW,
  );
});

describe(rules('PAIR-140')`a narrow terminal`, () => {
  let home: string;
  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'airlock-narrow-')));
  });
  afterAll(async () => {
    await run(['daemon', 'stop'], { home });
    await rm(home, { recursive: true, force: true });
  });

  test(
    'says that there is no room for the QR code instead of breaking it',
    async () => {
      const terminal = new Terminal(`'${process.execPath}' '${AIRLOCK}' up --port 0 --no-open`, {
        cwd: home,
        env: { PATH: process.env['PATH'] ?? '', AIRLOCK_HOME: home },
        columns: 40,
      });
      await terminal.sees(/no QR code: it is \d+ columns wide, this terminal 40/);
      await terminal.sees(/airlock: waiting/);
      expect(terminal.plain).not.toMatch(/[▀▄█]/);
      terminal.type('\u0003');
      expect(await terminal.ended()).toBe(0);
    },
    SLOW,
  );
});

describe(rules('PAIR-140', 'PAIR-225')`without a terminal`, () => {
  let home: string;
  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'airlock-noterm-')));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  test(
    'a pairing code is shown to nobody',
    async () => {
      const terminal = new Terminal(`setsid -w '${process.execPath}' '${AIRLOCK}' pair`, {
        cwd: home,
        env: { PATH: process.env['PATH'] ?? '', AIRLOCK_HOME: home },
      });
      expect(await terminal.ended()).toBe(1);
      expect(terminal.plain).toContain('no_terminal');
    },
    SLOW,
  );
});
