import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { rules } from '@airlock/conformance';
import { requires } from '@airlock/conformance/requires';
import { expect, test } from 'vitest';
import { ALLOW, hostileDaemon, type Spoken, spoken } from '../support/hostile-daemon.js';
import { expectBlocked, expectExitBlocks, Stage, type Started } from '../support/stage.js';

const parentOf = (pid: number): number => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || (cause as NodeJS.ErrnoException).code === 'ESRCH')
      return -1;
    throw cause;
  }
};

/** Every process below one, nearest first. */
function descendants(pid: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const children = all.filter((each) => parentOf(each) === pid);
  return [...children, ...children.flatMap(descendants)];
}

const nameOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');

/** Ends a process that may be gone. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

interface Waiting {
  readonly started: Started;
  /** Every process of it but the first. */
  readonly parts: readonly number[];
  readonly answer: (answer: Spoken) => void;
  readonly disconnected: Promise<void>;
}

/** A hook that waits for a human who does not answer. */
async function waiting(stage: Stage): Promise<Waiting> {
  const socket = new Promise<Socket>((resolve, reject) => {
    hostileDaemon(stage.socket, resolve).catch(reject);
  });
  await until(() => existsSync(stage.socket));
  const started = stage.start();
  const connection = await socket;
  const disconnected = new Promise<void>((resolve) => connection.once('close', () => resolve()));
  const answer = (words: Spoken) => connection.end(spoken(words));
  return { started, parts: descendants(started.child.pid!), answer, disconnected };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

requires('/proc', process.platform === 'linux')(
  rules('LOC-100', 'INV-22')`a hook that is killed while it waits`,
  () => {
    test.each(['SIGTERM', 'SIGHUP', 'SIGKILL', 'SIGSEGV'] as const)(
      '%s at any of its parts is a denial',
      async (signal) => {
        const probe = await waiting(new Stage());
        const count = probe.parts.length;
        probe.started.child.kill('SIGKILL');
        expect(count).toBeGreaterThan(0);
        for (let part = 0; part < count; part += 1) {
          const { started, parts } = await waiting(new Stage());
          const victim = parts[part];
          // Of the probe, `env -0` may have been there still.
          if (victim === undefined) {
            started.child.kill('SIGKILL');
            break;
          }
          const name = nameOf(victim);
          process.kill(victim, signal);
          // What is left of it may hold its outputs open; the host looks at the exit.
          if (started.child.exitCode === null) await Promise.race([once(started.child, 'exit'), delay(400)]);
          // A part that shrugs a signal off goes on waiting, which lets nothing run.
          expect([2, null], name).toContain(started.child.exitCode);
          expect(started.child.signalCode, name).toBeNull();
          for (const each of parts) end(each);
          expectBlocked(await started.ended);
        }
      },
      60_000,
    );

    test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
      '%s at all of it is a denial, and withdraws',
      async (signal) => {
        const { started, parts, disconnected } = await waiting(new Stage());
        for (const each of [...parts, started.child.pid!]) process.kill(each, signal);
        expectBlocked(await started.ended);
        await disconnected;
      },
    );

    test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('an allow that comes after %s is none', async (signal) => {
      const stage = new Stage();
      const { started, answer } = await waiting(stage);
      started.child.kill(signal);
      await delay(100);
      answer(ALLOW);
      expectExitBlocks(await started.ended);
    });

    test('SIGKILL at the whole, as the host does after its timeout, closes the connection', async () => {
      const { started, parts, disconnected } = await waiting(new Stage());
      started.child.kill('SIGKILL');
      for (const part of parts) process.kill(part, 'SIGKILL');
      expect(await started.ended).toMatchObject({ code: null, signal: 'SIGKILL', stdout: '' });
      await disconnected;
    });

    test('SIGKILL at the outer shell alone never ends with an allow, whatever the rest does', async () => {
      const { started, answer } = await waiting(new Stage());
      started.child.kill('SIGKILL');
      await once(started.child, 'exit');
      answer(ALLOW);
      expect(await started.ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    });

    test('a stopped part never ends with an allow', async () => {
      const count = (await waiting(new Stage())).parts.length;
      for (let part = 0; part < count; part += 1) {
        const { started, parts, answer } = await waiting(new Stage());
        process.kill(parts[part]!, 'SIGSTOP');
        answer({ ...ALLOW, body: '' });
        await Promise.race([once(started.child, 'exit'), delay(300)]);
        // The host's own deadline is the last word where a part hangs: nothing has been allowed when it comes.
        expect([2, null]).toContain(started.child.exitCode);
        for (const each of parts) end(each);
        expectBlocked(await started.ended);
      }
    }, 60_000);
  },
);
