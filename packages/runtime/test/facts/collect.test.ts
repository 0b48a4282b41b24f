import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { commandAction } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import { actionFactsSchema } from '@airlock/policy';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectFacts } from '../../src/client.js';
import { environmentSha256 } from '../../src/facts/environment-hash.js';
import { file, scratch } from './scratch.js';

const HASH = '0'.repeat(64);

function layout() {
  const home = scratch();
  const cwd = join(home, 'shop');
  const bin = join(home, 'bin');
  file(join(cwd, 'a.txt'), 'a');
  const tool = file(join(bin, 'tool'), '#!/bin/sh\necho tool\n');
  return { home, cwd, bin, tool, path: `${bin}:/usr/bin:/bin` };
}

type Layout = ReturnType<typeof layout>;

function call(place: Layout, argv: readonly string[], more: Partial<Parameters<typeof collectFacts>[0]> = {}) {
  const { cwd, home, path } = place;
  const action = commandAction({
    argv,
    cwd,
    program: realpathSync('/bin/true'),
    programSha256: HASH,
    environment: {},
    stdin: 'none',
  });
  return collectFacts({ action, cwd, environment: {}, path, home, ...more });
}

function line(place: Layout, commandText: string, more: Partial<Parameters<typeof collectFacts>[0]> = {}) {
  const { cwd, home, path } = place;
  const shell = realpathSync('/bin/bash');
  const action = commandAction({
    argv: [shell, '-c', commandText],
    cwd,
    program: shell,
    programSha256: HASH,
    environment: {},
    stdin: 'none',
    shell,
    commandText,
  });
  return collectFacts({ action, cwd, environment: {}, path, home, ...more });
}

function identityOf(path: string) {
  const real = realpathSync(path);
  const { dev, ino } = statSync(real, { bigint: true });
  const sha256 = createHash('sha256').update(readFileSync(real)).digest('hex');
  return { path: real, device: dev.toString(), inode: ino.toString(), sha256 };
}

describe(rules('INV-34')`programs are pinned as they would be found`, () => {
  test('a program call: real path, device, inode and hash, and those of its interpreter', async () => {
    const place = layout();
    const facts = await call(place, ['tool', 'x']);
    expect(facts).toEqual({
      commands: [
        {
          argv: ['tool', 'x'],
          program: identityOf(place.tool),
          interpreters: [identityOf('/bin/sh')],
          configuration: [],
        },
      ],
      environmentSha256: environmentSha256({}),
      targets: [],
      unknownInput: [],
      persistentShell: false,
    });
    expect(actionFactsSchema.parse(facts)).toEqual(facts);
  });

  test.each([
    ['its content', (place: Layout) => writeFileSync(place.tool, '#!/bin/sh\necho evil\n')],
    ['its file', (place: Layout) => renameSync(file(`${place.tool}2`, '#!/bin/sh\necho tool\n'), place.tool)],
    ['its interpreter', (place: Layout) => writeFileSync(place.tool, '#!/usr/bin/env bash\necho tool\n')],
    ['where it is', (place: Layout) => file(join(place.home, 'early/tool'), '#!/bin/sh\necho tool\n')],
    [
      'a link to it',
      (place: Layout) => {
        renameSync(place.tool, join(place.home, 'moved'));
        symlinkSync('../moved', place.tool);
      },
    ],
  ])('%s changes the facts', async (_what, change) => {
    const place = layout();
    const path = `${place.home}/early:${place.path}`;
    const before = await call(place, ['tool'], { path });
    expect(await call(place, ['tool'], { path })).toEqual(before);
    change(place);
    expect((await call(place, ['tool'], { path })).commands).not.toEqual(before.commands);
  });

  test('a file that was settled is read once; other content of the same size and times is seen', async () => {
    const place = layout();
    const old = new Date(Date.now() - 60_000);
    utimesSync(place.tool, old, old);
    const before = await call(place, ['tool']);
    writeFileSync(place.tool, '#!/bin/sh\necho evil\n');
    utimesSync(place.tool, old, old);
    expect((await call(place, ['tool'])).commands[0]?.program?.sha256).toBe(identityOf(place.tool).sha256);
    expect((await call(place, ['tool'])).commands).not.toEqual(before.commands);
  });

  test('a file that changed a moment ago is read again, whatever its times say', async () => {
    const place = layout();
    for (let round = 0; round < 60; round += 1) {
      writeFileSync(place.tool, `#!/bin/sh\necho ${round % 2}\n`);
      const facts = await call(place, ['tool']);
      expect(facts.commands[0]?.program?.sha256).toBe(identityOf(place.tool).sha256);
    }
  });

  test.each([
    ['./bin/x', 'bin/x'],
    ['sub/../bin/x', 'bin/x'],
  ])('a relative name is seen from the folder: %s', async (name, path) => {
    const place = layout();
    file(join(place.cwd, 'sub/y'), '');
    const found = file(join(place.cwd, path), '#!/bin/sh\n');
    expect((await call(place, [name])).commands[0]?.program?.path).toBe(found);
  });

  test.each(['no-such-tool', './a.txt', './missing', '', '/'])(
    'what cannot be run has no program: %j',
    async (name) => {
      const place = layout();
      chmodSync(join(place.cwd, 'a.txt'), 0o644);
      const action = { kind: 'command', argv: [name, 'x'] };
      const facts = await collectFacts({ ...place, action, environment: {} });
      expect(facts.commands).toEqual([{ argv: [name, 'x'], program: null, interpreters: [], configuration: [] }]);
    },
  );

  test('configuration of the family of each program', async () => {
    const place = layout();
    file(join(place.bin, 'make'), '#!/bin/sh\n');
    file(join(place.cwd, 'Makefile'), 'x:\n');
    const facts = await line(place, 'make test && tool');
    expect(facts.commands.map(({ configuration }) => configuration.map(({ name }) => name))).toEqual([
      ['Makefile'],
      [],
    ]);
  });
});

describe(rules('INV-34')`a line of a shell is read by the strict lexer alone`, () => {
  test('each simple command in its order', async () => {
    const place = layout();
    const facts = await line(place, 'tool "a b" | tool x && tool\n');
    expect(facts.commands.map(({ argv }) => argv)).toEqual([['tool', 'a b'], ['tool', 'x'], ['tool']]);
    expect(facts.commands.every(({ program }) => program?.path === place.tool)).toBe(true);
  });

  test.each(['echo', 'pwd', 'true', 'false', 'printf x'])('a builtin has no program: %s', async (text) => {
    const place = layout();
    for (const name of ['echo', 'pwd', 'true', 'false', 'printf']) file(join(place.bin, name), '#!/bin/sh\n');
    const [name = ''] = text.split(' ');
    expect((await line(place, text)).commands.map(({ program }) => program)).toEqual([null]);
    expect((await call(place, [name])).commands[0]?.program?.path).toBe(join(place.bin, name));
  });

  test.each(['tool $(x)', 'cd x && tool', 'A=1 tool', 'tool > x', 'if true; then tool; fi', 'tool é', ''])(
    'anything else has no commands: %s',
    async (text) => {
      const facts = await collectFacts({
        ...layout(),
        action: { kind: 'command', argv: ['bash'], shell: '/bin/bash', commandText: text },
        environment: {},
      });
      expect(facts.commands).toEqual([]);
    },
  );

  test('a shell that is not known, and an action that is no command', async () => {
    const place = layout();
    const fish = { kind: 'command', argv: ['fish'], shell: '/usr/bin/fish', commandText: 'tool' };
    expect((await collectFacts({ ...place, action: fish, environment: {} })).commands).toEqual([]);
    const edit = { kind: 'file-edit', argv: ['tool'] };
    expect((await collectFacts({ ...place, action: edit, environment: {} })).commands).toEqual([]);
  });
});

describe(rules('INV-34')`the environment is pinned by what makes loaders and interpreters run other code`, () => {
  test.each([
    { LD_PRELOAD: '=/tmp/x.so' },
    { NODE_OPTIONS: '=-r x' },
    { PATH: '=/tmp' },
    { HOME: '=/tmp' },
    { HOME: 'unset' },
    { GIT_SSH_COMMAND: '=x' },
    { 'BASH_FUNC_ls%%': '=() { :; }' },
  ])('%j changes the hash', (differences) => {
    expect(environmentSha256(differences)).not.toBe(environmentSha256({}));
  });

  test.each([
    { TERM: '=xterm' },
    { TOKEN: `sha256:${HASH}` },
    { COLUMNS: `sha256:${HASH}` },
    { GIT_AUTHOR_NAME: '=Ada' },
    { GIT_COMMITTER_DATE: '=now' },
  ])('%j does not', (differences) => {
    expect(environmentSha256(differences)).toBe(environmentSha256({}));
  });

  test('order is nothing; two environments never share a hash', () => {
    expect(environmentSha256({ A: '=1', B: '=2' })).toBe(environmentSha256({ B: '=2', A: '=1' }));
    const values = fc.dictionary(
      fc.constantFrom('A', 'B', 'PATH', 'LD_PRELOAD'),
      fc.string().map((text) => `=${text}`),
    );
    fc.assert(
      fc.property(values, values, (one, other) => {
        const same = JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
        expect(environmentSha256(one) === environmentSha256(other)).toBe(same);
      }),
    );
  });

  test('it is the hash in the facts; the rest is passed on as it was told', async () => {
    const place = layout();
    const environment = { LD_PRELOAD: '=/tmp/x.so' };
    const facts = await call(place, ['tool'], { environment, unknownInput: ['sandbox'], persistentShell: true });
    expect(facts.environmentSha256).toBe(environmentSha256(environment));
    expect(facts.unknownInput).toEqual(['sandbox']);
    expect(facts.persistentShell).toBe(true);
  });

  test('a home that the environment moved is where configuration is looked for', async () => {
    const place = layout();
    file(join(place.bin, 'npm'), '#!/bin/sh\n');
    file(join(place.home, 'other/.npmrc'), 'x');
    const { home: _home, ...rest } = place;
    const action = { kind: 'command', argv: ['npm', 'test'] };
    const facts = await collectFacts({ ...rest, action, environment: { HOME: `=${place.home}/other` } });
    expect(facts.commands[0]?.configuration.map(({ name }) => name)).toContain('~/.npmrc');
  });
});

describe('facts are found out without running anything', () => {
  test('every program that could help is a trap, and none is sprung', async () => {
    const place = layout();
    const sprung = join(place.home, 'sprung');
    for (const name of ['git', 'npm', 'node', 'make', 'sh', 'bash', 'env', 'which', 'file', 'sha256sum', 'tool']) {
      file(join(place.bin, name), `#!/bin/sh\necho ${name} >> ${sprung}\n`);
    }
    file(join(place.cwd, '.git/config'), `[core]\n\tfsmonitor = ${place.bin}/tool\n`);
    file(join(place.cwd, 'package.json'), '{"scripts":{"test":"tool"}}');
    file(join(place.cwd, 'Makefile'), 'A := $(shell tool)\n');
    for (const name of ['git', 'npm', 'node', 'make', 'tool']) {
      await call(place, [name, 'test'], { path: place.bin });
      await line(place, `${name} test`, { path: place.bin });
    }
    expect(existsSync(sprung)).toBe(false);
  });
});

describe(rules('LOC-090')`words that lead elsewhere are reported with their real paths`, () => {
  async function targets(text: string, prepare: (place: Layout) => void = () => undefined) {
    const place = layout();
    prepare(place);
    const found = (await line(place, text)).targets;
    return found.map(({ name, paths }) => [name, paths.map((path) => path.replace(place.home, 'HOME'))]);
  }
  const link =
    (to: string, at = 'link') =>
    (place: Layout) =>
      symlinkSync(to.replace('HOME', place.home), join(place.cwd, at));

  test.each([
    ['a link', 'cat link', link('../.ssh'), ['link', ['HOME/.ssh']]],
    ['what is below it', 'cat link/a/b', link('../.ssh'), ['link/a/b', ['HOME/.ssh/a/b']]],
    ['an absolute link', 'cat link/x', link('HOME/state'), ['link/x', ['HOME/state/x']]],
    ['a link to nothing', 'touch link', link('.git/hooks/new'), ['link', ['HOME/shop/.git/hooks/new']]],
    ['the home', 'cat ~/x', () => undefined, ['~/x', ['HOME/x']]],
    ['the home by its variable', 'cat "$HOME/x"', () => undefined, ['$HOME/x', ['HOME/x']]],
    ['a value of an option', 'tool --out=link', link('../.ssh'), ['link', ['HOME/.ssh']]],
  ])('%s', async (_what, text, prepare, expected) => {
    const found = await targets(text, prepare);
    expect(found).toContainEqual(expected);
  });

  test('a link to itself ends', async () => {
    expect(await targets('cat link', link('link'))).toEqual([]);
  });

  test('dots behind a link lead up from where it leads, as the kernel walks', async () => {
    expect(
      await targets('cat link/../x', (place) => {
        file(join(place.home, 'other/deep/y'), '');
        link('../other/deep')(place);
      }),
    ).toContainEqual(['link/../x', ['HOME/other/x']]);
  });

  test('words that lead nowhere else are left out', async () => {
    expect(
      await targets('cat a.txt ./a.txt sub/../a.txt missing /etc/hostname', (place) =>
        file(join(place.cwd, 'sub/x'), ''),
      ),
    ).toEqual([]);
  });

  test('a link that is gone leads nowhere', async () => {
    const place = layout();
    link('../.ssh')(place);
    rmSync(join(place.cwd, 'link'));
    expect((await line(place, 'cat link')).targets).toEqual([]);
  });
});
