import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { lexCommandLine, matchCommandLine, matchWords, readPattern } from '../../src/index.js';

const list = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Signed patterns that an attacker has to work with. */
const PATTERNS = [
  'git status',
  'git log',
  'git diff',
  'git show',
  'git branch',
  'git remote',
  'ls',
  'echo',
  'printf',
  'pwd',
  'npm test',
  'npm install',
  'npx tsc --noEmit',
  'npx eslint .',
  'node --test',
  'python3 -m pytest',
  'cargo test',
  'go test ./...',
  'make test',
  'cat package.json',
  'cat',
  'grep foo',
  'find',
  'sed -n',
  'curl',
  'tar xf in.tar',
  'rg',
  'git commit',
  'git push',
  'git fetch',
  'docker ps',
  'kubectl get pods',
  'head',
  'tail',
  'wc -l',
  'sort',
  'awk',
  'env',
  'sudo',
  'xargs',
  'time',
  'sh',
  'eval',
  'read',
  'let',
  'declare',
  'test',
];

const READ = PATTERNS.flatMap((text) => {
  const reading = readPattern(text);
  return reading.ok ? [{ text, pattern: reading.pattern }] : [];
});

/** A line that no pattern above covers, nor all of them together. */
function expectAsked(command: string): void {
  const lexed = lexCommandLine({ command, shell: 'zsh' });
  const covered = lexed.ok
    ? lexed.commands.map((one) => READ.find(({ pattern }) => matchWords(pattern, one).approve)?.text)
    : [undefined];
  expect(covered, command).toContain(undefined);
  expect(matchCommandLine('git status', { command, shell: 'bash' }).approve, command).toBe(false);
}

describe(rules('ENF-170', 'INV-30')`attack: another program beside the approved one`, () => {
  it.each(
    list(`
      git status && touch canary
      git status&&touch canary
      git status; touch canary
      git status;touch canary
      git status | touch canary
      git status|touch canary
      git status || touch canary
      git status & touch canary
      git status &touch canary
      git status |& touch canary
      touch canary; git status
      touch canary && git status
      touch canary | git status
      git status && git status && touch canary
      git status | tee canary
      git status | sh
      git status | bash -s
      git status | xargs touch
      git status | python3
      git log | node
      echo 'touch canary' | sh
      echo 'touch canary' | bash
      echo canary | xargs touch
      echo 'w canary' | ed
      echo '!touch canary' | vi -es
      echo x | sudo tee canary
      echo 'system("touch canary")' | awk -f /dev/stdin
      git status; (touch canary)
      git status; { touch canary; }
      git status; exec touch canary
      git status; eval touch canary
      git status; . ./canary
      git status; source canary
      git status; command touch canary
      git status; builtin eval touch canary
      git status; trap 'touch canary' EXIT
      git status; alias ls='touch canary'; ls
      git status; hash -p /bin/touch git
      git status; enable -f ./x.so y
      git status; PATH=.
      git status; export PATH=.
      git status; cd /
      git status; pushd /
      git status; set -x
      git status; shopt -s expand_aliases
      git status; umask 0
      git status; ulimit -c unlimited
      git status; kill 1
      git status; history -s x
      git status; fc -s
      git status; r
      git status; zmodload zsh/net/tcp
      git status; autoload x
      git status; sched 1 x
      git status; run-help ls
      git status; which-command ls
      git status; test -v 'x[$(touch canary)]'
      git status; read x
      git status; mapfile x
      git status; getopts x y
      git status; wait
      git status; bind x
      git status; compgen -C 'touch canary'
      git status; complete -C x y
      git status; emulate sh -c 'touch canary'
      git status; print -P x
      git status; vared x
      git status; zle x
      git status; zpty x touch canary
      git status; ztcp host 80
      git status; whence -c x
      git status; typeset -f
    `),
  )('%s', expectAsked);
});

describe(rules('ENF-170', 'INV-29')`attack: text that the shell expands`, () => {
  const words = list(`
    $x
    \${x}
    \${x:-y}
    \${!x}
    \${x@P}
    \${(e)x}
    \${^x}
    \${=x}
    \${~x}
    \${ x; }
    \${|x;}
    $(touch canary)
    $((1))
    $[1]
    $'x'
    $"x"
    \`touch canary\`
    "$x"
    "\${x}"
    "$(touch canary)"
    "\`touch canary\`"
    "\\x"
    "a!b"
    'a!b'
    'a\\b'
    <(touch canary)
    >(touch canary)
    =(touch canary)
    =touch
    ~
    ~root
    ~/x
    ~+
    ~-
    ~1
    x=~
    x:~
    x=a:~b
    x==ls
    x:=ls
    x=a:=ls
    *
    ?
    [x]
    [!x]
    x*
    *(N)
    *(e:'touch canary':)
    *(+f)
    ^x
    x^y
    x#
    x##
    #x
    <->
    <1-9>
    @(x)
    +(x)
    !(x)
    (x)
    {a,b}
    {1..9}
    {a}
    {
    }
    !!
    !x
    !$
    ^a^b
    \\x
    x\\
    ''''
    'a''b'
    'it''s'
    "x
    'x
    x'
    x"
  `);

  it.each(words)('%s', (word) => {
    for (const start of ['git status', 'git log', 'ls', 'echo', 'printf', 'echo x', 'git diff HEAD~1'])
      expectAsked(`${start} ${word}`);
    expectAsked(`${word} git status`);
    expectAsked(`git${word} status`);
    expectAsked(`git status ${word}; git status`);
  });
});

describe(rules('ENF-170', 'INV-30')`attack: a file behind a redirection`, () => {
  it.each(
    list(`
      > canary
      >canary
      >> canary
      >| canary
      >! canary
      >>! canary
      <> canary
      < canary
      << canary
      <<< canary
      <<- canary
      >& canary
      >&canary
      &> canary
      &>> canary
      2> canary
      2>canary
      2>> canary
      2>| canary
      1>canary
      3>canary
      0<canary
      {fd}>canary
      >&-
      2>&-
      <&-
      <&0
      >&2
      >&1
      1>&2canary
      2>&1canary
      2>&12
      2>&1>canary
      2>&1<canary
      2>& 1
      2> &1
      2 >&1 >canary
      >/dev/nullcanary
      >/dev/null/../canary
      >/dev/null/canary
      >/dev//null
      >/dev/./null
      >/dev/tcp/host/80
      >/dev/null >canary
      2>/dev/null >canary
      2>/dev/nul
      >"canary"
      >'canary'
      >/dev/"null"
      "2">canary
      >(touch canary)
      > >(touch canary)
    `),
  )('%s', (redirection) => {
    for (const start of ['git status', 'echo', 'echo x', 'ls', 'printf', 'pwd', 'npm test']) {
      expectAsked(`${start} ${redirection}`);
      expectAsked(`${start}${redirection}`);
      expectAsked(`${redirection} ${start}`);
      expectAsked(`${start} && ${start} ${redirection}`);
    }
  });
});

describe(rules('ENF-170', 'INV-30')`attack: a shell's own language around the approved words`, () => {
  it.each(
    list(`
      if git status; then touch canary; fi
      while git status; do touch canary; done
      until git status; do touch canary; done
      for i in a; do git status; done
      for ((;;)); do git status; done
      foreach i (a) git status end
      repeat 2 git status
      select i in a; do git status; done
      case git in git) git status;; esac
      function git { touch canary; }
      git() { touch canary; }
      git () touch canary
      () { git status; }
      { git status; }
      (git status)
      ( git status )
      ((git status))
      [[ git status ]]
      [ git status ]
      ! git status
      time git status
      time -p git status
      coproc git status
      coproc x { git status; }
      noglob git status
      nocorrect git status
      - git status
      command git status
      command -p git status
      builtin echo x
      exec git status
      exec -a x git status
      eval git status
      eval 'git status'
      env git status
      env -i git status
      env -S 'git status'
      sudo git status
      sudo -u x git status
      doas git status
      nice git status
      nohup git status
      timeout 5 git status
      stdbuf -o0 git status
      setsid git status
      xargs git status
      watch git status
      flock x git status
      strace git status
      busybox ls
      sh -c 'git status'
      bash -lc 'git status'
      zsh -c 'git status'
      X=1 git status
      X= git status
      X+=1 git status
      X[0]=1 git status
      X=(1) git status
      'X=1' git status
      X='1 2' git status
      PATH=. git status
      LD_PRELOAD=x git status
      GIT_PAGER=x git status
      git=x
      git status=x; git=x
      =git status
      %git status
      ~/git status
      ./git status
      ../git status
      bin/git status
      /tmp/git status
      "git" status
      'git' status
      g"i"t status
      "git status"
      'git status'
      -git status
      +git status
      @git status
      ,git status
      :git status
      git, status
      git: status
      .git status
      git. status
      git/ status
      git/. status
      gitstatus
      git-status
      git_status
      git=status
      git status-x
      git status --
      .
    `).filter((line) => line !== 'git status --' && line !== '.'),
  )('%s', expectAsked);
});

describe(rules('ENF-170', 'INV-30')`attack: words behind a subcommand that run, write or read something else`, () => {
  it.each(
    list(`
      git status --git-dir=x
      git -c core.fsmonitor=x status
      git -C /etc status
      git --git-dir=x status
      git --exec-path=. status
      git -p status
      git --no-pager -c x.y=z log
      git --paginate status
      git status --pathspec-from-file=x
      git status /etc
      git status ../x
      git status -- /etc
      git status -- -x
      git status --config-env=x
      git log --output=canary
      git log --output canary
      git log --outpu=canary
      git log -o canary
      git log --ext-diff
      git log -p --ext-diff
      git log --textconv
      git log --show-signature
      git log --format=%G?
      git log --pretty=format:%GS
      git log --pretty=tformat:%H
      git log -L1,1:x
      git log -L :f:x
      git log --grep=x
      git log --author=x
      git log -Sx
      git log -S x
      git log -Gx
      git log --stdin
      git log -O x
      git log -Ox
      git log --mailmap
      git log --no-index a b
      git log -- ../x
      git log main..x
      git log ...x
      git log HEAD:x
      git log :/x
      git log --all-match
      git log -n
      git log --max-count
      git log -1 -n --output=x
      git log -n --output=x
      git diff --no-index a /etc/passwd
      git diff --no-index -- a b
      git diff /dev/null /etc/passwd
      git diff a ../b
      git diff - a
      git diff --output=x
      git diff --output x
      git diff --ext-diff
      git diff --textconv
      git diff -O/etc/passwd
      git diff -Ox
      git diff --submodule=log
      git diff --color=always
      git diff -I x
      git diff --src-prefix=x
      git diff '*.ts'
      git diff ':(top)x'
      git diff ':!x'
      git diff 'a b'
      git show --textconv
      git show --ext-diff
      git show --output=x
      git show HEAD:/etc/passwd
      git show HEAD:../x
      git show HEAD:x
      git show ':/x'
      git show -c
      git show --cc
      git branch x
      git branch -D x
      git branch -d x
      git branch -m x
      git branch -f x y
      git branch --edit-description
      git branch -u x
      git branch --set-upstream-to=x
      git branch -a x
      git branch --list x
      git branch -vd
      git branch -- x
      git remote add x y
      git remote -v update
      git remote update
      git remote set-url x y
      git remote show x
      git remote prune x
      git remote remove x
      git config x y
      git stash
      git checkout .
      git clean -fd
      git bisect run x
      git submodule foreach x
      git rebase -x x
      git grep -Ox y
      git archive --remote=x y
      git upload-pack x
      ls /
      ls ~
      ls ..
      ls ../x
      ls x/../../y
      ls -la /etc
      ls -- /etc
      ls --hyperlink
      ls -I x
      ls --ignore=x
      ls -T 1
      ls -w 1
      ls -D x
      ls --time-style=+x
      ls --color=always
      ls -Z
      ls 'a b'
      pwd x
      pwd --help
      pwd -LP
      npm test -- --evil
      npm test --prefix x
      npm test -C x
      npm install x
      npm install --global x
      npm run x
      npm exec x
      npx tsc
      npx tsc --noEmit --project x
      npx tsc --noEmit=x
      npx -p x tsc --noEmit
      npx --yes tsc --noEmit
      npx eslint . --fix
      npx eslint . --rulesdir x
      node --test --require x
      node --test x
      node --test -r x
      node -r x --test
      python3 -m pytest -p x
      python3 -m pytest --rootdir=x
      python3 -c x
      cargo test --config x
      cargo test x
      cargo +x test
      go test ./... -exec x
      go test ./... -toolexec x
      make test x
      make test X=y
      make test -f x
      make -C x test
      make test --eval=x
      cat package.json /etc/passwd
      cat /etc/passwd
      cat x
      cat - x
      cat -- x
      grep foo -r /
      grep foo x
      grep -f x foo
      grep foo --include=x
      head x
      head -c 5 x
      tail -f x
      wc -l x
      wc -l --files0-from=x
      sort x
      sort -o canary x
      sort --compress-program=x y
      find . -delete
      find x
      sed -n p x
      sed -n -i p x
      curl x
      tar xf in.tar -C /
      tar xf in.tar --to-command=x
      rg --pre x y
      docker ps x
      docker run x
      kubectl get pods --kubeconfig=x
      kubectl get pods -o x
      awk x
      awk -f x
      git commit -m x
      git commit --amend
      git push x
      git push --force
      git push --receive-pack=x
      git fetch x
      git fetch --upload-pack=x
      printf -v x y
      printf %d x
      printf %n PATH
      printf '%*s' x y
      printf %s 'x[$(touch canary)]'
      printf '%b' x
    `),
  )('%s', expectAsked);
});

describe(rules('ENF-170', 'INV-29', 'INV-31')`attack: characters that look like others, or hide`, () => {
  const hidden = [
    ...'\u0000\u0001\u0007\b\u000b\f\r\u001b\u007f\u0080\u0085\u00a0\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200e\u202a\u202e\u2028\u2029\u2060\u2066\u2069\u3000\ufe0f\ufeff\uff5e\ufffd',
  ];

  it.each(
    hidden.map((character) => [`U+${character.charCodeAt(0).toString(16).padStart(4, '0')}`, character] as const),
  )('%s', (_, character) => {
    for (const line of ['git status', 'echo x', "echo 'x'", 'npm test']) {
      for (let at = 0; at <= line.length; at += 1) expectAsked(line.slice(0, at) + character + line.slice(at));
    }
  });

  it.each([
    'ɡit status',
    'gіt status',
    'git ѕtatus',
    'git statuѕ',
    'ｇｉｔ status',
    'git ‐s',
    'git –s',
    'git −s',
    'git status；touch canary',
    'git status ＆＆ touch canary',
    'git status ｜ sh',
    'echo ＄x',
    'git\u2003status',
    'echo “x”',
    'echo ‘x’',
  ])('%s', expectAsked);

  it.each([
    'git status\ntouch canary',
    'git status\n\n',
    '\ngit status',
    'git status\r\n',
    'git status\\\n',
    'git status \\\n touch canary',
    'git status #\ntouch canary',
    "echo 'x\ny'",
    'git status\n;touch canary',
    'git\nstatus',
  ])('%j', expectAsked);

  it('a gap that hides the end of the line from the screen', () => {
    for (const gap of [' '.repeat(300), '\t'.repeat(300), ' '.repeat(4000)])
      expectAsked(`git status${gap}; touch canary`);
    expectAsked(`git status ${'src '.repeat(2000)}`);
    expectAsked(`git status${' '.repeat(4090)}`);
  });
});
