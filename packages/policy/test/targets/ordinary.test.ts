import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { type TargetedAction, touchedTargets } from '../../src/index.js';
import { call, CWD, leads, line, PLACES } from './gate.js';

describe(rules('LOC-090')`ordinary work touches nothing of the gate`, () => {
  test.each([
    'git status',
    'git diff --stat HEAD~1 -- src',
    'git log --oneline -n 5',
    'git log -n 5 --grep commit',
    'git add -A && git commit -m "Say what changed: no verification needed"',
    'git commit -am "Add nothing" --no-edit',
    'git commit -uno -m x',
    'git push --no-thin origin main',
    'git push -n origin main',
    'git config --list',
    'git config --get core.editor',
    'git config user.name Ada',
    'git config branch.main.remote origin',
    'git remote add origin git@github.com:ada/shop.git',
    'git clone https://github.com/ada/shop.git ../shop2',
    'git rm -r --cached .',
    'git clean -fdx',
    'git checkout -b hooks/new-config',
    'ls',
    'ls src',
    'ls -la .git',
    'ls ..',
    'cd packages/web && npm test -- --watch=false',
    'npm test',
    'npm run config',
    'npm ci && npm run build | tee build.log',
    'make -j8 test',
    'cat src/settings.ts src/hooks.ts',
    'cat src/hooks/use-cart.ts config/app.json',
    'vim .github/hooks/readme.md .gitignore .gitattributes',
    'grep -rn "TODO" src | head',
    'rm -rf node_modules dist',
    'rm -rf *',
    'rm .git/index.lock',
    'mv a.txt b.txt src/',
    'mv ../elsewhere/a.txt .',
    'cp -r template/. .',
    'mkdir -p src/hooks && touch src/hooks/index.ts',
    'tar xzf shop.tgz -C build',
    'chmod +x scripts/run.sh',
    'ln -s ../shared shared',
    'find . -name "*.ts" -print',
    'kill 12345',
    'kill -1 12345',
    'kill %1',
    'pkill -f vite',
    'killall -9 chrome',
    'docker run --rm -v "$PWD":/app node:20 npm test',
    'curl -s https://example.com/hooks/config.json',
    'python3 -c "import json; print(json.load(open(\'package.json\')))"',
    "node -e \"require('fs').rmSync('dist', {recursive: true})\"",
    'echo "$HOME/work" > where.txt',
    'env FOO=1 BAR=2 npm test',
    'cat ~/notes.txt',
    'ls ~ /',
    'cat .claude/CLAUDE.md',
    'ls .claude/worktrees/fix/src',
    'cat flights/airlock/door.md',
    'cargo install --path .',
    'pip install -e .',
    'systemctl status nginx',
    'pgrep -fl node',
    'ps aux | grep node',
    'sudo apt-get install curl',
    'pnpm --filter airlock test',
    'ssh build.example.com uptime',
    'cat /proc/cpuinfo /proc/self/status',
    'sed -n 1,20p src/index.ts',
    'for f in *.ts; do wc -l "$f"; done',
  ])('%s', (text) => {
    expect(touchedTargets(line(text), null, PLACES)).toEqual([]);
    expect(touchedTargets(line(text), leads({}), PLACES)).toEqual([]);
  });

  test.each([
    { title: 'a program call', action: call('git', 'status') },
    { title: 'an edit of settings of the project', action: edit('src/settings.ts') },
    { title: 'an edit of a file named hooks', action: edit(`${CWD}/src/hooks.ts`) },
    { title: 'an edit of a folder of hooks', action: edit(`${CWD}/src/hooks/use-cart.ts`) },
    { title: 'an edit in a work tree of the host', action: edit(`${CWD}/.claude/worktrees/fix/src/a.ts`) },
    { title: 'a tool call', action: tool({ query: 'how do hooks work', limit: 3, path: 'src/config' }) },
    { title: 'a tool call with an address', action: tool({ url: 'https://example.com/a/config?hooks=1' }) },
    {
      title: 'a commit',
      action: {
        kind: 'git-commit',
        repository: CWD,
        refs: ['refs/heads/hooks'],
        commits: [
          { diff: 'diff --git a/src/hooks.ts b/src/hooks.ts\n--- a/src/hooks.ts\n+++ b/src/hooks.ts\n+.git/hooks\n' },
        ],
      },
    },
    { title: 'a policy change', action: { kind: 'policy.change' } },
    {
      title: 'an environment',
      action: {
        ...call('npm', 'test'),
        environment: {
          PATH: '=/opt/bin:/usr/bin',
          AIRLOCK_RUN: 'sha256:00',
          AIRLOCK_HOME: 'sha256:00',
          GIT_PAGER: '=cat',
        },
      },
    },
  ] satisfies readonly { title: string; action: TargetedAction }[])('$title', ({ action }) => {
    expect(touchedTargets(action, null, PLACES)).toEqual([]);
  });
});

function edit(path: string): TargetedAction {
  return { kind: 'file-edit', cwd: CWD, files: [{ path }] };
}

function tool(input: unknown): TargetedAction {
  return { kind: 'mcp-call', tool: 'search', inputJson: JSON.stringify(input) };
}
