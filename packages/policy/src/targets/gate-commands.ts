/** Judges what may be simple commands. Each judgement gives the words that tell, or null. */

type Words = readonly string[];

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Last part of a program word, without case and Windows extension. */
function programName(word: string): string {
  return word
    .slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.(?:exe|cmd|bat|ps1)$/, '');
}

const WRAPPERS = set(
  'sudo doas env nice nohup setsid time timeout command exec builtin eval stdbuf ionice chrt taskset xargs parallel ' +
    'busybox toybox npx bunx pnpx then else do if while until ! watch script unshare strace ssh tmux screen zellij ' +
    'systemd-run runuser su chroot bwrap firejail setpriv start-stop-daemon',
);
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;
/** Options after which a program follows, and verbs of package managers that run one. */
const INTRODUCES = /^(?:-exec|-execdir|-ok|-okdir|--exec|-x|--|exec|dlx|x)$/;

/** Positions at which a word may be a program: the first one, all behind a wrapper, and those an option introduces. */
function programs(words: Words): readonly number[] {
  const first = words.findIndex((word) => !ASSIGNMENT.test(word));
  const wrapper = words.findIndex((word) => WRAPPERS.has(programName(word)));
  return [...words.keys()].filter(
    (index) => index === first || (wrapper !== -1 && index > wrapper) || isIntroduced(words, index),
  );
}

/** What follows `-c` is a program or a line; a line is read by itself. */
function isIntroduced(words: Words, index: number): boolean {
  const before = words[index - 1] ?? '';
  return INTRODUCES.test(before) || (before === '-c' && !/\s/.test(words[index] ?? ''));
}

/** A program in front of one of its own verbs, wherever they stand: also in the lists by which code names a call. */
function withVerb(words: Words, name: string, verbs: ReadonlySet<string>): string | null {
  const plain = words.flatMap((word) => word.split(/[,[\](){}'"]+/)).filter((word) => word !== '');
  const at = plain.findIndex((word, index) => programName(word) === name && verbs.has(plain[index + 1] ?? ''));
  return at === -1 ? null : plain.slice(at, at + 2).join(' ');
}

/** A program where one may stand. */
function asProgram(words: Words, name: string): string | null {
  const at = programs(words).find((index) => programName(words[index] ?? '') === name);
  return at === undefined ? null : words.slice(at, at + 2).join(' ');
}

const AIRLOCK_VERBS = set(
  'up sign-in sign-out pair unpair status run approve auto fail-mode patterns policy daemon approver gateway git mcp ' +
    'claude audit install uninstall doctor completion',
);

/** The command `airlock`: where a program stands, or in front of one of its own verbs. */
export function airlockCommand(words: Words): string | null {
  return asProgram(words, 'airlock') ?? withVerb(words, 'airlock', AIRLOCK_VERBS);
}

const HOST_VERBS = set(
  'plugin plugins mcp config update install uninstall doctor setup-token agents remote-control -p --print -c --continue ' +
    '-r --resume --bare --settings --setting-sources --plugin-dir --dangerously-skip-permissions ' +
    '--allow-dangerously-skip-permissions --permission-mode --safe-mode --restricted --mcp-config',
);
/** The package of the host, whatever is done with it: it is run, replaced or taken away under this name. */
const HOST_PACKAGE = /@anthropic-ai[/+\\]claude-code(?:-(?:linux|darwin|win32)[\w-]*)?(?![\w.-])(?:@[^\s"',]*)?/i;

/** The host's own command: it installs plugins, changes settings and starts sessions without hooks. */
export function hostCommand(words: Words): string | null {
  const found = asProgram(words, 'claude') ?? withVerb(words, 'claude', HOST_VERBS);
  if (found !== null) return found;
  for (const word of words) {
    const [name] = HOST_PACKAGE.exec(word) ?? [];
    if (name !== undefined) return name;
  }
  return null;
}

const KILLERS = set('kill tkill pkill killall killall5 skill snice xkill fuser renice prlimit taskkill stop-process');
const BY_NAME = set('pkill killall killall5 skill snice taskkill stop-process');
const TRACERS = set('gdb lldb strace ltrace rr nsenter reptyr gcore perf bpftrace');
const SERVICES = set('systemctl service launchctl rc-service sv');

/** What the command line of the gate's process may read like; those tools look for a part of it, or for an expression. */
const PROCESS_LINE = 'node /airlock/dist/main.js daemon run';
const EXPRESSION = /airlock|\.[*+?{]|[*^[|]/i;
const SELECTS_BY_OTHER = /^-[a-z]*[ugsptvn]|^--(?!signal|exact|full)/i;

function mayName(operand: string): boolean {
  if (EXPRESSION.test(operand) || SELECTS_BY_OTHER.test(operand)) return true;
  return !operand.startsWith('-') && PROCESS_LINE.includes(operand.toLowerCase());
}

const HANDLES_PROCESSES = new Set([...KILLERS, ...TRACERS, ...SERVICES]);

/** A command that ends, stops or takes over a process of the gate, or as many as there are. */
export function processCommand(words: Words, processIds: readonly number[]): string | null {
  const at = words.findIndex((word) => HANDLES_PROCESSES.has(programName(word)));
  if (at === -1) return null;
  const numbers = new Set(processIds.map(String));
  const names = words.slice(at).map(programName);
  const rest = words.slice(at + 1);
  const isNamed = rest.some(
    (word) => /airlock/i.test(word) || (word.match(/\d+/g) ?? []).some((each) => numbers.has(each)),
  );
  const isAll = names.includes('kill') && rest.slice(1).includes('-1');
  const isMatched = names.some((name) => BY_NAME.has(name)) && rest.some(mayName);
  return isNamed || isAll || isMatched ? words.slice(at).join(' ') : null;
}

/** Whether a command ends processes, wherever it has their ids from. */
export function endsProcesses(words: Words): boolean {
  return words.some((word) => KILLERS.has(programName(word)));
}

/** A command that looks for processes by a name that the gate's may have. */
export function processSearch(words: Words): string | null {
  const at = words.findIndex((word) => /^(?:pgrep|pidof|ps|grep|lsof|ss|fuser)$/.test(programName(word)));
  return at !== -1 && words.slice(at + 1).some(mayName) ? words.slice(at).join(' ') : null;
}

/** Options of git that take the next word. */
const TAKES_WORD = set('-C -c --git-dir --work-tree --namespace --exec-path --config-env --super-prefix --attr-source');

interface GitCall {
  readonly verb: string;
  readonly rest: Words;
}

function gitCalls(words: Words): readonly GitCall[] {
  const calls: GitCall[] = [];
  for (const [index, word] of words.entries()) {
    if (programName(word) !== 'git') continue;
    let at = index + 1;
    while ((words[at] ?? '').startsWith('-')) at += TAKES_WORD.has(words[at] ?? '') ? 2 : 1;
    const verb = words[at];
    if (verb !== undefined) calls.push({ verb: verb.toLowerCase(), rest: words.slice(at + 1) });
  }
  return calls;
}

const NO_VERIFY = /^--no-v(?:e(?:r(?:i(?:f(?:y)?)?)?)?)?$/i;
const NO_VERIFY_ANYWHERE = /^--no-veri(?:fy?)?$/i;
/** A cluster of short options with `n` before one that takes the rest of the word. */
const SHORT_N = /^-[abd-ln-sv-z0-9ABDEG-RT-Z]*n/;
const COMMITS = set('commit merge am');

/** Leaving the hooks of git out. */
export function hookBypass(words: Words): string | null {
  const anywhere = words.find((word) => NO_VERIFY_ANYWHERE.test(word));
  if (anywhere !== undefined) return anywhere;
  for (const { verb, rest } of gitCalls(words)) {
    const long = rest.find((word) => NO_VERIFY.test(word));
    const short = COMMITS.has(verb) ? rest.find((word) => SHORT_N.test(word)) : undefined;
    const found = long ?? short;
    if (found !== undefined) return `git ${verb} ${found}`;
  }
  return null;
}

/** Sections of git's configuration that neither run nor include anything. */
const HARMLESS_KEY =
  /^(?:(?:user|author|committer|color|push|pull|advice)\.|branch\..*\.(?:merge|rebase|description)$|remote\..*\.(?:url|pushurl|fetch|push|mirror|prune|prunetags|tagopt|skipdefaultupdate|skipfetchall|partialclonefilter|promisor)$)/i;
/** Where a branch goes: a plain name is that of a remote, anything else is a repository. */
const BRANCH_REMOTE = /^branch\..*\.(?:remote|pushremote)$/i;
const REMOTE_NAME = /^[\w-][\w.-]*$/;
const READS = set('get list get-regexp get-all get-urlmatch get-color get-colorbool');
const WRITES = /^(?:set|unset|--add|--unset|--unset-all|--replace-all)$/i;
const REWRITES = /^(?:-e|(?:--)?(?:edit|rename-section|remove-section))$/i;

function writesConfiguration({ verb, rest }: GitCall): boolean {
  if (verb !== 'config') return false;
  if (rest.some((word) => REWRITES.test(word))) return true;
  const operands = rest.filter((word) => !word.startsWith('-') && !READS.has(word));
  const isHarmless = (key: string, value = '') =>
    HARMLESS_KEY.test(key) || (BRANCH_REMOTE.test(key) && REMOTE_NAME.test(value));
  const isKey = (word: string, at: number) =>
    /^[a-z][a-z0-9-]*\..+/i.test(word) &&
    !(at > 0 && BRANCH_REMOTE.test(operands[at - 1] ?? '')) &&
    !isHarmless(word, operands[at + 1]);
  const hasKey = operands.some(isKey);
  return hasKey && (operands.length > 1 || rest.some((word) => WRITES.test(word)));
}

const KEY_STORES = set('security secret-tool keyring kwallet-query kwalletcli lssecret');

/** A command that reads or changes what the store of the desktop keeps for the gate. */
export function keyCommand(words: Words): string | null {
  const at = words.findIndex((word) => KEY_STORES.has(programName(word)));
  return at !== -1 && words.slice(at + 1).some((word) => /airlock/i.test(word))
    ? words.slice(at, at + 2).join(' ')
    : null;
}

const HOOK_TOOLS = set('husky lefthook pre-commit overcommit simple-git-hooks');

/** Writing the configuration of git, or installing other hooks, by a command that names no file. */
export function hookInstallation(words: Words): string | null {
  for (const call of gitCalls(words)) {
    const text = `git ${call.verb}`;
    if (writesConfiguration(call)) return text;
    if (call.verb === 'lfs' && call.rest.some((word) => /^(?:un)?install$/.test(word))) return text;
    if (/^(?:init|clone)$/.test(call.verb) && call.rest.some((word) => word.startsWith('--templ'))) return text;
  }
  const at = words.findIndex(
    (word, index) =>
      HOOK_TOOLS.has(programName(word)) && words.slice(index + 1).some((next) => /install|^init$/.test(next)),
  );
  return at === -1 ? null : words.slice(at, at + 2).join(' ');
}

/** Removes, moves or takes away rights: of a folder, all that is in it. */
const REMOVERS = set(
  'rm rmdir mv shred unlink srm trash rename mount umount chmod chown chgrp chattr chflags setfacl xattr del erase rd ' +
    'move remove-item move-item rename-item',
);
/** Puts something into a folder that is named. */
const WRITERS = set(
  'cp install rsync ln tar unzip cpio patch dd tee touch mkdir truncate scp link symlink copy xcopy robocopy copy-item ' +
    'set-content out-file new-item docker podman nerdctl',
);
/** Verbs of these programs are theirs: `git rm` leaves the repository itself alone. */
const HAVE_OWN_VERBS = set('git npm pnpm yarn bun docker podman hg svn kubectl cargo gh brew helm');
const IN_CODE =
  /(?:^|[^a-z])(?:rm|rmtree|rmdir|unlink|remove|rename|move|delete|chmod|chown|symlink|link|replace|write|writefile|open|copy|copytree|copyfile|cp|mkdir)(?:sync|all|dirs|s|tree|at|file|_all|_tree)*(?![a-z])/i;

/** How much a simple command changes what it names. */
export type Change = 'removes' | 'writes' | 'none';

export function changeOf(words: Words): Change {
  const own = words.filter((_word, index) => !HAVE_OWN_VERBS.has(programName(words[index - 1] ?? ''))).map(programName);
  if (own.some((name) => REMOVERS.has(name)) || words.includes('-delete')) return 'removes';
  if (own.some((name) => WRITERS.has(name)) || words.includes('>')) return 'writes';
  return words.some((word) => /[(.'"]/.test(word) && IN_CODE.test(word)) ? 'writes' : 'none';
}

/** The words that a command changes: `mv a .` changes nothing that is in `.` already. */
export function changedWords(words: Words): Words {
  const last = words.at(-1) ?? '';
  return words.some((word) => programName(word) === 'mv') && /^\.{1,2}\/?$/.test(last) ? words.slice(0, -1) : words;
}
