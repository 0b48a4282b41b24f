import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { type TargetedAction, targetCandidates, touchedTargets } from '../../src/index.js';
import { call, CWD, leads, line, PLACES } from './gate.js';

const OWN = 'the own files of the gate';
const HOOKS = 'the hooks of a repository';
const CONFIG = 'the configuration of a repository';
const GIT = 'the configuration of git';
const HOST = 'the settings, hooks or plugins of the host';
const MCP = 'the registration of MCP servers';
const FOLDER = 'a folder that holds protected files';
const COMMAND = 'the command of the gate';
const PROCESS = 'a process of the gate';
const BYPASS = 'the hooks of git left out';
const INSTALL = 'the configuration or the hooks of git';
const RUNS = 'whether git runs hooks';
const VARIABLE = 'a variable of the gate';
const CLAUDE = 'the command of the host';

const touched = (action: TargetedAction) => touchedTargets(action, null, PLACES);

describe(rules('LOC-090')`a command that names part of the gate touches it`, () => {
  test.each([
    // Its own files
    ['cat ~/.local/state/airlock/state.json', OWN, '~/.local/state/airlock/state.json'],
    ['ls /home/ada/.config/airlock', OWN, '/home/ada/.config/airlock'],
    ['cat $HOME/.local/share/airlock/secrets/key', OWN, '$HOME/.local/share/airlock/secrets/key'],
    ['cat "${XDG_STATE_HOME}/airlock/journal.jsonl"', OWN, '$XDG_STATE_HOME/airlock/journal.jsonl'],
    ['cat ../../.config/airlock/x', OWN, '../../.config/airlock/x'],
    ['curl --unix-socket /run/user/1000/airlock/daemon.sock http://x/', OWN, '/run/user/1000/airlock/daemon.sock'],
    ['node /srv/gate/dist/main.js auto on', OWN, '/srv/gate/dist/main.js'],
    ['echo x > /run/airlock/y', OWN, '/run/airlock/y'],
    ['cat $X/gate/dist/main.js', OWN, '$X/gate/dist/main.js'],
    // Hooks and configuration of git
    ['echo exit 0 > .git/hooks/pre-commit', HOOKS, '.git/hooks/pre-commit'],
    ['rm -r .git/hooks/', HOOKS, '.git/hooks/'],
    ['ls vendor/lib/.git/modules/a/hooks', HOOKS, 'vendor/lib/.git/modules/a/hooks'],
    ['cp x /srv/shop.git/hooks/pre-receive', HOOKS, '/srv/shop.git/hooks/pre-receive'],
    ['vim .husky/pre-commit', HOOKS, '.husky/pre-commit'],
    ['sed -i s/a/b/ .git/config', CONFIG, '.git/config'],
    ['cat .git/worktrees/a/config.worktree', CONFIG, '.git/worktrees/a/config.worktree'],
    ['cat ~/.gitconfig', GIT, '~/.gitconfig'],
    ['cat /etc/gitconfig', GIT, '/etc/gitconfig'],
    ['cat ~/.config/git/config', GIT, '~/.config/git/config'],
    ['cat $XDG_CONFIG_HOME/git/config', GIT, '$XDG_CONFIG_HOME/git/config'],
    ['git -c core.hooksPath=/dev/null commit -m x', RUNS, 'core.hooksPath'],
    ['git config core.hookspath x', RUNS, 'core.hookspath'],
    ['git config --get core.hooksPath', RUNS, 'core.hooksPath'],
    ['git config alias.x "!sh"', INSTALL, 'git config'],
    ['git config --global --unset core.editor', INSTALL, 'git config'],
    ['git config set core.editor vim', INSTALL, 'git config'],
    ['git config --edit', INSTALL, 'git config'],
    ['git config -e', INSTALL, 'git config'],
    ['git config --rename-section user core', INSTALL, 'git config'],
    ['git -C . config --add include.path x', GIT, 'include.path'],
    ['git -c includeIf.gitdir:/x.path=y status', GIT, 'includeIf.gitdir'],
    ['git init --template=/tmp/t', INSTALL, 'git init'],
    ['git config init.templateDir /tmp/t', GIT, 'init.templateDir'],
    ['git lfs install', INSTALL, 'git lfs'],
    ['npx husky install', INSTALL, 'husky install'],
    ['pre-commit uninstall', INSTALL, 'pre-commit uninstall'],
    ['GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=a git status', GIT, 'GIT_CONFIG_COUNT'],
    ['env GIT_CONFIG=/tmp/x git status', GIT, 'GIT_CONFIG'],
    ['export GIT_TEMPLATE_DIR=/tmp/t', GIT, 'GIT_TEMPLATE_DIR'],
    ['HUSKY=0 git commit -m x', RUNS, 'HUSKY'],
    ['LEFTHOOK=0 git push', RUNS, 'LEFTHOOK'],
    // Leaving hooks out
    ['git commit --no-verify -m x', BYPASS, '--no-verify'],
    ['git push --no-verif', BYPASS, '--no-verif'],
    ['git push --NO-VERIFY', BYPASS, '--NO-VERIFY'],
    ['git commit --no-ver -m x', BYPASS, 'git commit --no-ver'],
    ['git push --no-v', BYPASS, 'git push --no-v'],
    ['git commit -n -m x', BYPASS, 'git commit -n'],
    ['git commit -anm x', BYPASS, 'git commit -anm'],
    ['git commit -sn', BYPASS, 'git commit -sn'],
    ['git -C sub -c a.b=c commit -qn', BYPASS, 'git commit -qn'],
    ['git --git-dir x commit -n', BYPASS, 'git commit -n'],
    ['/usr/bin/git merge -n topic', BYPASS, 'git merge -n'],
    ['git am -n 1.patch', BYPASS, 'git am -n'],
    // The host
    ['cat .claude/settings.json', HOST, '.claude/settings.json'],
    ['cat .claude/settings.local.json', HOST, '.claude/settings.local.json'],
    ['ls ~/.claude/plugins', HOST, '~/.claude/plugins'],
    ['touch .claude/commands/x.md', HOST, '.claude/commands/x.md'],
    ['ls a/.claude/worktrees/b/.claude/hooks', HOST, 'a/.claude/worktrees/b/.claude/hooks'],
    ['cat ~/.claude.json', HOST, '~/.claude.json'],
    ['cat x/.claude-plugin/plugin.json', HOST, 'x/.claude-plugin/plugin.json'],
    ['cat /etc/claude-code/managed-settings.json', HOST, '/etc/claude-code/managed-settings.json'],
    ['ls "/Library/Application Support/ClaudeCode/managed-settings.d"', HOST, 'Support/ClaudeCode/managed-settings.d'],
    ['cat ~/.codex/config.toml', HOST, '~/.codex/config.toml'],
    ['cat .mcp.json', MCP, '.mcp.json'],
    ['cat .cursor/mcp.json', MCP, '.cursor/mcp.json'],
    ['claude plugin disable gate', CLAUDE, 'claude plugin'],
    ['FOO=1 claude -p hi', CLAUDE, 'claude -p'],
    ['sudo -u ada claude', CLAUDE, 'claude'],
    // The command
    ['airlock auto on', COMMAND, 'airlock auto'],
    ['/usr/local/bin/airlock status', COMMAND, '/usr/local/bin/airlock status'],
    ['AIRLOCK.CMD unpair', COMMAND, 'AIRLOCK.CMD unpair'],
    ['true && X=1 sudo env Y=2 airlock daemon stop', COMMAND, 'airlock daemon'],
    ['echo on | xargs airlock auto', COMMAND, 'airlock auto'],
    ['find . -name x -exec airlock unpair \\;', COMMAND, 'airlock unpair'],
    ['timeout 5 airlock', COMMAND, 'airlock'],
    ['if true; then airlock; fi', COMMAND, 'airlock'],
    ['npx -- airlock up', COMMAND, 'airlock up'],
    ['echo $AIRLOCK_HOME', VARIABLE, '$AIRLOCK_HOME'],
    ['export AIRLOCK_HOME=/tmp/x', VARIABLE, 'AIRLOCK_HOME'],
    // Its processes
    ['kill 4711', PROCESS, 'kill 4711'],
    ['kill -9 -- -4711', PROCESS, 'kill -9 -- -4711'],
    ['kill -9 -1', PROCESS, 'kill -9 -1'],
    ['kill $(pidof airlock)', PROCESS, 'pidof airlock'],
    ['ps x | grep airlock | xargs kill', PROCESS, 'grep airlock'],
    ['pkill -f airlock', PROCESS, 'pkill -f airlock'],
    ['pkill node', PROCESS, 'pkill node'],
    ['pkill -f ".*"', PROCESS, 'pkill -f .*'],
    ['pkill -f dist/main', PROCESS, 'pkill -f dist/main'],
    ['killall -u ada', PROCESS, 'killall -u ada'],
    ['killall node', PROCESS, 'killall node'],
    ['systemctl --user stop airlock', PROCESS, 'systemctl --user stop airlock'],
    ['gdb -p4711', PROCESS, 'gdb -p4711'],
    ['prlimit --pid=4711 --nofile=1', PROCESS, 'prlimit --pid=4711 --nofile=1'],
    ['cat /proc/4711/environ', PROCESS, '/proc/4711/environ'],
    ['python3 -c "import os; os.kill(4711, 9)"', PROCESS, '4711'],
    // Folders around it
    ['rm -rf ~/.local', FOLDER, '~/.local'],
    ['rm -rf ~', FOLDER, '~'],
    ['rm -rf .', FOLDER, '.'],
    ['rm -rf ../shop', FOLDER, '../shop'],
    ['rm -rf /', FOLDER, '/'],
    ['mv .git old', FOLDER, '.git'],
    ['mv .claude /tmp', FOLDER, '.claude'],
    ['mv x .git', FOLDER, '.git'],
    ['chmod -R 777 /run/user', FOLDER, '/run/user'],
    ['cp -r evil/. .git', FOLDER, '.git'],
    ['ln -s .git g', FOLDER, '.git'],
    ['tar xf evil.tar -C .git', FOLDER, '.git'],
    ['echo gitdir: x > .git', FOLDER, '.git'],
    ['find . -delete', FOLDER, '.'],
    ['cp x /run/user/1000', FOLDER, '/run/user/1000'],
    ['rm -rf .g*', FOLDER, '.g*'],
  ])('%s', (text, what, word) => {
    const found = touched(line(text));
    expect(found).toContain(`${what}: ${word}`);
  });

  test('what is found is said once, in order, and shortened where it is very long', () => {
    const long = `.git/hooks/${'x'.repeat(300)}`;
    const found = touched(line(`cat .mcp.json .git/config .mcp.json; ls ${long}`));
    expect(found).toEqual([`${CONFIG}: .git/config`, `${HOOKS}: ${long.slice(0, 200)}…`, `${MCP}: .mcp.json`]);
  });

  test('a program call without a shell is judged by its words', () => {
    expect(touched(call('cat', '.git/config'))).toEqual([`${CONFIG}: .git/config`]);
    expect(touched(call('airlock', 'unpair'))).toEqual([`${COMMAND}: airlock unpair`]);
    expect(touched(call('sh', '-c', 'git commit -n'))).toEqual([`${BYPASS}: git commit -n`]);
  });

  test('where it happens and which program it is count too', () => {
    expect(touched({ ...call('ls'), cwd: '/home/ada/.config/airlock' })).toContain(`${OWN}: /home/ada/.config/airlock`);
    expect(touched({ ...call('ls'), program: '/srv/gate/dist/main.js' })).toContain(`${OWN}: /srv/gate/dist/main.js`);
    const program = { path: '/srv/gate/dist/main.js', device: '1', inode: '2', sha256: '0'.repeat(64) };
    const facts = { ...leads({}), commands: [{ argv: ['x'], program, interpreters: [], configuration: [] }] };
    expect(touchedTargets(line('x'), facts as never, PLACES)).toEqual([`${OWN}: /srv/gate/dist/main.js`]);
    const through = {
      ...facts,
      commands: [{ argv: ['x'], program: null, interpreters: [program], configuration: [] }],
    };
    expect(touchedTargets(line('x'), through as never, PLACES)).toEqual([`${OWN}: /srv/gate/dist/main.js`]);
  });

  test.each([
    { name: 'GIT_CONFIG_GLOBAL', says: `${GIT}: GIT_CONFIG_GLOBAL` },
    { name: 'GIT_TEMPLATE_DIR', says: `${GIT}: GIT_TEMPLATE_DIR` },
    { name: 'HUSKY', says: `${RUNS}: HUSKY` },
    { name: 'AIRLOCK_SOCKET', says: `${VARIABLE}: AIRLOCK_SOCKET` },
  ])('a difference of the environment: $name', ({ name, says }) => {
    expect(touched({ ...call('make'), environment: { [name]: '=x' } })).toEqual([says]);
  });
});

describe(rules('LOC-090')`file edits, tool calls and git operations are judged likewise`, () => {
  test.each([
    { path: '.git/hooks/pre-commit', says: `${HOOKS}: .git/hooks/pre-commit` },
    { path: `${CWD}/.claude/hooks/new/check.sh`, says: `${HOST}: ${CWD}/.claude/hooks/new/check.sh` },
    { path: '/home/ada/.claude.json', says: `${HOST}: /home/ada/.claude.json` },
    { path: '/home/ada/.local/state/airlock/x', says: `${OWN}: /home/ada/.local/state/airlock/x` },
    { path: '.git', says: `${FOLDER}: .git` },
    { path: '.mcp.json', says: `${MCP}: .mcp.json` },
  ])('an edit of $path', ({ path, says }) => {
    expect(touched({ kind: 'file-edit', cwd: CWD, files: [{ path: 'a.ts' }, { path }] })).toEqual([says]);
  });

  test.each([
    { title: 'a string', input: { path: '.git/hooks/x' }, says: `${HOOKS}: .git/hooks/x` },
    { title: 'a key', input: { '.git/hooks/x': 1 }, says: `${HOOKS}: .git/hooks/x` },
    { title: 'a nested string', input: [{ a: [{ b: '.mcp.json' }] }], says: `${MCP}: .mcp.json` },
    {
      title: 'JSON in a string',
      input: { a: JSON.stringify({ b: '.git\u002fconfig' }) },
      says: `${CONFIG}: .git/config`,
    },
    {
      title: 'an address of a file',
      input: { uri: 'file:///home/ada/.claude.json' },
      says: `${HOST}: ///home/ada/.claude.json`,
    },
    {
      title: 'an encoded address',
      input: { uri: 'file://localhost/%2Emcp.json' },
      says: `${MCP}: //localhost/.mcp.json`,
    },
    { title: 'a command', input: { command: 'airlock unpair' }, says: `${COMMAND}: airlock unpair` },
    { title: 'an environment', input: { env: { GIT_CONFIG_GLOBAL: 'x' } }, says: `${GIT}: GIT_CONFIG_GLOBAL` },
    { title: 'a folder that holds it', input: { source: '.git', destination: 'x' }, says: `${FOLDER}: .git` },
  ])('a tool call: $title', ({ input, says }) => {
    const action = { kind: 'mcp-call', tool: 'do', inputJson: JSON.stringify(input), cwd: CWD };
    expect(touched(action)).toContain(says);
    expect(touched({ ...action, kind: 'tool' })).toContain(says);
  });

  test('what a tool really reads counts, whatever its input names', () => {
    const action = { kind: 'tool', tool: 'Read', inputJson: '{"file_path":"notes"}', cwd: CWD };
    const reading = (path: string) => touchedTargets(action, { ...leads({}), reads: ['/home/ada/x', path] }, PLACES);
    expect(reading('/home/ada/.local/state/airlock/key')).toEqual([`${OWN}: /home/ada/.local/state/airlock/key`]);
    expect(reading(`${CWD}/.claude/settings.json`)).toEqual([`${HOST}: ${CWD}/.claude/settings.json`]);
    expect(reading(CWD)).toEqual([]);
  });

  test('a member that is there twice, and input that is no JSON', () => {
    expect(touched({ kind: 'tool', tool: 'x', inputJson: '{"p":".mcp.json","p":"a"}' })).toEqual([`${MCP}: .mcp.json`]);
    expect(touched({ kind: 'tool', tool: 'x', inputJson: '{".mcp.json' })).toEqual([`${MCP}: .mcp.json`]);
  });

  test.each([
    ['metadata', { metaJson: '{"example/file":".mcp.json"}' }],
    ['another parameter', { paramsJson: '{"task":{"uri":"file:.mcp.json"}}' }],
    ['JSON inside of it', { paramsJson: JSON.stringify({ a: '{"b":".mcp.json"}' }) }],
    ['what is no JSON', { metaJson: '{".mcp.json' }],
  ])('an MCP call names it in %s', (_, binding) => {
    const action = { kind: 'mcp-call', tool: 'do', inputJson: '{}', cwd: CWD };
    expect(touched({ ...action, extensions: { 'airlock.mcp': binding } }).join()).toContain(`${MCP}: `);
    expect(targetCandidates({ ...action, extensions: { 'airlock.mcp': binding } }).join()).toContain('.mcp.json');
    expect(touched({ ...action, extensions: { other: binding } })).toEqual([]);
  });

  test.each([[undefined], ['text'], [[]], [{ metaJson: 7 }], [{ metaJson: '{"a":"b"}' }]])(
    'an MCP call with %j beside its arguments names nothing',
    (binding) => {
      const action = { kind: 'mcp-call', tool: 'do', inputJson: '{}', cwd: CWD };
      expect(touched({ ...action, extensions: { 'airlock.mcp': binding } })).toEqual([]);
    },
  );

  test.each([
    { diff: 'diff --git a/.claude/settings.json b/.claude/settings.json\n', says: '.claude/settings.json' },
    { diff: '+++ "b/.cl\\141ude/settings.json"\n', says: 'b/.claude/settings.json' },
    { diff: 'rename to .claude/settings.json\n', says: '.claude/settings.json' },
    { diff: 'copy to .claude/settings.json\n', says: '.claude/settings.json' },
    { diff: '--- a/.claude/settings.json\n', says: 'a/.claude/settings.json' },
    { diff: 'Binary files /dev/null and b/.claude/settings.json differ\n', says: 'b/.claude/settings.json' },
  ])('a commit: $diff', ({ diff, says }) => {
    for (const kind of ['git-commit', 'git-push']) {
      expect(touched({ kind, repository: CWD, refs: [], commits: [{ diff: 'x\n' }, { diff }] })).toContain(
        `${HOST}: ${says}`,
      );
    }
  });

  test('a repository inside the gate', () => {
    const repository = '/home/ada/.local/state/airlock';
    expect(touched({ kind: 'git-commit', repository, refs: [], commits: [] })).toEqual([`${OWN}: ${repository}`]);
  });
});

describe(rules('LOC-090')`links are followed by what the adapter found out`, () => {
  test.each([
    {
      title: 'a link to the hooks',
      text: 'cat link/pre-commit',
      name: 'link/pre-commit',
      to: `${CWD}/.git/hooks/pre-commit`,
      says: HOOKS,
    },
    { title: 'a link to the state', text: 'cat s', name: 's', to: '/home/ada/.local/state/airlock', says: OWN },
    { title: 'a folder that was entered', text: 'cd g; cat hooks', name: 'g', to: `${CWD}/.git`, says: HOOKS },
    { title: 'removing what is behind a link', text: 'rm -r l/', name: 'l/', to: '/home/ada/.local', says: FOLDER },
    { title: 'the home of another name', text: 'rm -r ~/x', name: '~/x', to: '/home/ada/.local/state', says: FOLDER },
  ])('$title', ({ text, name, to, says }) => {
    expect(touchedTargets(line(text), null, PLACES)).toEqual([]);
    expect(touchedTargets(line(text), leads({ [name]: to }), PLACES).map((each) => each.split(':')[0])).toContain(says);
    expect(targetCandidates(line(text))).toContain(name);
  });

  test('every word that may name a file is a candidate, each once', () => {
    const candidates = targetCandidates(line('cat a --out=b -Cc "d e" \'f g/h\' i:j $(cat k) a'));
    expect(candidates).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd e', 'f g/h', 'i', 'j', 'k', CWD]));
    expect(new Set(candidates).size).toBe(candidates.length);
    expect(targetCandidates({ kind: 'file-edit', files: [{ path: 'x y' }] })).toEqual(['x y']);
  });

  test('an action with more names than can be followed counts as touching', () => {
    const many = Array.from({ length: 9000 }, (_, index) => `f${index}`);
    const action = { kind: 'tool', tool: 'x', inputJson: JSON.stringify(many) };
    expect(targetCandidates(action)).toHaveLength(8192);
    expect(touched(action)).toEqual(['more names than can be followed']);
    expect(touched({ ...action, inputJson: JSON.stringify(many.slice(0, 4000)) })).toEqual([]);
  });
});
