import type { Random } from './random.js';

/** Names that a shell function may have. */
const FUNCTIONS = 'git ls npm echo printf pwd true false make cat grep head tsc a1 _tool'.split(' ');
/** Names that only a file may have in every shell. */
const FILES = ['./run.sh', 'scripts/check.sh', 'g++', 'python3.11', 'npm-run', '7z'];

const WORDS = [
  ...'status log diff show -sb -5 --oneline --stat -- src src/index.ts HEAD HEAD~1 main~3 test run build -n 5 .'.split(
    ' ',
  ),
  ...'a=b --format=%H --x=y,z a.b=c react@18.2.0 ./... a:b a,b a+b %s %1 @ : , + -- --- -a_b x/y/ ../x v1.0-rc.1'.split(
    ' ',
  ),
  ...[
    "'a b'",
    "''",
    '""',
    '"a; b && c | d"',
    "'$(not run)'",
    "'*'",
    "'~'",
    "'=ls'",
    "'a=~'",
    '"*?[a]"',
    '"{a,b}"',
    "'#'",
    '"#"',
  ],
  ...[
    '"a"b',
    "a'b'c",
    `'a'"b"`,
    `"a"'b'`,
    '""a',
    "''a",
    `""''`,
    "a=''",
    'a="~/x"',
    "'>x'",
    '"<y"',
    "'(a)'",
    '"`"',
    "'`a`'",
    "'&'",
  ],
  ...['2>&1', '1>&2', '>/dev/null', '2>/dev/null', "'\t'", '"{}"', '"^a^b"', "'%n'", '"a\'b"', "'a\"b'"],
];

/** What makes shells differ from each other, from themselves under other options, and from a careless lexer. */
const STRANGE = [
  ...'~ ~root ~+ ~- ~1 a=~ a:~ a=b:~ x=~root -o=~ a~ a~~ =ls a==ls x:=ls a=b:=ls a=b:=git -o==git =nothing == =~ a=~b +=a a+=~'.split(
    ' ',
  ),
  ...'* ? a* [ab] [!a] [ ] {a,b} {1..3} {a {} } a{b}c ^a HEAD^ a^b a#b # #a a## <-> <1-2> *(N) (a|b) a(b) @(a) +(a) !(a)'.split(
    ' ',
  ),
  ...'! !! !x !$ !-1 ^a^b $x ${x} $(a1) $((1)) `a1` $? $$ $@ ${x:-a1} $[1] ${(f)x} $\'a\' $"a" "$x" "`a1`" "!!" \'!!\''.split(
    ' ',
  ),
  ...[
    '\\',
    '\\ ',
    '\\n',
    "\\'",
    'a\\',
    '\\\n',
    "'a\\'b'",
    '"a\\"b"',
    "''''",
    "'a''b'",
    "'it''s'",
    `'a'''`,
    "'",
    '"',
    `"'`,
    `'"`,
  ],
  ...'> >f >>f 2>f &>f >&f >|f <f <>f <<E <<<x <(a1) >(a1) >&1 >&- 2>&- 2>&1x 2>&12 3>&1 >/dev/null/x >/dev/nullx 2>&1>f'.split(
    ' ',
  ),
  ...'12>&1 a2>&1 a>/dev/null 1>&2& 2 >/dev/null 2> /dev/null >&2 {fd}>f & && || | ; |& ;; ;& ;| &! &| &; ;;& || | |||'.split(
    ' ',
  ),
  ...'if then else fi for in do done while until case esac function select time coproc foreach end repeat { } [[ ]] (( ))'.split(
    ' ',
  ),
  ...'nocorrect noglob - -- command builtin exec eval . : cd pushd export set unset alias source test [ let read trap x=1'.split(
    ' ',
  ),
  ...'declare typeset local readonly hash enable history fc print zmodload kill type umask log r run-help which-command'.split(
    ' ',
  ),
  ...'a1() () {} f(){ a1;} %1 %% .. ./ / ../ -v -vx %d %n %*s x[1] x[1]=2 PATH=x true& printf%n'.split(' '),
  ...[
    '\r',
    '\n',
    '\f',
    '\v',
    '\b',
    '\u001b',
    '\u007f',
    '\u00a0',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u200d',
    '\u212a',
    'é',
    '\ud800',
  ],
];

/** The dangerous ones twice. */
const CHARACTERS = [...' \t\'"\\`$*?[]{}()<>|&;!#~=^%@:,.+-_/', ...' \'"\\$*?!#~=^%:;|&>-', ...'az09\n\r\u00a0\u0001é'];

/** Inside of quotes, where most of it is plain. */
const QUOTED = [
  '$x',
  '$(a1)',
  '${x}',
  '`a1`',
  '\\',
  '\\n',
  "\\'",
  '\\"',
  '!!',
  '!x',
  '!$',
  '!"',
  '*',
  '~',
  ' ',
  ';',
  '&&',
  '#',
  '%d',
  '>f',
];

/** The starts of lines that a pattern may approve. */
const FAMILIAR = [
  'git status',
  'git log',
  'git log --oneline',
  'git diff HEAD~1',
  'echo',
  'printf',
  'ls',
  'npm test',
  'pwd',
];
const FAMILIAR_WORDS = '-sb --stat -5 src -- HEAD~1 -l --oneline a/b main . --porcelain'.split(' ');

/** A line that looks approved, or nearly so. */
export function makeLine(random: Random): string {
  let line = random.chance(30) ? makeFamiliar(random) : makeList(random);
  while (random.chance(50)) line = mutate(line, random);
  return line;
}

/** One familiar command, or several alike. */
function makeFamiliar(random: Random): string {
  const start = random.pick(FAMILIAR);
  const commands = Array.from({ length: 1 + random.below(3) }, () => {
    const words = Array.from({ length: random.below(3) }, () => random.pick(FAMILIAR_WORDS));
    return [start, ...words].join(' ');
  });
  return commands.join(random.pick([' && ', ' || ', '; ', ' | ', ';']));
}

function makeList(random: Random): string {
  let line = makeCommand(random);
  while (random.chance(35)) {
    const gap = random.pick(['', ' ', ' ', '\t']);
    line += `${gap}${random.pick(['&&', '||', ';', '|'])}${random.pick(['', ' ', ' ', '  '])}${makeCommand(random)}`;
  }
  return random.chance(5) ? `${line}\n` : line;
}

function makeCommand(random: Random): string {
  const words = [random.chance(94) ? random.pick(FUNCTIONS) : random.pick(FILES)];
  const count = random.below(5);
  for (let index = 0; index < count; index += 1) words.push(makeWord(random));
  return `${random.chance(10) ? ' ' : ''}${words.join(random.pick([' ', ' ', '  ', '\t']))}`;
}

function makeWord(random: Random): string {
  if (random.chance(4)) return random.pick(STRANGE);
  if (random.chance(3)) return makeQuoted(random);
  return random.chance(12) ? random.pick(WORDS) + random.pick(WORDS) : random.pick(WORDS);
}

function makeQuoted(random: Random): string {
  const quote = random.pick(["'", '"']);
  return `${random.pick(['', 'a', 'a='])}${quote}${random.pick(['', 'a'])}${random.pick(QUOTED)}${random.pick(['', 'b', '!!'])}${quote}`;
}

function mutate(line: string, random: Random): string {
  const at = random.below(line.length + 1);
  const before = line.slice(0, at);
  const after = line.slice(at);
  switch (random.below(14)) {
    case 0:
      return before + random.pick(STRANGE) + after;
    case 1:
      return `${before} ${random.pick(STRANGE)} ${after}`;
    case 2:
      return `${random.pick(STRANGE)}${random.pick(['', ' ', ';'])}${line}`;
    case 3:
      return `${line}${random.pick(['', ' ', ';'])}${random.pick(STRANGE)}`;
    case 4:
      return before + after.slice(1 + random.below(3));
    case 5:
      return before + (after[0] ?? '') + after;
    case 6:
      return before + makeWord(random) + after;
    default:
      return before + random.pick(CHARACTERS) + after;
  }
}
