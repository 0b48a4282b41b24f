import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { requires, requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, test } from 'vitest';
import { ALLOW, hostileDaemon, says, verdictBody } from '../support/hostile-daemon.js';
import { EVENT, expectBlocked, expectExitBlocks, Stage } from '../support/stage.js';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

async function deadSocket(stage: Stage): Promise<void> {
  const script = 'require("net").createServer().listen(process.argv[1], () => console.log(1))';
  const listener = spawn(process.execPath, ['-e', script, stage.socket]);
  await new Promise((resolve) => listener.stdout.once('data', resolve));
  listener.kill('SIGKILL');
  await new Promise((resolve) => listener.once('close', resolve));
  chmodSync(stage.socket, 0o600);
}

/** Somebody puts something where the daemon's socket belongs. Each listens, where anything can, with an allow. */
const squats: Readonly<Record<string, (stage: Stage) => Promise<void> | void>> = {
  'a regular file': (stage) => writeFileSync(stage.socket, 'allow', { mode: 0o600 }),
  'a folder': (stage) => mkdirSync(stage.socket, { mode: 0o700 }),
  'a FIFO': (stage) => void execFileSync('mkfifo', ['-m', '600', stage.socket]),
  'a link to a socket that allows': async (stage) => {
    await hostileDaemon(join(stage.root, 'other.sock'), says(ALLOW));
    symlinkSync(join(stage.root, 'other.sock'), stage.socket);
  },
  'a link to nothing': (stage) => symlinkSync(join(stage.root, 'nothing'), stage.socket),
  'a link to /dev/full': (stage) => symlinkSync('/dev/full', stage.socket),
  'a socket that allows, in a folder that is a link': async (stage) => {
    const elsewhere = join(stage.root, 'elsewhere');
    renameSync(stage.runtime, elsewhere);
    symlinkSync(elsewhere, stage.runtime);
    await hostileDaemon(join(elsewhere, 'daemon.sock'), says(ALLOW));
  },
  'a socket that allows, in a folder others may write': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    chmodSync(stage.runtime, 0o777);
  },
  'a socket that allows, in a folder its group may write': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    chmodSync(stage.runtime, 0o770);
  },
  'a socket that allows, in a folder others may read': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    chmodSync(stage.runtime, 0o755);
  },
  'a socket that allows, in a home everybody may write to': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    chmodSync(stage.home, 0o777);
  },
  'a socket that allows, in a home that is a link': async (stage) => {
    const elsewhere = join(stage.root, 'elsewhere');
    renameSync(stage.home, elsewhere);
    symlinkSync(elsewhere, stage.home);
    await hostileDaemon(stage.socket, says(ALLOW));
  },
  'a socket that allows, at a path over 100 bytes': async (stage) => {
    const folder = join(stage.home, 'x'.repeat(104 - stage.home.length - '//s'.length));
    mkdirSync(folder, { mode: 0o700 });
    const socket = join(folder, 's');
    expect(socket).toHaveLength(104);
    await hostileDaemon(socket, says(ALLOW));
    writeFileSync(stage.place, `${process.execPath}\n${socket}\n`);
  },
  'a socket that anybody may write to': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    chmodSync(stage.socket, 0o666);
  },
};

/** As {@link squats}, where the test may give files to another user. */
const strangers: Readonly<Record<string, (stage: Stage) => Promise<void> | void>> = {
  'a socket that allows, in a folder of another user': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    chownSync(stage.runtime, NOBODY, NOBODY);
  },
  'a socket of another user that allows': async (stage) => {
    await hostileDaemon(stage.socket, says(ALLOW));
    lchownSync(stage.socket, NOBODY, NOBODY);
  },
};

const table = <T>(rows: Readonly<Record<string, T>>) => Object.entries(rows).map(([name, row]) => ({ name, row }));

describe(rules('LOC-020', 'LOC-100', 'INV-24', 'INV-39')`the daemon's socket squatted`, () => {
  test.each(table(squats))('$name is a denial', async ({ row }) => {
    const stage = new Stage();
    await row(stage);
    expectBlocked(await stage.run());
  });

  requires('root', isRoot)('by another user', () => {
    test.each(table(strangers))('$name is a denial', async ({ row }) => {
      const stage = new Stage();
      await row(stage);
      expectBlocked(await stage.run());
    });

    // Whoever may make a socket in the folder and lets another user listen on it.
    requiresProgram('perl')('', () => {
      test('an own socket on which another user listens is a denial, and no call is told', async () => {
        const stage = new Stage();
        const script = `use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); umask 0177; bind(S, pack_sockaddr_un($ARGV[0]));
          $> = ${NOBODY}; listen(S, 5); $| = 1; print 1; accept(my $c, S); sysread($c, my $told, 1); print $told; sleep 99;`;
        const listener = spawn('/usr/bin/perl', ['-e', script, stage.socket]);
        const said: Buffer[] = [];
        listener.stdout.on('data', (part: Buffer) => said.push(part));
        await once(listener.stdout, 'data');
        const ended = await stage.run();
        listener.kill('SIGKILL');
        await once(listener, 'close');
        expectBlocked(ended);
        expect(ended.stderr).toContain('another user listens');
        expect(Buffer.concat(said).toString()).toBe('1');
        expect(stage.slowPathCall).toBeNull();
      });
    });
  });
});

describe(rules('LOC-100')`nobody on the socket`, () => {
  const absent: Readonly<Record<string, (stage: Stage) => Promise<void> | void>> = {
    'no socket': () => undefined,
    'the socket of a daemon that died': deadSocket,
    'no runtime directory': (stage) => rmSync(stage.runtime, { recursive: true }),
  };

  // Only the Node hook can start a daemon, and may decide without one (LOC-105): it gets the whole input.
  test.each(table(absent))('$name leaves it to the Node hook, input untouched', async ({ row }) => {
    const stage = new Stage();
    await row(stage);
    expectBlocked(await stage.run());
    expect(stage.slowPathCall?.argv[0]).toBe('PreToolUse');
    expect(Buffer.from(stage.slowPathCall?.input ?? '', 'base64').toString()).toBe(EVENT);
  });
});

/** Damage to the files the hook was installed with. */
const installations: Readonly<Record<string, (stage: Stage) => void>> = {
  'without place.txt': (stage) => unlinkSync(stage.place),
  'with an empty place.txt': (stage) => writeFileSync(stage.place, ''),
  'with a place.txt that is no text': (stage) => writeFileSync(stage.place, '\0\x7fELF ((( "'),
  'with a place.txt that ends in the middle of a path': (stage) => writeFileSync(stage.place, '/usr/bin/no'),
  'with words of a shell in its place.txt': (stage) => writeFileSync(stage.place, '$(kill -9 $$)\n`exit 0`; exit 0\n'),
  'without hook.pl': (stage) => unlinkSync(join(stage.plugin, 'hooks', 'hook.pl')),
  'with an empty hook.pl': (stage) => writeFileSync(join(stage.plugin, 'hooks', 'hook.pl'), ''),
  'with a hook.pl that does not parse': (stage) => stage.alter('alarm 315;', '(((('),
  'with a hook.pl that dies': (stage) => stage.alter('alarm 315;', 'die;'),
  'with a hook.pl that kills itself': (stage) => stage.alter('alarm 315;', 'kill 9, $$;'),
  'with a place.txt that is a folder': (stage) => {
    unlinkSync(stage.place);
    mkdirSync(stage.place);
  },
  'without its runtime directory': (stage) => rmSync(stage.runtime, { recursive: true }),
  'without its home': (stage) => rmSync(stage.home, { recursive: true }),
  'without lib, and no daemon': (stage) => {
    rmSync(join(stage.plugin, 'lib'), { recursive: true });
  },
  'with a Node hook that says nothing and exits 0': (stage) => {
    stage.slowPath('process.exit(0)');
  },
  'with a Node hook that crashes': (stage) => {
    stage.slowPath('throw new Error("x")');
  },
  'with a Node hook that does not parse': (stage) => {
    stage.slowPath('((((');
  },
  'with a Node hook that kills itself': (stage) => {
    stage.slowPath('process.kill(process.pid,"SIGKILL"); setTimeout(()=>{},9e5)');
  },
  'with a Node hook that exits 1': (stage) => {
    stage.slowPath('process.exit(1)');
  },
};

/** Damage by which a program prints something and has not answered. */
const talkative: typeof installations = {
  'with a hook.pl that says allow and exits 1': (stage) =>
    stage.alter('alarm 315;', `print '${verdictBody('allow')}'; exit 1;`),
  'with a hook.pl that says allow and more': (stage) =>
    stage.alter('alarm 315;', `print '${verdictBody('allow')} '; exit 0;`),
  'with a Node hook that prints half a verdict': (stage) => {
    stage.slowPath('process.stdout.write(`{"hookSpecificOutput":{"hookEventName":"PreTo`); process.exit(0)');
  },
  'with a Node hook that prints a banner and exits 0': (stage) => {
    stage.slowPath('console.log("Warning: something"); console.log("{}")');
  },
};

describe(rules('LOC-100', 'INV-22')`a damaged installation`, () => {
  test.each(table(installations))('one $name is a denial', async ({ row }) => {
    const stage = new Stage();
    row(stage);
    expectBlocked(await stage.run());
  });

  test.each(table(talkative))('one $name is a denial', async ({ row }) => {
    const stage = new Stage();
    row(stage);
    expectExitBlocks(await stage.run());
  });

  test('one with a hook.pl that is cut off behind its answer is a denial', async () => {
    const stage = new Stage();
    await hostileDaemon(stage.socket, says(ALLOW));
    stage.alter(`exit($permission eq 'deny' ? 212 : 210);\n`, '');
    const ended = await stage.run();
    expectExitBlocks(ended);
    expect(ended.stdout).toBe(verdictBody('allow'));
  });
});
