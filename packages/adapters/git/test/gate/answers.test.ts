import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { referenceTransaction } from '../../src/index.js';
import { ENVIRONMENT, gitFolder, scratch } from '../support/git-folder.js';
import { type Answer, scriptedDaemon } from '../support/scripted-daemon.js';
import { at as folderAt, gatedFolder, named } from '../support/gated-folder.js';

const BASES: Record<string, unknown> = {
  auto: { kind: 'auto', until: 0 },
  'gate-off': { kind: 'gate-off', gate: 'git' },
  unmanaged: { kind: 'unmanaged', path: '/' },
  'fail-open': { kind: 'fail-open', until: 0 },
  grant: { kind: 'grant', policyId: 'p' },
  pattern: { kind: 'pattern', patternIds: ['p'] },
  read: { kind: 'read' },
  handed: { kind: 'handed-over', requestId: 'req-0' },
};

const decided = (verdict: string, outcome: string, more: object = {}) => ({ verdict, outcome, ...more }) as Answer;

/** A commit that is not on a branch, asked about through the hook's own functions. */
async function asks(daemon = scriptedDaemon(), signal = new AbortController().signal) {
  const at = named(gitFolder());
  const first = at.commit('first');
  const next = at.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'next']);
  daemon.workspaces.push(at.folder);
  const said: string[] = [];
  const ports = {
    connect: async () => daemon,
    environment: ENVIRONMENT,
    folder: at.folder,
    say: (line: string) => void said.push(line),
    signal,
  };
  const input = `${first} ${next} refs/heads/main\n`;
  const hook = (state: string, text = input) => referenceTransaction(state, text, ports);
  return {
    at,
    daemon,
    said,
    hook,
    first,
    next,
    pending: () => {
      const folder = join(at.folder, '.git/airlock/pending');
      return existsSync(folder) ? readdirSync(folder) : [];
    },
  };
}

describe(rules('LOC-100')`what the daemon answers`, () => {
  it.each<readonly [name: string, answer: Answer, exit: 0 | 1, said: RegExp]>([
    ['approved', 'approve', 0, /waiting for the approver to decide about req-/],
    ['rejected', 'reject', 1, /^rejected by the approver: not like this$/m],
    [
      'denied by policy',
      decided('deny', 'policy', { code: 'policy_denied', reason: 'no' }),
      1,
      /^policy_denied denied by policy: no$/m,
    ],
    ['too late', decided('deny', 'timeout'), 1, /^timeout nobody answered in time$/m],
    [
      'not paired',
      decided('deny', 'failed', { code: 'not_paired', reason: 'nobody', fix: 'airlock pair' }),
      1,
      /^not_paired nobody \(try: airlock pair\)$/m,
    ],
    [
      'a bad signature',
      decided('deny', 'failed', { code: 'HARP_ERR_SIGNATURE_INVALID' }),
      1,
      /^HARP_ERR_SIGNATURE_INVALID /m,
    ],
    ['withdrawn', decided('deny', 'withdrawn'), 1, /^withdrawn /m],
    ['a standing permission', decided('allow', 'policy', { basis: BASES['grant'] }), 0, /there is no receipt/],
    ['auto mode', decided('pass', 'passed', { basis: BASES['auto'] }), 0, /auto mode is on; there is no receipt/],
    ['gate off', decided('pass', 'passed', { basis: BASES['gate-off'] }), 0, /switches this gate off/],
    ['unmanaged', decided('pass', 'passed', { basis: BASES['unmanaged'] }), 0, /leaves this folder alone/],
    ['fail mode open', decided('pass', 'passed', { basis: BASES['fail-open'] }), 0, /fail mode is open/],
    ['a pattern: there is none for git', decided('allow', 'policy', { basis: BASES['pattern'] }), 1, /^bad_answer /m],
    ['a read: a commit is none', decided('pass', 'passed', { basis: BASES['read'] }), 1, /^bad_answer /m],
    ['handed over: a commit never is', decided('allow', 'approved', { basis: BASES['handed'] }), 1, /^bad_answer /m],
    ['yes without a reason', decided('pass', 'passed'), 1, /^bad_answer /m],
    ['yes by nobody', decided('allow', 'policy'), 1, /^bad_answer /m],
    ['yes that failed', decided('allow', 'failed', { basis: BASES['grant'] }), 1, /^bad_answer /m],
    ['pass that was approved', decided('pass', 'approved', { basis: BASES['auto'] }), 1, /^bad_answer /m],
    ['approved without a receipt', decided('allow', 'approved'), 1, /^no_receipt /m],
  ])('%s', async (_, answer, exit, said) => {
    const gate = await asks();
    gate.daemon.answers(() => answer);
    expect(await gate.hook('prepared')).toBe(exit);
    expect(gate.said.join('\n')).toMatch(said);
    expect(gate.daemon.claimed).toHaveLength(exit === 0 ? 1 : 0);
    const kept = gate.pending().filter((name) => name.endsWith('.update'));
    expect(kept).toHaveLength(exit === 0 ? 1 : 0);
  });

  it('a claim that is not granted stops git', async () => {
    const gate = await asks();
    gate.daemon.beforeClaim = null;
    expect(await gate.hook('prepared')).toBe(1);
    expect(gate.said).toContain('not_approved no');
  });

  it('no daemon stops git', async () => {
    const at = named(gitFolder());
    const first = at.commit('first');
    const next = at.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'next']);
    const said: string[] = [];
    const connect = async () =>
      await Promise.reject(Object.assign(new Error('none'), { code: 'daemon_start_failed', fix: 'airlock doctor' }));
    const ports = {
      connect,
      environment: ENVIRONMENT,
      folder: at.folder,
      say: (line: string) => void said.push(line),
      signal: new AbortController().signal,
    };
    expect(await referenceTransaction('prepared', `${first} ${next} refs/heads/main\n`, ports)).toBe(1);
    expect(said[0]).toBe('daemon_start_failed none (try: airlock doctor)');
  });
});

describe(rules('EXCH-150')`a hook that is ended`, () => {
  it('withdraws its request and stops git', async () => {
    const controller = new AbortController();
    const gate = await asks(scriptedDaemon(), controller.signal);
    gate.daemon.answers(() => {
      setTimeout(() => controller.abort(), 20);
      return new Promise(() => undefined);
    });
    expect(await gate.hook('prepared')).toBe(1);
    expect(gate.daemon.withdrawn).toHaveLength(1);
    expect(gate.said).toContain('interrupted the request was withdrawn');
    expect(gate.pending()).toEqual([]);
  });

  it('Ctrl-C in git: nothing is committed, nothing staged is lost', async () => {
    const at = await gatedFolder();
    at.stage({ a: '1\n' });
    const before = at.state();
    const interrupt = new AbortController();
    at.daemon.answers(() => {
      setTimeout(() => interrupt.abort(), 50);
      return new Promise(() => undefined);
    });
    const { exit } = await at.run(['commit', '-m', 'one'], { signal: interrupt.signal });
    expect(exit).not.toBe(0);
    await expect.poll(() => at.daemon.withdrawn).toHaveLength(1);
    expect(at.state()).toEqual(before);
    at.daemon.answers(() => 'approve');
    expect((await at.run(['commit', '-m', 'one'])).exit).toBe(0);
  });
});

describe('the end of an update', () => {
  it.each([
    ['committed', { result: 'exited', exitCode: 0 }],
    ['aborted', { result: 'not-started', code: 'aborted' }],
  ])('%s is told once', async (state, outcome) => {
    const gate = await asks();
    await gate.hook('prepared');
    for (let times = 0; times < 2; times += 1) expect(await gate.hook(state)).toBe(0);
    expect(gate.daemon.outcomes).toEqual([{ requestId: gate.daemon.claimed[0], outcome }]);
  });

  it('of an update that nobody was asked about tells nothing', async () => {
    const gate = await asks();
    expect(await gate.hook('committed')).toBe(0);
    expect(await gate.hook('preparing')).toBe(0);
    expect(gate.daemon.outcomes).toEqual([]);
  });
});

describe('input of git', () => {
  it.each([
    ['nothing', '', 0],
    ['no branch', `${'0'.repeat(40)} NEXT refs/remotes/origin/main\n`, 0],
    ['HEAD alone', `${'0'.repeat(40)} NEXT HEAD\n`, 0],
    ['a symbolic HEAD', `${'0'.repeat(40)} ref:refs/heads/main HEAD\n`, 0],
    ['a branch that is deleted', `FIRST ${'0'.repeat(40)} refs/heads/main\n`, 0],
    ['a branch that points to a branch', `FIRST ref:refs/heads/main refs/heads/other\n`, 0],
    ['a branch that points elsewhere', `FIRST ref:refs/remotes/x refs/heads/other\n`, 1],
    ['words', 'words\n', 1],
    ['a short id', 'FIRST 1234 refs/heads/main\n', 1],
    ['a name that is not UTF-8', 'FIRST NEXT refs/heads/\uFFFD\n', 1],
    ['a name that git does not allow', 'FIRST NEXT refs/heads/a b\n', 1],
    ['a commit that is not there', `FIRST ${'1'.repeat(40)} refs/heads/main\n`, 1],
  ])('%s', async (_, text, exit) => {
    const gate = await asks();
    gate.daemon.answers(() => 'reject');
    expect(await gate.hook('prepared', text.replace('FIRST', gate.first).replace('NEXT', gate.next))).toBe(exit);
    expect(gate.daemon.asked).toEqual([]);
  });
});

describe('what is too much for one request', () => {
  it('65 commits', async () => {
    const gate = await asks();
    let tip = gate.first;
    for (let count = 0; count < 65; count += 1) {
      tip = gate.at.git(['commit-tree', 'HEAD^{tree}', '-p', tip, '-m', String(count)]);
    }
    expect(await gate.hook('prepared', `${gate.first} ${tip} refs/heads/main\n`)).toBe(1);
    expect(gate.said[0]).toMatch(/^too_many_commits 65 commits .* \(try: .+\)$/);
  });

  it('2 MB of changed text', async () => {
    const at = await gatedFolder();
    const text = (seed: string) => `${seed}${'0123456789abcdef'.repeat(4)}\n`.repeat(3500);
    at.stage(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`f${index}`, text(String(index))])));
    const { exit, said } = await at.run(['commit', '-m', 'large']);
    expect(exit).not.toBe(0);
    expect(said).toMatch(
      /airlock: change_too_large commit [0-9a-f]{40} changes more text than the 2 MiB .* \(try: make several smaller commits/,
    );
    expect(at.daemon.asked).toEqual([]);
  });

  it('a large file that is not shown is bound by its id', async () => {
    const at = await gatedFolder();
    at.stage({ large: 'x'.repeat(5_000_000), binary: Buffer.from([0, 255, 0]), 'caf\u00e9': 'text\n' });
    expect((await at.run(['commit', '-q', '-m', 'assets'])).exit).toBe(0);
    const diff = at.daemon.asked[0]?.action.commits[0]?.diff ?? '';
    expect(diff).toContain(`content not shown: ${at.git(['rev-parse', 'HEAD:large'])} 100644 5000000`);
    expect(diff).toContain(`content not shown: ${at.git(['rev-parse', 'HEAD:binary'])} 100644 3`);
  });
});

describe(rules('LOC-130')`the workspace of a question`, () => {
  it.each([
    ['a linked work tree elsewhere is a part of its repository', 'worktree'],
    ['a name of the folder by a link is the folder', 'link'],
    ['a submodule is a part of what it is in', 'submodule'],
  ])('%s', async (_, kind) => {
    const at = await gatedFolder();
    expect((await at.run(['commit', '--allow-empty', '-m', 'first'])).exit).toBe(0);
    const elsewhere = join(scratch(), 'elsewhere');
    if (kind === 'worktree') await at.run(['worktree', 'add', '-q', '-b', 'other', elsewhere]);
    if (kind === 'link') symlinkSync(at.folder, elsewhere);
    if (kind === 'submodule') {
      folderAt(at.folder).git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', at.folder, 'sub']);
      named(folderAt(join(at.folder, 'sub')));
      const sub = await gatedFolder(folderAt(join(at.folder, 'sub')), at.daemon);
      at.daemon.workspaces.splice(1);
      expect((await sub.run(['commit', '--allow-empty', '-m', 'x'])).exit).toBe(0);
    } else {
      expect((await at.run(['commit', '--allow-empty', '-m', 'x'], { folder: elsewhere })).exit).toBe(0);
    }
    const asked = at.daemon.asked.at(-1);
    expect(asked?.workspace.startsWith(at.folder)).toBe(true);
    expect(asked?.source).toBe('git');
  });
});

describe('two commits at once in two work trees', () => {
  it('are two questions; each gets its own answer', async () => {
    const at = await gatedFolder();
    expect((await at.run(['commit', '--allow-empty', '-m', 'first'])).exit).toBe(0);
    const elsewhere = join(scratch(), 'elsewhere');
    await at.run(['worktree', 'add', '-q', '-b', 'other', elsewhere]);
    at.daemon.answers(
      ({ action }) =>
        new Promise((resolve) => {
          const { commits } = action as unknown as { commits: readonly { message: string }[] };
          setTimeout(() => resolve(commits[0]?.message === 'no\n' ? 'reject' : 'approve'), 300);
        }),
    );
    const [one, two] = await Promise.all([
      at.run(['commit', '--allow-empty', '-m', 'yes']),
      at.run(['commit', '--allow-empty', '-m', 'no'], { folder: elsewhere }),
    ]);
    expect([one.exit === 0, two.exit === 0]).toEqual([true, false]);
    expect(at.git(['log', '--format=%s', '-1', 'main'])).toBe('yes');
    expect(at.git(['log', '--format=%s', '-1', 'other'])).toBe('first');
    expect(at.git(['notes', '--ref', 'airlock', 'list']).split('\n')).toHaveLength(2);
  });
});

describe('an unborn branch, and one without a name', () => {
  it('a repository without an identity: refused with what to type', async () => {
    const at = await gatedFolder(gitFolder());
    const { exit, said } = await at.run(['commit', '--allow-empty', '-m', 'first']);
    expect(exit).not.toBe(0);
    expect(said).toMatch(/airlock: repository_unknown .* \(try: git config airlock\.repository /);
  });

  it('the first commit of a repository', async () => {
    const at = await gatedFolder();
    at.stage({ a: '1\n' });
    expect((await at.run(['commit', '-m', 'first'])).exit).toBe(0);
    expect(at.daemon.asked[0]?.action.refs).toEqual([`create refs/heads/main at ${at.git(['rev-parse', 'HEAD'])}`]);
    expect(at.daemon.asked[0]?.action.commits[0]?.parents).toEqual([]);
  });
});
