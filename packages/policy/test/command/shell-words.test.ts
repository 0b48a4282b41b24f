import { spawnSync } from 'node:child_process';
import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import { describe, expect, it } from 'vitest';
import { HARMLESS_BUILTINS } from '../../src/command/shell-words.js';
import { lexCommandLine } from '../../src/index.js';

const reasonFor = (command: string): string => {
  const line = lexCommandLine({ command, shell: 'bash' });
  return line.ok ? 'accepted' : line.reason;
};
const list = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const RESERVED = list(`
  if then else elif fi for in do done while until case esac function select time coproc foreach end repeat always
  nocorrect noglob - namespace`);

const BUILTINS = list(`
  . : alias bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs disown enable
  eval exec exit export fc fg getopts hash help history jobs kill let local logout mapfile popd pushd read readarray
  readonly return set shift shopt source suspend test times trap type typeset ulimit umask unalias unset wait
  autoload bindkey bye cap clone compadd comparguments compcall compctl compdescribe compfiles compgroups compquote compset
  comptags comptry compvalues disable echotc echoti emulate example float functions getcap getln integer limit log print
  private pushln r rehash run-help sched setcap setopt stat strftime syserror sysopen sysread sysseek syswrite ttyctl
  unfunction unhash unlimit unsetopt vared whence where which which-command zcompile zcurses zdelattr zf_chgrp zf_chmod
  zf_chown zf_ln zf_mkdir zf_mv zf_rm zf_rmdir zf_sync zformat zftp zgdbm zgdbmpath zgetattr zle zlistattr zmodload
  zparseopts zprof zpty zregexparse zselect zsetattr zsh-newuser-install zsocket zstat zstyle zsystem ztcp ztie zuntie
  alarm array compound enum global hist jobid login nameref newgrp redirect setvar stop wordexp`);

const HARMLESS = ['echo', 'pwd', 'true', 'false', 'printf'];

describe(rules('ENF-170')`first words that a shell reads itself`, () => {
  it.each(RESERVED)('%s is reserved', (word) => {
    expect(reasonFor(`${word} x`)).toBe('reserved_word');
    expect(reasonFor(word)).toBe('reserved_word');
    expect(reasonFor(`git status && ${word} x`)).toBe('reserved_word');
    expect(reasonFor(`echo ${word}`)).toBe('accepted');
  });

  it.each(BUILTINS)('%s changes the shell or evaluates', (word) => {
    expect(reasonFor(`${word} x`)).toBe('builtin');
    expect(reasonFor(`git status | ${word}`)).toBe('builtin');
    expect(reasonFor(`echo ${word}`)).toBe('accepted');
  });

  it.each(HARMLESS)('%s only prints', (word) => {
    expect(reasonFor(`${word} x`)).toBe('accepted');
  });

  it.each(['[', '[[', '{', '}', '!', '((', ']]'])('%s is refused by its characters', (word) => {
    expect(reasonFor(`${word} x`)).not.toBe('accepted');
  });

  it('are harmless only if they are these', () => {
    expect([...HARMLESS_BUILTINS].sort()).toEqual([...HARMLESS].sort());
  });

  it('are compared with their letter case', () => {
    expect(reasonFor('CD x')).toBe('accepted');
    expect(reasonFor('If x')).toBe('accepted');
  });
});

/** Names that only loaded modules make builtins, and that do what the program of the same name does. */
const ALSO_PROGRAMS = new Set(list('chgrp chmod chown ln mkdir mv rm rmdir sync'));

function namesFrom(program: string, args: readonly string[]): readonly string[] {
  const { stdout, status } = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  expect(status).toBe(0);
  return list(stdout);
}

function expectAllRefused(names: readonly string[]): void {
  expect(names.length).toBeGreaterThan(15);
  const accepted = names.filter((name) => reasonFor(`${name} x`) === 'accepted');
  expect(accepted.filter((name) => !HARMLESS.includes(name) && !ALSO_PROGRAMS.has(name))).toEqual([]);
}

describe(rules('ENF-170', 'INV-27')`what the installed shells call their own`, () => {
  it('bash: every builtin and reserved word is refused', () => {
    expectAllRefused(namesFrom('bash', ['--norc', '-c', 'compgen -b; compgen -k']));
  });

  requiresProgram('zsh')('zsh', () => {
    it('every reserved word, alias and builtin is refused', () => {
      expectAllRefused(
        namesFrom('zsh', ['-f', '-c', 'print -l ${(k)builtins} ${(k)reswords} ${(k)aliases} ${(k)galiases}']),
      );
    });

    it('every builtin of every module is refused', () => {
      const load =
        'for m in $^module_path/**/*.so(N); do m=${m#*/zsh/}; m=${m#*/zsh/}; zmodload zsh/${${m#zsh/}%.so} >/dev/null 2>&1; done';
      expectAllRefused(namesFrom('zsh', ['-f', '-c', `${load}; print -l \${(k)builtins} \${(k)functions}; true`]));
    });
  });

  requiresProgram('dash')('dash', () => {
    it('every builtin and reserved word is refused', () => {
      const named =
        list(`. : [ alias bg break cd chdir command continue eval exec exit export fg getopts hash jobs kill local
        read readonly return set shift test times trap type ulimit umask unalias unset wait if then else elif fi for do done
        while until case esac ! { }`);
      const { stdout } = spawnSync('dash', ['-c', 'for n in "$@"; do PATH=/none type "$n"; done', 'dash', ...named], {
        encoding: 'utf8',
      });
      expect(stdout.split('\n').filter((line) => /builtin|keyword/.test(line)).length).toBeGreaterThan(40);
      expectAllRefused(named);
    });
  });
});

describe(rules('ENF-170')`printf`, () => {
  it.each([
    'printf',
    'printf a',
    "printf '%s'",
    "printf '%%'",
    "printf '%-3s|%12s' a b",
    "printf '100%% of %s' x",
    'printf %s -v',
    'printf %s %s',
    "printf '' a",
    "printf ']'",
  ])('%s only prints', (line) => {
    expect(reasonFor(line)).toBe('accepted');
  });

  it.each([
    'printf -v x y',
    'printf -vx y',
    'printf - x',
    'printf -- x',
    'printf --help',
    'printf %d 1',
    "printf '%i' 1",
    "printf '%o' 1",
    "printf '%x' 1",
    "printf '%f' 1",
    "printf '%e' 1",
    "printf '%g' 1",
    "printf '%c' a",
    "printf '%b' a",
    "printf '%q' a",
    "printf '%n' PATH",
    "printf 'aa%n' PATH",
    "printf '%s%n' a PATH",
    "printf '%*s' 5 a",
    "printf '%.3s' a",
    "printf '%5.2f' a",
    "printf '%(%s)T' 1",
    "printf '%' a",
    "printf 'a%'",
    "printf '%-' a",
    "printf '%5' a",
    "printf '%%%' a",
    "printf '%+s' a",
    "printf '%-*s' a",
    "printf '%--s' a",
    "printf %s 'x[1]'",
    "printf '%s[' a",
    "printf %s '$x'",
    "printf %s '$(a)'",
    "printf %s '`a`'",
    'printf %s %d',
    "printf %s a '%n'",
    "printf '%s%s' '['",
    "printf '%1$s' a",
  ])('%s may assign or evaluate', (line) => {
    expect(reasonFor(line)).toBe('builtin');
    expect(lexCommandLine({ command: line, shell: 'zsh' })).toEqual({ ok: false, reason: 'builtin', detail: 'printf' });
  });
});
