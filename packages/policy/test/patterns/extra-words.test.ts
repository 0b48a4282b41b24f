import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { matchCommandLine } from '../../src/index.js';
import { EXTRA_WORDS } from '../../src/patterns/extra-words/table.js';

const list = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const DIFF = `--stat --shortstat --numstat --summary --compact-summary --name-only --name-status --patch -p -u --no-patch -s --raw --minimal
  --patience --histogram --full-index --word-diff -w -b --ignore-all-space --ignore-space-change --ignore-blank-lines --ignore-space-at-eol
  --find-renames -M --no-renames --no-ext-diff --no-textconv --no-color --color=never -z --no-prefix --diff-filter=A --diff-filter=D
  --diff-filter=M --diff-filter=R --no-indent-heuristic -U3 -U12 --unified=3 --abbrev=8`;
const COMMITS = `--oneline --abbrev-commit --no-abbrev-commit --decorate --decorate=short --decorate=full --no-decorate --pretty=oneline
  --pretty=short --pretty=medium --pretty=full --pretty=fuller --pretty=reference --format=oneline --format=short --format=medium
  --format=full --format=fuller --format=reference --format=%H --format=%h --format=%s --date=short --date=iso --date=iso-strict
  --date=relative --date=rfc --date=unix --date=local --no-notes --first-parent --merges`;
const PATHS = 'src src/index.ts . .env .github/x a-b a+b a,b a=b 50% @scope/x _x 9 x/y/ x-';
const REVISIONS =
  "HEAD main HEAD~1 main~12 'HEAD^' 'HEAD^^' 'stash@{0}' 'HEAD@{1}' origin/main v1.0.0 @ deadbeef 'v1^{}'";

/** What each list accepts, exactly: one word that is alone behind the subcommand. */
const HARMLESS: Readonly<Record<string, string>> = {
  'git status': `--short --branch --long --porcelain --porcelain=v1 --porcelain=v2 --show-stash -z -u -uno -unormal -uall --untracked-files
    --untracked-files=no --untracked-files=normal --untracked-files=all --ignored --renames --no-renames --ahead-behind --no-ahead-behind
    -s -b -sb -bs -ssb -- ${PATHS}`,
  'git log': `${DIFF} ${COMMITS} --graph --all --branches --tags --remotes --no-merges --reverse --follow --full-history --date-order --topo-order
    --author-date-order --simplify-by-decoration --left-right --cherry-pick -1 -5 -20 -999999 -n5 --max-count=5 --skip=10 -- ${PATHS} ${REVISIONS}`,
  'git diff': `${DIFF} --cached --staged --merge-base --exit-code --quiet --check -- ${PATHS} ${REVISIONS}`,
  'git show': `${DIFF} ${COMMITS} -- ${PATHS} ${REVISIONS}`,
  'git branch': '--all --remotes --list --verbose --show-current --no-color --no-column -a -r -v -vv -av -avv -ra',
  'git remote': '--verbose -v -vv',
  ls: `--all --almost-all --human-readable --reverse --size --recursive --directory --classify --group-directories-first --inode
    --numeric-uid-gid --no-group --color=never -a -l -A -h -t -r -S -R -F -d -i -p -n -s -g -o -1 -la -lahtrSRFdipnsgo1 -- ${PATHS}`,
  pwd: '-L -P',
};

/** Never, for any list but those that only print. */
const DANGEROUS = list(
  `
  /etc /etc/passwd / ~/x ../x .. a/../b x.. a..b ... - -o -O -Ox --output --output=x --outpu=x --out --ext-diff --textconv --no-index --no-inde
  -S -Sx -G -Gx --grep=x --author=x --show-signature --format=%GG --format=x --pretty=%H --pretty=format:%H --pretty -c -C -e -E -L -L1,2:x
  -I -Ix --stdin --exec=x --upload-pack=x --config=x --work-tree=x --git-dir=x --exec-path=x --pager --help -h=1 --paginate --src-prefix=x --line-prefix=x
  --submodule --submodule=log --color --color=always --color-words --find-object=x --diff-algorithm=x --anchored=x --ws-error-highlight=x -D -d=1 -f -m -M=x
  -B --edit-description --set-upstream-to=x --delete --move --copy --force --track --unset-upstream --contains=x --merged=x --points-at=x --format
  --end-of-options --not --glob=x --exclude=x --remotes=x --branches=x --tags=x --bisect --reflog --walk-reflogs -g --merge --boundary --cherry
  -w=1 -T -Tx -w80 --hide=x --ignore=x --time-style=x --quoting-style=x --block-size=x --tabsize=1 --width=1 --indicator-style=x --sort=x --time=x
  --hyperlink --context -Z -k -q -Q -N -X -U -x --dired --author --dereference -H --zero --stat=80 --abbrev --abbrev=x --unified --unified=x --max-count
  --max-count=x --skip --max-count=-1 -n -nx -n-1 -U-1 -U1x -5x -+5 -9999999 -n9999999 --unified= --abbrev= --skip= HEAD:x HEAD:/x :/x :x C:x a:b
  `,
);

const quoted = (word: string): string => (word.startsWith("'") ? word : `'${word}'`);
const approves = (pattern: string, command: string): boolean =>
  matchCommandLine(pattern, { command, shell: 'bash' }).approve;

describe(rules('ENF-170', 'INV-28')`words behind a subcommand`, () => {
  it('have a list for these subcommands only', () => {
    expect(EXTRA_WORDS.map(({ command }) => command.join(' ')).sort()).toEqual(
      [...Object.keys(HARMLESS), 'echo', 'printf', 'true', 'false'].sort(),
    );
  });

  describe.each(Object.entries(HARMLESS))('%s', (subcommand, words) => {
    const harmless = list(words);

    it.each(harmless)('takes %s', (word) => {
      expect(approves(subcommand, `${subcommand} ${quoted(word)}`)).toBe(true);
      expect(approves(`${subcommand} *`, `${subcommand} ${quoted(word)}`)).toBe(true);
      expect(matchCommandLine('git stash', { command: `${subcommand} ${quoted(word)}`, shell: 'bash' }).approve).toBe(
        false,
      );
    });

    it('takes all of its flags at once', () => {
      const flags = harmless.filter((word) => word.startsWith('-') && word !== '--').map(quoted);
      expect(
        approves(
          subcommand,
          [subcommand, ...flags]
            .join(' ')
            .slice(0, 4000)
            .replace(/ [^ ]*$/, ''),
        ),
      ).toBe(true);
    });

    it('lists its flags completely', () => {
      const entry = EXTRA_WORDS.find(({ command }) => command.join(' ') === subcommand)!;
      expect(entry.flags.filter((flag) => !harmless.includes(flag))).toEqual([]);
      expect([...entry.letters].filter((letter) => !harmless.includes(`-${letter}`))).toEqual([]);
      expect(new Set(entry.flags).size).toBe(entry.flags.length);
    });

    it.each(DANGEROUS.filter((word) => !harmless.includes(word)))('does not take %s', (word) => {
      const command = `${subcommand} ${quoted(word)}`;
      expect(matchCommandLine(subcommand, { command, shell: 'bash' })).toEqual({
        approve: false,
        reason: 'extra_words',
        detail: word,
      });
    });

    it.each(['-', '/etc', '../x', '~/x', '--output=x', '-x', '--', 'a..b', 'a b', '', 'a;b', 'a*', 'a\tb', 'HEAD:x'])(
      'does not take %j behind --',
      (word) => {
        expect(approves(subcommand, `${subcommand} -- '${word}'`)).toBe(false);
      },
    );
  });

  it.each(['git status', 'ls'])('%s takes no revisions', (subcommand) => {
    for (const word of ['HEAD~1', "'HEAD^'", "'a@{0}'"])
      expect(approves(subcommand, `${subcommand} ${word}`)).toBe(false);
  });

  it.each(['git log', 'git diff', 'git show'])('%s takes revisions before -- only', (subcommand) => {
    expect(approves(subcommand, `${subcommand} HEAD~1 -- src`)).toBe(true);
    expect(approves(subcommand, `${subcommand} -- HEAD~1`)).toBe(false);
    expect(approves(subcommand, `${subcommand} -- src --stat`)).toBe(false);
    expect(approves(subcommand, `${subcommand} -- src -- x`)).toBe(false);
    expect(approves(subcommand, `${subcommand} src --stat`)).toBe(true);
  });

  it('have a number where a flag waits for one', () => {
    expect(approves('git log', 'git log -n 5')).toBe(true);
    expect(approves('git log', 'git log -n 5 --oneline')).toBe(true);
    expect(approves('git log', 'git log -U 5 HEAD')).toBe(true);
    for (const rest of [
      '-n',
      '-n x',
      '-n --oneline',
      '-n -5',
      '-n -- 5',
      "-n ''",
      '-n 1234567',
      '-n 5x',
      '--max-count 5 -n',
    ]) {
      expect(approves('git log', `git log ${rest}`), rest).toBe(false);
    }
    expect(matchCommandLine('git log', { command: 'git log --stat -n', shell: 'bash' })).toMatchObject({
      reason: 'extra_words',
      detail: '-n',
    });
    expect(matchCommandLine('git log', { command: 'git log -n x', shell: 'bash' })).toMatchObject({
      reason: 'extra_words',
      detail: 'x',
    });
    expect(approves('git log', 'git log --max-count')).toBe(false);
    expect(approves('git log', 'git log --skip 5')).toBe(false);
    expect(approves('git log', 'git log -- -n 5')).toBe(false);
    expect(approves('git diff', 'git diff -5')).toBe(false);
    expect(approves('git log', 'git log -')).toBe(false);
  });

  it('are judged together with those of the pattern', () => {
    expect(approves('git log --oneline', 'git log --oneline -5')).toBe(true);
    expect(approves('git log --', 'git log -- src')).toBe(true);
    expect(approves('git log --', 'git log -- --stat')).toBe(false);
    expect(approves('git log -- src', 'git log -- src --stat')).toBe(false);
    // Whatever follows a word that is not on the list may be its value.
    for (const pattern of [
      'git log -n',
      'git log --output',
      'git log -S',
      'git diff -O',
      'git diff --no-index',
      'git show --textconv',
      'git diff /etc',
      'ls -I',
      'git branch x',
    ]) {
      expect(approves(pattern, pattern)).toBe(true);
      for (const word of ['src', '5', '--stat', '-l', '-v'])
        expect(approves(pattern, `${pattern} ${word}`), `${pattern} ${word}`).toBe(false);
    }
  });

  it.each(['echo', 'printf'])('of %s are anything the lexer accepts', (program) => {
    for (const words of ['a', '/etc', '../x', '- x', '\'a; b\' "c"', "-- --x='$y'".replace('$', ''), "''", 'HEAD~1']) {
      expect(approves(program, `${program} x ${words}`), words).toBe(true);
      expect(approves(`${program} x`, `${program} x ${words}`), words).toBe(true);
      expect(approves(`${program} y`, `${program} x ${words}`), words).toBe(false);
    }
  });

  it.each(['true', 'false'])('of %s are none', (program) => {
    expect(approves(program, program)).toBe(true);
    expect(approves(program, `${program} x`)).toBe(false);
    expect(approves(program, `${program} --help`)).toBe(false);
    expect(approves(program, `${program} --`)).toBe(false);
  });
});
