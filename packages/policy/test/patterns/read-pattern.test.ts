import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { readPattern, readPatternWords } from '../../src/index.js';
import { programKind } from '../../src/patterns/programs/program-kind.js';

const list = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

describe(rules('ENF-175', 'INV-33')`a pattern`, () => {
  it.each([
    ['git status', ['git', 'status'], true],
    ['git status *', ['git', 'status'], true],
    ['  git\tstatus', ['git', 'status'], true],
    ['git log --oneline -20', ['git', 'log', '--oneline', '-20'], true],
    ['git log --oneline *', ['git', 'log', '--oneline'], true],
    ['git log -- src', ['git', 'log', '--', 'src'], true],
    ['git log -n', ['git', 'log', '-n'], false],
    ['git log --output', ['git', 'log', '--output'], false],
    ['git log --ext-diff', ['git', 'log', '--ext-diff'], false],
    ['git diff /etc', ['git', 'diff', '/etc'], false],
    ['git', ['git'], false],
    ['npm', ['npm'], false],
    ['npm test', ['npm', 'test'], false],
    ['ls', ['ls'], true],
    ['ls -la *', ['ls', '-la'], true],
    ['ls /etc', ['ls', '/etc'], false],
    ['echo', ['echo'], true],
    ['echo *', ['echo'], true],
    ['echo hi *', ['echo', 'hi'], true],
    ['printf %s *', ['printf', '%s'], true],
    ['pwd', ['pwd'], true],
    ['pwd -P *', ['pwd', '-P'], true],
    ['pwd x', ['pwd', 'x'], false],
    ['true', ['true'], true],
    ['cat package.json', ['cat', 'package.json'], false],
    ['cat', ['cat'], false],
    ['echo \'a b\' "c"', ['echo', 'a b', 'c'], true],
    ["grep 'a *' b", ['grep', 'a *', 'b'], false],
    ['./scripts/check.sh', ['./scripts/check.sh'], false],
    ['make src/', ['make', 'src/'], false],
    ['/usr/bin/make src', ['/usr/bin/make', 'src'], false],
    ['tsc -p tsconfig.json', ['tsc', '-p', 'tsconfig.json'], false],
    // Interpreters and wrappers, complete.
    ['node --version', ['node', '--version'], false],
    ['node --test', ['node', '--test'], false],
    ['node -r ./setup.js x.js', ['node', '-r', './setup.js', 'x.js'], false],
    ['python3 -m pytest -q', ['python3', '-m', 'pytest', '-q'], false],
    ['php artisan test', ['php', 'artisan', 'test'], false],
    ['npx tsc --noEmit', ['npx', 'tsc', '--noEmit'], false],
    ['npx tsc -p x', ['npx', 'tsc', '-p', 'x'], false],
    ['timeout 5 npm test', ['timeout', '5', 'npm', 'test'], false],
    ['sudo systemctl status', ['sudo', 'systemctl', 'status'], false],
    ['env node --test', ['env', 'node', '--test'], false],
    ['find . -name x -empty', ['find', '.', '-name', 'x', '-empty'], false],
    ["awk '/x/' a.txt", ['awk', '/x/', 'a.txt'], false],
  ])('%j is read', (text, argv, allowsExtra) => {
    expect(readPattern(text)).toEqual({ ok: true, pattern: { argv, allowsExtra } });
  });

  it.each([
    '',
    ' ',
    '*',
    ' *',
    '  *',
    '\n',
    'git status\n',
    'git status\n *',
    'git status *\n',
    'git status * ',
    'git s*',
    'git * status',
    'git * *',
    'git *status',
    'gi? x',
    'git status\r',
    'git\u00a0status',
    'git stat\u00fcs',
    '/git status/',
    '/git (status|log)/',
    'git (status|log)',
    '^git status$',
    'git .* x',
    'git status; git log',
    'git status && ls',
    'git log | cat',
    'git status &',
    'git status 2>&1',
    'git status >/dev/null',
    'git status > x',
    'git $x',
    'git `x`',
    'git "$x"',
    'git \\x',
    'a=b git',
    'a=b',
    "'git' status",
    "git 'status",
    'git "status *',
    "git 'status *",
    '~/x',
    'cat ~/x',
    'git {a,b}',
    'echo {',
    'if x',
    'time x',
    'noglob x',
    '- x',
    'git #x',
    '[ a ]',
    'git status!',
    'echo =ls',
    'x/',
    '..',
    'a'.repeat(4097),
    `echo ${'é'}`,
    'git status\u0000',
  ])('%j is no simple command', (text) => {
    const reading = readPattern(text);
    expect(reading).toMatchObject({ ok: false, reason: 'pattern_invalid' });
    expect(!reading.ok && reading.message.length).toBeGreaterThan(10);
  });

  it.each([
    ['git status', 'it is no simple command as Airlock reads them: expansion `*`', 'git s*'],
    ['', 'it is no simple command as Airlock reads them: empty', ''],
    ['', 'it is more than one command', 'a; b'],
    ['', 'it redirects; a pattern is words only', 'a 2>&1'],
    ['', '`export` changes the shell or evaluates its words', 'export A'],
    ['', '`-e` announces a program that no pattern can judge', 'x -e y'],
    ['', '`--eval=x` announces a program that no pattern can judge', 'x --eval=x'],
    ['', '`bash` is a shell', 'bash x'],
    ['', '`env` alone says nothing about what it runs', 'env'],
    ['', '`npx` runs other programs, so that nothing may follow', 'npx tsc *'],
    ['', '`-pe` may hold a program', 'node -pe x'],
    ['', '`sh` is a shell', 'env sh x'],
    ['', '`node` alone reads its program from its input', 'env node'],
    ['', '`-ne` may hold a program', 'env perl -ne x'],
    ['', 'no list says which further words of `npm test` are harmless', 'npm test *'],
  ])('says why (%#)', (_, message, text) => {
    expect(readPattern(text)).toMatchObject({ ok: false, message });
  });

  it('of no words is none', () => {
    expect(readPatternWords([], false)).toEqual({
      ok: false,
      reason: 'pattern_invalid',
      message: 'it names no program',
    });
    expect(readPatternWords([], true)).toMatchObject({ ok: false, reason: 'pattern_invalid' });
  });

  it('of words that are apart follows the same rules', () => {
    expect(readPatternWords(['git', 'log'], true)).toEqual({
      ok: true,
      pattern: { argv: ['git', 'log'], allowsExtra: true },
    });
    expect(readPatternWords(['git', 'commit'], false)).toEqual({
      ok: true,
      pattern: { argv: ['git', 'commit'], allowsExtra: false },
    });
    expect(readPatternWords(['git', 'commit'], true)).toMatchObject({ ok: false, reason: 'pattern_too_broad' });
    expect(readPatternWords(['bash', 'x'], false)).toMatchObject({ ok: false, reason: 'pattern_too_broad' });
  });
});

const SHELLS =
  list(`sh bash rbash dash ash zsh rzsh ksh rksh mksh lksh pdksh oksh yash posh csh tcsh fish rc es elvish nu xonsh osh ysh
  oil ion murex hush scsh busybox toybox pwsh powershell cmd command.com git-shell su sulogin chsh`);

const WRAPPERS =
  list(`env sudo sudoedit doas run0 runuser setpriv pkexec gosu su-exec sg chroot unshare nsenter firejail bwrap systemd-run
  systemd-nspawn dbus-run-session dbus-launch fakeroot fakechroot proot setarch linux32 linux64 i386 x86_64 uname26 arch direnv mise asdf
  dotenv dotenvx cross-env cross-env-shell op sops aws-vault doppler vault torify torsocks proxychains proxychains4 tsocks wine wine64 cgexec
  capsh newrole runcon nix-shell nice ionice chrt taskset numactl prlimit softlimit nohup setsid timeout gtimeout stdbuf gstdbuf unbuffer
  script scriptreplay watch flock lockf lockfile gtime expect strace ltrace dtruss perf valgrind gdb lldb rr catchsegv caffeinate rlwrap
  chronic ts ifne hyperfine faketime eatmydata xvfb-run tmux screen dtach abduco at batch crontab start-stop-daemon daemonize daemon
  setuidgid envdir envuidgid pgrphack winpty nq ssh autossh sshpass mosh rsh slogin dbclient plink telnet xargs gxargs parallel find gfind fd
  fdfind entr nodemon watchexec inotifywait apply fswatch chokidar onchange concurrently npm-run-all run-p run-s wireit foreman honcho npx
  bunx pnpx pnx yarnpkg-dlx uvx uv pipx poetry pipenv hatch rye pdm conda mamba micromamba corepack volta fnm nvm rbenv pyenv nodenv bundle
  rustup nix`);

/** Wrappers that the lexer refuses before: what they are is for words without a shell. */
const SHELL_WRAPPERS = list('command builtin exec eval noglob nocorrect coproc source time');

const EVALUATES: Readonly<Record<string, readonly string[]>> = {
  ep: list('node nodejs bun deno tsx ts-node ts-node-esm esno iojs electron babel-node vite-node'),
  e: list(`qjs d8 jsc js gjs rhino jjs jshell coffee osascript swift groovy scala kotlin kotlinc elixir iex erl escript clojure clj lein bb
    runghc runhaskell ghci rscript littler octave racket sbcl clisp ecl ccl emacs gst nickle sage awk gawk mawk nawk original-awk goawk`),
  c: list(
    `python pythonw pypy ipython jython micropython guile tclsh wish jimsh bc dc m4 ed red ex vi vim nvim vimdiff view rvim`,
  ),
  ce: list('sqlite psql mysql mariadb mongosh mongo redis-cli duckdb gnuplot maxima gp'),
  eE: list('perl raku rakudo julia ruby jruby irb pry crystal lua luajit luau texlua'),
  rBRE: list('php php-cgi hhvm'),
};
const INTERPRETERS = Object.entries(EVALUATES).flatMap(([letters, names]) =>
  names.map((name) => [name, letters] as const),
);

const tooBroad = (text: string): void => {
  expect(readPattern(text), text).toMatchObject({ ok: false, reason: 'pattern_too_broad' });
};

describe(rules('ENF-175', 'INV-33')`a pattern that would approve too much`, () => {
  it.each(SHELLS)('begins with the shell %s', (shell) => {
    for (const words of ['', ' *', ' x', ' -x', ' script.sh', ' --version', ' -c x']) tooBroad(`${shell}${words}`);
    tooBroad(`/usr/bin/${shell} x`);
    tooBroad(`env ${shell} x`);
    tooBroad(`npx ./bin/${shell}`);
  });

  it.each(WRAPPERS)('begins with the wrapper %s and is not complete', (wrapper) => {
    for (const words of ['', ' *', ' x *', ' git status *']) tooBroad(`${wrapper}${words}`);
    tooBroad(`/usr/bin/${wrapper}`);
    tooBroad(`./${wrapper} x *`);
    tooBroad(`${wrapper} bash x`);
    tooBroad(`${wrapper} x /bin/sh`);
    tooBroad(`${wrapper} python3`);
    tooBroad(`${wrapper} x node -pe y`);
    tooBroad(`${wrapper} x node --print=y z`);
    expect(readPattern(`${wrapper} git status`)).toEqual({
      ok: true,
      pattern: { argv: [wrapper, 'git', 'status'], allowsExtra: false },
    });
  });

  it.each(SHELL_WRAPPERS)('%s is a wrapper where no shell stands between', (wrapper) => {
    expect(programKind(wrapper)).toEqual({ kind: 'wrapper' });
    expect(readPatternWords([wrapper], false)).toMatchObject({ ok: false, reason: 'pattern_too_broad' });
    expect(readPattern(`${wrapper} x`).ok).toBe(false);
  });

  it.each(INTERPRETERS)(
    'begins with the interpreter %s and is not complete, or holds a program behind a letter of %s',
    (name, letters) => {
      for (const words of ['', ' *', ' x *', ' -c x', ' -e x', ' --eval x', ' --eval=x', ' -', ' x -'])
        tooBroad(`${name}${words}`);
      for (const letter of letters) {
        for (const words of [`-${letter} x`, `-${letter}x`, `-n${letter} x`, `-${letter}'x y'`, `x -${letter} y`])
          tooBroad(`${name} ${words}`);
      }
      for (const option of list('--print --run --execute --exec --expr --expression --command --source')) {
        tooBroad(`${name} ${option} x`);
        tooBroad(`${name} ${option}=x`);
        expect(readPattern(`${name} ${option}x y`).ok).toBe(true);
      }
      expect(programKind(name)).toEqual({ kind: 'interpreter', evaluates: letters });
      expect(readPattern(`${name} --x x`)).toEqual({
        ok: true,
        pattern: { argv: [name, '--x', 'x'], allowsExtra: false },
      });
    },
  );

  it.each(
    list(
      'git npm pnpm yarn docker kubectl go cargo make gh aws systemctl brew apt pip terraform helm gradle mvn rsync cp rm curl cat grep head sed tar',
    ),
  )('%s * has no end', (tool) => {
    tooBroad(`${tool} *`);
    tooBroad(`${tool} x *`);
    expect(readPattern(tool)).toEqual({ ok: true, pattern: { argv: [tool], allowsExtra: false } });
  });

  it.each([
    'git log -n *',
    'git log --output *',
    'git log -S *',
    'git show --textconv *',
    'git diff /etc *',
    'git diff ../x *',
    'ls / *',
    'git -C x status *',
    'git branch x *',
    'pwd x *',
    'git commit *',
    'cat a *',
  ])('%s waits for a word that may be anything', tooBroad);

  it.each([
    'tar -c x',
    'wc -c',
    'grep -e x',
    'vim -e x',
    'make --eval x',
    'make --eval=x',
    'cat -',
    'tee -',
    'git -c x.y=z log',
    'echo -e x',
    'git log -e',
    'x -e=y',
    'x -c=y',
    'x -=',
  ])('%s takes or announces text that no pattern judges', tooBroad);

  it.each([
    'cd',
    'cd src',
    'cd src *',
    'export A',
    'set -x',
    'eval x',
    'source x',
    '. x',
    'exec git status',
    'command git status',
    'builtin echo',
    'test -f x',
    'kill 1',
    'printf -v x y',
    'printf %d 1',
    'print x',
    ': x',
  ])('%s changes the shell or evaluates', tooBroad);
});

describe(rules('ENF-175')`the kind of a program`, () => {
  it.each([
    ['bash', 'shell'],
    ['/bin/bash', 'shell'],
    ['./x/bash', 'shell'],
    ['BASH', 'shell'],
    ['Bash', 'shell'],
    ['bash.exe', 'shell'],
    ['bash-5.2', 'shell'],
    ['zsh-5.9', 'shell'],
    ['cmd.exe', 'shell'],
    ['ksh93', 'shell'],
    ['node20', 'interpreter'],
    ['node.exe', 'interpreter'],
    ['python3', 'interpreter'],
    ['python3.12', 'interpreter'],
    ['PYTHON3', 'interpreter'],
    ['/opt/x/python-3.12', 'interpreter'],
    ['R', 'interpreter'],
    ['perl5.36.0', 'interpreter'],
    ['lua5.4', 'interpreter'],
    ['sqlite3', 'interpreter'],
    ['npx.cmd', 'wrapper'],
    ['env.bat', 'wrapper'],
    ['sudo.ps1', 'wrapper'],
    ['x86_64', 'wrapper'],
    ['linux32', 'wrapper'],
    ['proxychains4', 'wrapper'],
    ['Sudo', 'wrapper'],
    ['git', 'plain'],
    ['bashful', 'plain'],
    ['mybash', 'plain'],
    ['nodes', 'plain'],
    ['node-gyp', 'plain'],
    ['python3-config', 'plain'],
    ['bash/x', 'plain'],
    ['', 'plain'],
    ['7', 'plain'],
    ['constructor', 'plain'],
    ['__proto__', 'plain'],
    ['toString', 'plain'],
    ['bash.exe.exe', 'plain'],
  ])('%j is of kind %s', (word, kind) => {
    expect(programKind(word).kind).toBe(kind);
  });
});
