import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloneOf, gitFolder, type GitFolder } from '../support/git-folder.js';
import { standIn } from '../support/stand-in.js';

const HOOKS = ['commit-msg', 'pre-push', 'reference-transaction'];

/** Everything below `.git/hooks` and the configuration, with modes: what an uninstallation has to put back. */
function traces({ folder }: GitFolder): Readonly<Record<string, string>> {
  const hooks = join(folder, '.git', 'hooks');
  const names = readdirSync(hooks).filter((name) => !name.endsWith('.sample'));
  const entries = names.map((name) => [name, trace(join(hooks, name))] as const);
  return { ...Object.fromEntries(entries), config: readFileSync(join(folder, '.git', 'config'), 'utf8') };
}

function trace(path: string): string {
  const entry = lstatSync(path);
  return `${entry.mode.toString(8)} ${readFileSync(path, 'latin1')}`;
}

function writeHook({ folder }: GitFolder, name: string, text: string, mode = 0o755): string {
  const path = join(folder, '.git', 'hooks', name);
  writeFileSync(path, text, 'latin1');
  chmodSync(path, mode);
  return path;
}

describe('an installation', () => {
  test('is told as it is', async () => {
    const here = gitFolder();
    const program = standIn();
    expect(await program.status(here)).toMatchObject({
      identity: null,
      trailer: false,
      managers: [],
      problems: [{ code: 'not_installed', fix: 'airlock git install' }, { code: 'repository_unknown' }],
    });
    const installed = await program.install(here, { identity: 'example.org/widgets', trailer: true });
    expect(installed).toMatchObject({
      side: 'client',
      repository: here.folder,
      identity: 'example.org/widgets',
      trailer: true,
      problems: [],
    });
    expect(installed.hooks.map(({ hook, state, chained }) => [hook, state, chained])).toEqual(
      HOOKS.map((hook) => [hook, 'installed', null]),
    );
    expect(await program.status(here)).toEqual(installed);
  });

  test('again changes no byte', async () => {
    const origin = gitFolder();
    origin.commit('one');
    const here = cloneOf(origin);
    writeHook(here, 'pre-push', '#!/bin/sh\nexit 0\n');
    const program = standIn();
    await program.install(here, { trailer: true });
    const once = traces(here);
    const record = readFileSync(join(here.folder, '.git', 'airlock', 'install.json'), 'utf8');
    await program.install(here, { trailer: true });
    expect(traces(here)).toEqual(once);
    expect(readFileSync(join(here.folder, '.git', 'airlock', 'install.json'), 'utf8')).toBe(record);
  });

  test('with another program writes the hooks anew, and keeps what was there before', async () => {
    const here = gitFolder();
    writeHook(here, 'pre-push', '#!/bin/sh\n# mine\n');
    await standIn('old').install(here);
    const program = standIn('new');
    await program.install(here);
    here.commit('one');
    expect(program.calls()).toHaveLength(1);
    expect(trace(join(here.folder, '.git', 'hooks', 'pre-push.before-airlock'))).toBe('100755 #!/bin/sh\n# mine\n');
  });

  test('and back leaves what was there, byte for byte', async () => {
    const origin = gitFolder();
    origin.commit('one');
    const here = cloneOf(origin);
    writeHook(here, 'pre-push', '#!/bin/sh\necho caf\xe9\n');
    writeHook(here, 'commit-msg', 'not even a script', 0o644);
    symlinkSync('pre-push', join(here.folder, '.git', 'hooks', 'reference-transaction'));
    const before = traces(here);
    const program = standIn();
    const { hooks } = await program.install(here, { trailer: true });
    expect(hooks.map(({ hook, chained }) => chained?.endsWith(`/${hook}.before-airlock`))).toEqual([true, true, true]);
    expect(traces(here)).not.toEqual(before);
    expect(await program.uninstall(here)).toEqual({ repository: here.folder, removed: HOOKS, restored: HOOKS });
    expect(traces(here)).toEqual(before);
    expect(lstatSync(join(here.folder, '.git', 'hooks', 'reference-transaction')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(here.folder, '.git', 'airlock'))).toBe(false);
    expect(await program.uninstall(here)).toEqual({ repository: here.folder, removed: [], restored: [] });
  });

  test('keeps receipts that wait', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    writeFileSync(join(here.folder, '.git', 'airlock', 'pending'), 'x');
    await program.uninstall(here);
    expect(readdirSync(join(here.folder, '.git', 'airlock'))).toEqual(['pending']);
  });
});

describe('a hook that was there', () => {
  const NOTE = '#!/bin/sh\n{ printf "%s " "$@"; cat; } >>"$(git rev-parse --git-common-dir)/before"\n';
  const said = ({ folder }: GitFolder) => readFileSync(join(folder, '.git', 'before'), 'utf8');

  test('comes first, with the same words and the same input', async () => {
    const here = gitFolder();
    writeHook(here, 'reference-transaction', NOTE);
    const program = standIn();
    await program.install(here);
    const id = here.commit('one');
    const lines = `${'0'.repeat(40)} ${id} HEAD\n${'0'.repeat(40)} ${id} refs/heads/main\n`;
    expect(said(here)).toBe(`prepared ${lines}committed ${lines}`);
    expect(program.calls().map(({ input }) => input)).toEqual([lines]);
  });

  test('ends it when it refuses', async () => {
    const here = gitFolder();
    writeHook(here, 'reference-transaction', '#!/bin/sh\necho no way >&2\nexit 3\n');
    const program = standIn();
    await program.install(here);
    const { ok, said: why } = here.attempt(['commit', '--allow-empty', '-m', 'x']);
    expect([ok, why]).toEqual([false, expect.stringContaining('no way')]);
    expect(program.calls()).toEqual([]);
  });

  test('that is not executable is not called, as git does not call it', async () => {
    const here = gitFolder();
    writeHook(here, 'reference-transaction', '#!/bin/sh\nexit 3\n', 0o644);
    const program = standIn();
    await program.install(here);
    here.commit('one');
    expect(program.calls()).toHaveLength(1);
  });

  test.each([1, 15, 16, 17, 40])('gets %i lines as git wrote them', async (count) => {
    const here = gitFolder();
    const id = here.commit('one');
    writeHook(here, 'reference-transaction', NOTE);
    await standIn().install(here);
    const names = Array.from({ length: count }, (_, n) => `refs/tags/caf\u00e9-${n + 100}`);
    here.git(['update-ref', '--stdin'], names.map((name) => `create ${name} ${id}\n`).join(''));
    const lines = names.map((name) => `${'0'.repeat(id.length)} ${id} ${name}\n`).join('');
    expect(said(here)).toBe(`prepared ${lines}committed ${lines}`);
  });

  test('that reads nothing of a long input breaks nothing', async () => {
    const here = gitFolder();
    writeHook(here, 'reference-transaction', '#!/bin/sh\nexit 0\n');
    const program = standIn();
    await program.install(here);
    const id = here.commit('one');
    program.calls();
    const many = Array.from({ length: 3_000 }, (_, n) => `create refs/tags/${'x'.repeat(60)}${n} ${id}\n`).join('');
    here.git(['update-ref', '--stdin'], many);
    expect(program.calls()).toEqual([]);
    expect(here.git(['tag']).split('\n')).toHaveLength(3_000);
  });
});

describe('what others did meanwhile', () => {
  const hook = (here: GitFolder, name: string) => join(here.folder, '.git', 'hooks', name);

  test.each([
    { what: 'removed', state: 'missing', code: 'hook_missing', act: (path: string) => rmSync(path) },
    {
      what: 'replaced',
      state: 'replaced',
      code: 'hook_replaced',
      act: (path: string) => writeFileSync(path, '#!/bin/sh\n'),
    },
    {
      what: 'edited',
      state: 'changed',
      code: 'hook_changed',
      act: (path: string) => writeFileSync(path, '\nexit 0\n', { flag: 'a' }),
    },
  ])('$what: status tells, with what to type', async ({ state, code, act }) => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    act(hook(here, 'pre-push'));
    const { hooks, problems } = await program.status(here);
    expect(hooks.map((each) => each.state)).toEqual(['installed', state, 'installed']);
    expect(problems).toMatchObject([{ code, fix: expect.stringContaining('airlock git install') }]);
  });

  test('a hook that was put over ours is chained by the next installation', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    writeHook(here, 'pre-push', '#!/bin/sh\n# theirs\n');
    const { hooks, problems } = await program.install(here);
    expect(problems).toEqual([]);
    expect(hooks[1]).toMatchObject({ state: 'installed', chained: hook(here, 'pre-push.before-airlock') });
    await program.uninstall(here);
    expect(trace(hook(here, 'pre-push'))).toBe('100755 #!/bin/sh\n# theirs\n');
  });

  test('one that would be lost is refused by both, and nothing is touched', async () => {
    const here = gitFolder();
    const program = standIn();
    writeHook(here, 'pre-push', '#!/bin/sh\n# first\n');
    await program.install(here);
    writeHook(here, 'pre-push', '#!/bin/sh\n# second\n');
    const before = traces(here);
    const refusal = { code: 'foreign_hook_changed', fix: expect.stringContaining('pre-push.before-airlock') };
    await expect(program.install(here)).rejects.toMatchObject(refusal);
    await expect(program.uninstall(here)).rejects.toMatchObject(refusal);
    expect(traces(here)).toEqual(before);
  });

  test('ours with words of others in it is refused by both', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    writeFileSync(hook(here, 'pre-push'), 'echo mine\n', { flag: 'a' });
    const before = traces(here);
    await expect(program.install(here)).rejects.toMatchObject({ code: 'foreign_hook_changed' });
    await expect(program.uninstall(here)).rejects.toMatchObject({ code: 'foreign_hook_changed' });
    expect(traces(here)).toEqual(before);
  });

  test('one that was put over ours stays when we go, where nothing of theirs was kept', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    writeHook(here, 'pre-push', '#!/bin/sh\n# theirs\n');
    expect(await program.uninstall(here)).toMatchObject({ removed: ['commit-msg', 'reference-transaction'] });
    expect(trace(hook(here, 'pre-push'))).toBe('100755 #!/bin/sh\n# theirs\n');
  });

  test('a deleted hook of ours comes back, with what it called', async () => {
    const here = gitFolder();
    const program = standIn();
    writeHook(here, 'pre-push', '#!/bin/sh\n# first\n');
    await program.install(here);
    rmSync(hook(here, 'pre-push'));
    expect((await program.install(here)).hooks[1]).toMatchObject({ state: 'installed', chained: expect.any(String) });
    rmSync(hook(here, 'pre-push'));
    await program.uninstall(here);
    expect(trace(hook(here, 'pre-push'))).toBe('100755 #!/bin/sh\n# first\n');
  });

  test('a program that is gone stops branches and pushes, says what to type, and stops nothing else', async () => {
    const here = gitFolder();
    const program = standIn();
    await program.install(here);
    here.commit('one');
    rmSync(program.program.program);
    here.git(['tag', 'v1']);
    here.git(['branch', 'more']);
    const { ok, said } = here.attempt(['commit', '--allow-empty', '-m', 'x']);
    expect(ok).toBe(false);
    expect(said).toMatch(/^airlock: hook_missing .*git-hook\.cjs is not there any more; .*type: airlock git install$/m);
    const { problems } = await program.status(here);
    expect(problems.map(({ code }) => code)).toEqual(['program_missing', 'program_missing', 'program_missing']);
  });
});

describe('the configuration', () => {
  const values = (here: GitFolder, name: string) => here.attempt(['config', '--get-all', name]);

  test('an identity is written once, first, before those the repository had', async () => {
    const here = gitFolder();
    here.git(['config', 'airlock.repository', 'old.example/widgets']);
    const before = traces(here);
    const program = standIn();
    await program.install(here, { identity: 'new.example/a.b+c' });
    await program.install(here, { identity: 'new.example/a.b+c' });
    expect(values(here, 'airlock.repository').said).toBe('new.example/a.b+c\nold.example/widgets');
    await program.uninstall(here);
    expect(traces(here)).toEqual(before);
  });

  test('without one, origin gives it; a repository that nobody else knows is told', async () => {
    const program = standIn();
    const here = gitFolder();
    const { identity, problems } = await program.install(here, { identity: undefined as unknown as string });
    expect(identity).toBe(null);
    expect(problems).toMatchObject([{ code: 'repository_unknown', fix: expect.stringContaining('--repository') }]);
    here.git(['remote', 'add', 'origin', 'https://ada:secret@Example.org:8443/team/widgets.git']);
    const again = await program.install(here, { identity: undefined as unknown as string });
    expect(again).toMatchObject({ identity: 'example.org/team/widgets', problems: [] });
    expect(values(here, 'airlock.repository').said).toBe('example.org/team/widgets');
  });

  test('a server without one refuses every push, and says so before anybody pushes', async () => {
    const program = standIn();
    const here = gitFolder('--bare');
    const { problems } = await program.install(here, { identity: undefined as unknown as string });
    expect(problems).toMatchObject([
      {
        code: 'repository_unknown',
        message: expect.stringContaining('every push is refused'),
        fix: 'airlock git install --repository NAME',
      },
    ]);
    expect((await program.install(here, { identity: 'example.org/team/widgets' })).problems).toEqual([]);
  });

  test('receipts are fetched from every remote that is fetched from, and one without any is fetched as before', async () => {
    const origin = gitFolder();
    origin.commit('one');
    const here = cloneOf(origin);
    here.git(['remote', 'add', 'other', origin.folder]);
    const program = standIn();
    await program.install(here);
    expect(values(here, 'remote.other.fetch').said).toBe(
      '+refs/heads/*:refs/remotes/other/*\n+refs/notes/airlock*:refs/airlock/remotes/other*',
    );
    here.git(['fetch', '-q', '--all']);
    origin.git(['notes', '--ref', 'airlock', 'add', '-m', 'r']);
    here.git(['pull', '-q']);
    here.git(['fetch', '-q', '--prune', 'other']);
    expect(here.git(['for-each-ref', '--format=%(refname)', 'refs/airlock'])).toBe(
      'refs/airlock/remotes/origin\nrefs/airlock/remotes/other',
    );
    here.git(['remote', 'add', 'late', origin.folder]);
    expect((await program.status(here)).problems).toMatchObject([{ code: 'receipts_not_fetched' }]);
  });

  test('what was set before us stays set after us', async () => {
    const here = gitFolder();
    here.git(['config', 'airlock.trailer', 'true']);
    here.git(['config', 'airlock.repository', 'example.org/widgets']);
    const before = traces(here);
    const program = standIn();
    await program.install(here, { trailer: true });
    await program.uninstall(here);
    expect(traces(here)).toEqual(before);
  });
});
