import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { configurationOf } from '../../../src/facts/configuration/collect-configuration.js';
import { readGitConfig } from '../../../src/facts/configuration/git-config.js';
import { file, scratch } from '../scratch.js';

const PLAIN = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
[remote "origin"]
	url = git@example.com:shop.git
	fetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
	remote = origin
[user]
	name = Ada
`;

function layout() {
  const home = scratch();
  const cwd = join(home, 'shop');
  file(join(cwd, '.git/config'), PLAIN, 0o644);
  return { home, cwd };
}

function facts({ home, cwd }: { home: string; cwd: string }, variables: Record<string, string> = {}) {
  const found = configurationOf({ argv: ['git', 'status'], program: '/usr/bin/git' }, { cwd, home, variables });
  // Whatever this machine has itself.
  return found.filter(({ name }) => !name.startsWith('/etc/'));
}

const names = (place: { home: string; cwd: string }) => facts(place).map(({ name }) => name);

describe(rules('INV-34')`settings of git that can run, include or redirect something are pinned`, () => {
  test.each([
    ['core', '[core]\n\tfsmonitor = ./evil\n'],
    ['core', '[core] pager = ./evil\n'],
    ['core', '[CORE]\n\teditor = ./evil\n'],
    ['core', '[core]\n\tsshCommand = ./evil\n'],
    ['core', '[core]\n\thooksPath = x\n'],
    ['core', '[core]\n\tsomething-new = x\n'],
    ['core', '[core]\n\tgitProxy\n'],
    ['diff', '[diff "x"]\n\tcommand = ./evil\n'],
    ['filter', '[filter "x"]\n\tclean = ./evil\n'],
    ['merge', '[merge "x"]\n\tdriver = ./evil\n'],
    ['alias', '[alias]\n\tst = !./evil\n'],
    ['credential', '[credential]\n\thelper = !./evil\n'],
    ['gpg', '[gpg]\n\tprogram = ./evil\n'],
    ['pager', '[pager]\n\tlog = ./evil\n'],
    ['include', '[include]\n\tpath = ../x\n'],
    ['includeif', '[includeIf "gitdir:/"]\n\tpath = ../x\n'],
    ['url', '[url "https://evil/"]\n\tinsteadOf = git@example.com:\n'],
    ['remote', '[remote "origin"]\n\turl = git@evil.example:shop.git\n'],
    ['remote', '[remote "origin"]\n\tuploadpack = ./evil\n'],
    ['interactive', '[interactive]\n\tdiffFilter = ./evil\n'],
    ['sequence', '[sequence]\n\teditor = ./evil\n'],
    ['unheardof', '[unheardof]\n\tkey = value\n'],
    ['unheardof', '[unheardof.sub]\n\tkey = value\n'],
    ['branch', '[branch]\n\tthis is no setting !\n'],
    ['color', '[color]\n\tpager = ./evil\n'],
  ])('[%s] %j', (section, text) => {
    const place = layout();
    const before = facts(place);
    writeFileSync(join(place.cwd, '.git/config'), PLAIN + text);
    const after = facts(place);
    expect(after).not.toEqual(before);
    expect(after.map(({ name }) => name)).toContain(`.git/config: [${section}]`);
    const same = after.filter(({ name }) => name !== `.git/config: [${section}]`);
    expect(before.filter(({ name }) => name !== `.git/config: [${section}]`)).toEqual(same);
  });

  test.each([
    '[branch "main"]\n\tremote = other\n\tmerge = refs/heads/x\n',
    '[user]\n\tname = Grace\n\temail = g@example.com\n',
    '[remote "origin"]\n\tfetch = +refs/tags/*:refs/tags/*\n',
    '[color]\n\tui = auto\n',
    '[advice]\n\tdetachedHead = false\n',
    '[init]\n\tdefaultBranch = main\n',
    '[core]\n\tignorecase = true\n',
    '# a comment with fsmonitor = x\n; and another\n\n',
  ])('but not %j', (text) => {
    const place = layout();
    const before = facts(place);
    writeFileSync(join(place.cwd, '.git/config'), PLAIN + text);
    expect(facts(place)).toEqual(before);
  });

  test('the files it reads: of the user, of the work tree, and whatever they include', () => {
    const place = layout();
    const add = (path: string, text: string) => {
      const before = names(place);
      file(join(place.home, path), text, 0o644);
      return names(place).filter((name) => !before.includes(name));
    };
    expect(add('.gitconfig', '[alias]\n\ta = b\n')).toEqual(['~/.gitconfig: [alias]']);
    expect(add('.config/git/config', '[include]\n\tpath = more\n')).toEqual(['~/.config/git/config: [include]']);
    expect(add('.config/git/more', '[pager]\n\ta = b\n[include]\n\tpath = ~/last\n')).toEqual([
      '~/.config/git/more: [include]',
      '~/.config/git/more: [pager]',
    ]);
    expect(add('last', `[gpg]\n\tprogram = x\n[include]\n\tpath = ${place.home}/last\n`)).toEqual([
      '~/last: [gpg]',
      '~/last: [include]',
    ]);
    expect(add('shop/.git/config.worktree', '[alias]\n\ta = b\n')).toEqual(['.git/config.worktree: [alias]']);
    expect(add('shop/.gitattributes', '* diff=x\n')).toEqual(['.gitattributes']);
    expect(add('shop/.git/info/attributes', '* diff=x\n')).toEqual(['.git/info/attributes']);
    expect(add('shop/.git/hooks/pre-commit', '#!/bin/sh\n')).toEqual(['.git/hooks/pre-commit']);
    expect(add('shop/.git/hooks/pre-push.sample', '#!/bin/sh\n')).toEqual([]);
    expect(add('shop/README.md', 'x')).toEqual([]);
  });

  test('where XDG_CONFIG_HOME leads', () => {
    const place = layout();
    file(join(place.home, 'xdg/git/config'), '[alias]\n\ta = b\n', 0o644);
    expect(facts(place, { XDG_CONFIG_HOME: join(place.home, 'xdg') }).map(({ name }) => name)).toContain(
      '~/xdg/git/config: [alias]',
    );
  });

  test('hooks of the folder that core.hooksPath names', () => {
    const place = layout();
    file(join(place.cwd, 'checks/pre-commit'), 'one');
    writeFileSync(join(place.cwd, '.git/config'), `${PLAIN}[core]\n\thooksPath = checks\n`);
    const before = facts(place);
    writeFileSync(join(place.cwd, 'checks/pre-commit'), 'two');
    expect(facts(place)).not.toEqual(before);
    expect(names(place)).toContain('checks/pre-commit');
  });

  test('a work tree of its own has the configuration of its repository', () => {
    const place = layout();
    const linked = join(place.home, 'linked');
    file(join(place.cwd, '.git/worktrees/linked/commondir'), '../..\n', 0o644);
    file(join(place.cwd, '.git/worktrees/linked/config.worktree'), '[alias]\n\ta = b\n', 0o644);
    file(join(linked, '.git'), `gitdir: ${place.cwd}/.git/worktrees/linked\n`, 0o644);
    expect(names({ home: place.home, cwd: linked })).toEqual([
      '~/shop/.git/config: [remote]',
      '~/shop/.git/worktrees/linked/config.worktree: [alias]',
    ]);
  });

  test('another program has no facts about git; outside of a repository only those of the user count', () => {
    const place = layout();
    expect(configurationOf({ argv: ['ls'], program: '/bin/ls' }, { ...place, variables: {} })).toEqual([]);
    rmSync(join(place.cwd, '.git'), { recursive: true });
    expect(names(place)).toEqual([]);
  });
});

describe('reading a git configuration', () => {
  test.each([
    ['[a "b c"]\n k = v ; x', [{ section: 'a', subsection: 'b c', key: 'k', value: 'v' }]],
    ['[A.B]\nK', [{ section: 'a', subsection: 'b', key: 'k', value: 'true' }]],
    ['[a] k = "x # y" # z', [{ section: 'a', subsection: '', key: 'k', value: 'x # y' }]],
    ['[a]\nk = one\\\n two', [{ section: 'a', subsection: '', key: 'k', value: 'one  two' }]],
    ['[a]\nk = \\"x\\"', [{ section: 'a', subsection: '', key: 'k', value: '\\"x\\"' }]],
    ['[a]\r\nk = v\r\n', [{ section: 'a', subsection: '', key: 'k', value: 'v' }]],
    ['[a]\n1x = y', [{ section: 'a', subsection: '', key: '', value: '1x = y' }]],
    ['', []],
  ])('%j', (text, settings) => {
    expect(readGitConfig(text)).toEqual(settings);
  });
});
