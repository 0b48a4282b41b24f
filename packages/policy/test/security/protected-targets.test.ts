import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { touchedTargets } from '../../src/index.js';
import { call, CWD, leads, line, PLACES } from '../targets/gate.js';

const isTouched = (text: string) => touchedTargets(line(text), null, PLACES).length > 0;

describe(rules('LOC-090')`attacks: a protected name that is written so that a reader of words misses it`, () => {
  test.each([
    ['split by quotes', `cat .gi''t/ho"ok"s/x`],
    ['split by backslashes', 'cat .g\\it/h\\ooks/x'],
    ['split by a line continuation', 'cat .git/ho\\\noks/x'],
    ['quoted as a whole', 'cat ".git/hooks/x"'],
    ['with blanks around in quotes', 'cat "/home/ada/my files/../.claude/settings.json"'],
    ['in ANSI-C quotes', "cat $'.g\\x69t/hoo\\153s/x'"],
    ['in ANSI-C quotes with Unicode', "cat $'\\u002egit/hooks/x'"],
    ['in braces', 'cat .git/{hooks,config}'],
    ['in braces around everything', 'cat {.git,x}/hooks/y'],
    ['in braces within a name', 'cat .{g,h}it/hooks'],
    ['as a wildcard', 'cat .git/ho*/x'],
    ['as a wildcard of the folder', 'cat .g*t/hooks/x'],
    ['as single characters', 'cat .gi?/hook?/x'],
    ['as a set', 'cat .gi[t]/[h]ooks/x'],
    ['as an extended wildcard', 'cat .git/@(hooks)/x'],
    ['in two steps', 'cd .git && echo x > hooks/pre-commit'],
    ['in three steps', 'cd .git; cd hooks; touch pre-commit'],
    ['through a variable beside it', 'a=.git; ls $a/hooks'],
    ['from a folder above', 'cd ~/.local/state && cat airlock/state.json'],
    ['by git itself', 'cat "$(git rev-parse --git-dir)/hooks/pre-commit"'],
    ['by git itself, another way', 'touch $(git rev-parse --git-path hooks)/pre-commit'],
    ['in an interpreter', `python3 -c "open('.git/hooks/x','w')"`],
    ['joined by an interpreter', `node -e "fs.writeFileSync('.git' + '/hooks/x', '')"`],
    ['escaped in an interpreter', `python3 -c "open('\\x2egit/hooks/x')"`],
    ['removed by an interpreter', `python3 -c "import shutil; shutil.rmtree('.git')"`],
    ['removed by another', `node -e "require('fs').rmSync('.git',{recursive:true})"`],
    ['three shells deep', `bash -c "sh -c 'sh -c \\"cat .git/hooks/x\\"'"`],
    ['in a substitution in quotes', 'echo "$(cat .git/hooks/x)"'],
    ['in backticks', 'echo `cat .git/hooks/x`'],
    ['in a process substitution', 'diff <(cat .git/hooks/x) y'],
    ['in a here-document', 'sh <<X\ncat .git/hooks/x\nX'],
    ['as the value of an option', 'tool --output=.git/hooks/x'],
    ['glued to an option', 'tool -o.git/hooks/x'],
    ['as dd writes it', 'dd if=a of=.git/hooks/x'],
    ['behind a redirection', 'echo x>.git/hooks/x'],
    ['with a host before it', 'scp a localhost:.git/hooks/x'],
    ['as an address', 'curl file:///home/ada/.claude.json'],
    ['as an encoded address', 'curl file:///home/ada/%2eclaude.json'],
    ['by the short name of Windows', 'cat GIT~1/hooks/x'],
    ['with dots at the end of a name', 'cat .git./hooks/x'],
    ['with a stream of NTFS', 'cat .git::$INDEX_ALLOCATION/hooks/x'],
    ['with backslashes of Windows', 'cat .git\\hooks\\x'],
    ['in full-width letters', 'cat .\uFF47\uFF49\uFF54/hooks/x'],
    ['with the letter long s', 'cat .claude/\u017Fettings.json'],
    ['through the root of a process', 'cat /proc/self/root/home/ada/.claude.json'],
    ['through its working directory', 'cat /proc/self/cwd/.git/config'],
    ['up from the root of a process', 'cat /proc/self/root/../home/ada/.config/airlock/x'],
    ['through the volume of macOS', 'cat /System/Volumes/Data/home/ada/.config/airlock/x'],
    ['through a link made just before', 'ln -s .git g && cat g/x'],
    ['in a loop', 'for f in .git/hooks/*; do rm "$f"; done'],
    ['removed with everything around it', 'find . -delete'],
    ['replaced by a file that names another folder', 'echo "gitdir: /tmp/x" > .git'],
  ])('%s', (_attack, text) => {
    expect(isTouched(text)).toBe(true);
  });

  test.each([
    ['a wrapper before the command', 'nohup nice -n 5 airlock auto on'],
    ['an absolute path to it', '/opt/airlock/bin/airlock auto on'],
    ['an assignment before it', 'A=1 B=2 airlock auto on'],
    ['run by find', 'find / -maxdepth 0 -exec airlock auto on \\;'],
    ['run by xargs', 'echo on | xargs -I{} airlock auto {}'],
    ['quoted', '"air"lock auto on'],
    ['in another shell', "bash -c 'airlock auto on'"],
    ['its script by Node', 'node /srv/gate/dist/main.js auto on'],
    ['its daemon by the id in its file', 'kill $(cat ~/.local/state/airlock/run/daemon.pid)'],
    ['its daemon by the name of its program', 'killall node'],
    ['every process at once', 'kill -9 -1'],
    ['its process by an interpreter', 'python3 -c "import os,signal; os.kill(4711, signal.SIGSTOP)"'],
    ['its memory', 'dd if=/dev/zero of=/proc/4711/mem'],
    ['its socket', 'nc -U /run/user/1000/airlock/daemon.sock'],
    ['another home for it', 'AIRLOCK_HOME=/tmp/x airlock status'],
    ['a session of the host without hooks', 'claude --bare -p "do it"'],
    ['a plugin of the host disabled', 'claude plugin disable gate'],
  ])('the gate itself: %s', (_attack, text) => {
    expect(isTouched(text)).toBe(true);
  });

  test.each([
    ['an abbreviated option', 'git commit --no-veri -m x'],
    ['the short option in a cluster', 'git commit -aqnm x'],
    ['a setting on the command line', 'git -c CORE.HOOKSPATH=/dev/null commit -m x'],
    [
      'a setting in the environment',
      'GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit',
    ],
    ['a setting from the environment', 'X=/dev/null git --config-env=core.hooksPath=X commit'],
    ["a global configuration of one's own", 'GIT_CONFIG_GLOBAL=/tmp/g git commit -m x'],
    ['an include', 'git config --global include.path /tmp/g'],
    ['a template', 'git init --template /tmp/t .'],
    ['a switch of the hook manager', 'HUSKY=0 git commit -m x'],
    ['a switch exported before', 'export HUSKY=0; git commit -m x'],
  ])('hooks of git left out: %s', (_attack, text) => {
    expect(isTouched(text)).toBe(true);
  });

  test('a command quoted by shell after shell', () => {
    const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
    let text = 'git commit -n';
    for (let depth = 0; depth < 4; depth += 1) text = `sh -c ${quoted(text)}`;
    expect(isTouched(text)).toBe(true);
  });

  test('a link in the repository that leads to the gate', () => {
    const facts = leads({ 'docs/notes': '/home/ada/.local/state/airlock/state.json' });
    expect(touchedTargets(call('cp', 'x', 'docs/notes'), facts, PLACES)).not.toEqual([]);
    const edit = { kind: 'file-edit', cwd: CWD, files: [{ path: 'docs/notes' }] };
    expect(touchedTargets(edit, facts, PLACES)).not.toEqual([]);
  });

  test('a member of a tool input that only a later version knows', () => {
    const inputJson = JSON.stringify({ cmd: 'ls', after: { run: ['airlock unpair'] } });
    expect(touchedTargets({ kind: 'tool', tool: 'shell', inputJson }, null, PLACES)).not.toEqual([]);
  });
});
