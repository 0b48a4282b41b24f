import type { Arrange, Fate, Row } from './row.js';
import {
  both,
  folderInPlaceOf,
  holds,
  hookHangs,
  hookIs,
  hookSays,
  pluginText,
  publishedPlace,
  userOverwrites,
  verdict,
  without,
} from './arrange/hook.js';
import * as service from './arrange/daemon.js';
import * as gateway from './arrange/gateway.js';
import * as decisions from './arrange/gateway-decisions.js';
import * as policies from './arrange/gateway-policies.js';
import * as input from './arrange/input.js';
import * as socket from './arrange/socket.js';
import * as state from './arrange/state.js';
import * as by from './arrange/surroundings.js';

type Four = readonly [Fate, Fate, Fate, Fate];

/** Fates in the order of the columns: cooperative 2.1.330, 2.1.197; managed 2.1.330, 2.1.197. */
// oxlint-disable-next-line max-params -- the columns of a table are told apart by their place
function row(
  name: string,
  arrange: Arrange,
  [a, b, c, d]: Four,
  flags: Partial<Pick<Row, 'isExclusive' | 'isShort'>> = {},
): Row {
  return { name, arrange, cooperative: [a, b], managed: [c, d], isExclusive: false, isShort: false, ...flags };
}

const short = { isShort: true };
const CLOSED: Four = ['closed', 'closed', 'closed', 'refused'];
/** Versions before 2.1.295 let a call through when a hook fails in this way. */
const OLD_OPEN: Four = ['closed', 'open', 'closed', 'refused'];
/** Only managed settings close it. */
const MANAGED_ONLY: Four = ['open', 'open', 'closed', 'refused'];

/** As {@link MANAGED_ONLY}; versions without modules have no such hole. */
const NEW_MANAGED_ONLY: Four = ['open', 'closed', 'closed', 'refused'];
/** The host itself takes the tool away or does not start. */
const REFUSED: Four = ['closed', 'refused', 'closed', 'refused'];

const alone = { isExclusive: true };
const { stateDamaged } = state;

const honest: Arrange = () => undefined;

/** The row that shows that everything around the others works. */
export const APPROVED = row(
  'the human approves',
  () => ({ answering: () => 'approve' }),
  ['open', 'open', 'open', 'refused'],
  short,
);

// biome-ignore format: a table has one row a line
export const TABLE: readonly Row[] = [
  APPROVED,
  row('the human rejects', honest, CLOSED, short),
  // ---- Our hook fails.
  row('the hook exits 1', hookIs('exit 1'), OLD_OPEN, short),
  row('the hook exits 3', hookIs('exit 3'), OLD_OPEN),
  row('the hook exits 127', hookIs('no-such-program'), OLD_OPEN),
  row('the hook exits 137', hookIs('exit 137'), OLD_OPEN),
  row('the hook is killed (SIGKILL)', hookIs('kill -9 $$'), OLD_OPEN),
  row('the hook crashes (SIGSEGV)', hookIs('kill -SEGV $$'), OLD_OPEN),
  row('the hook is ended (SIGTERM)', hookIs('kill -TERM $$'), OLD_OPEN),
  row('the hook says nothing and exits 0', hookIs('exit 0'), OLD_OPEN, short),
  row('the hook says pass and nobody decided so', hookSays('{}'), OLD_OPEN),
  row('the hook says allow and nobody approved', hookSays(verdict('allow')), OLD_OPEN, short),
  row('the hook says allow with another input', by.rewritten((changed) => hookSays(verdict('allow', { updatedInput: changed }))), OLD_OPEN),
  row('the hook says the old word approve', hookSays('{"decision":"approve"}'), OLD_OPEN),
  row('the hook prints text', hookSays('denied'), OLD_OPEN),
  row('the hook prints half a denial', hookSays(verdict('deny').slice(0, -9)), OLD_OPEN),
  row('the hook prints a banner before its denial', hookSays(`Welcome!\n${verdict('deny')}`), OLD_OPEN, short),
  row('the hook prints text after its denial', hookSays(`${verdict('deny')}\ndone`), OLD_OPEN),
  row('the hook prints two objects', hookSays(`${verdict('deny')}\n${verdict('deny')}`), OLD_OPEN),
  row('the hook prints an array', hookSays(`[${verdict('deny')}]`), OLD_OPEN),
  row('the hook denies on standard error', hookIs(`echo '${verdict('deny')}' >&2; exit 0`), OLD_OPEN),
  row('the hook denies at the top level', hookSays('{"permissionDecision":"deny"}'), OLD_OPEN),
  row('the hook denies with the old word deny', hookSays('{"decision":"deny"}'), OLD_OPEN),
  row('the hook denies with the old word block', hookSays('{"decision":"block","reason":"r"}'), CLOSED),
  row('the hook denies for no event', hookSays(verdict('deny').replace('"hookEventName":"PreToolUse",', '')), OLD_OPEN),
  row('the hook denies for another event', hookSays(verdict('deny').replace('PreToolUse', 'PostToolUse')), OLD_OPEN),
  row('the hook says Deny', hookSays(verdict('Deny')), OLD_OPEN),
  row('the hook says reject', hookSays(verdict('reject')), OLD_OPEN),
  row('the hook says null', hookSays('{"hookSpecificOutput":null}'), OLD_OPEN),
  row('the hook prints what looks like an object', hookSays('{permissionDecision: deny}'), OLD_OPEN),
  row('the hook denies and exits 1', hookSays(verdict('deny'), 1), CLOSED),
  row('the hook denies with members that nobody knows', hookSays(verdict('deny', { airlock: { more: [1] } })), CLOSED),
  row('the hook denies after a byte order mark', hookSays(`\uFEFF${verdict('deny')}`), CLOSED),
  row('the hook denies with a reason of 300 kB', hookSays(verdict('deny', { permissionDecisionReason: 'r'.repeat(300_000) })), CLOSED),
  row('the hook denies while a child of it holds its output', hookIs(`sleep 9 &\necho '${verdict('deny')}'\nexit 0`), CLOSED),
  row('the hook gives a reason that is no text', hookSays(verdict('deny', { permissionDecisionReason: 7 })), OLD_OPEN),
  row('the hook says continue:false', hookSays('{"continue":false}'), OLD_OPEN),
  row('the hook exits 2 with an invalid object', hookSays('{"hookSpecificOutput":null}', 2), OLD_OPEN),
  row('the hook exits 2 and says allow', hookSays(verdict('allow'), 2), CLOSED),
  row('the hook exits 2 and says allow and deny', hookSays(`${verdict('allow')}${verdict('deny')}`, 2), CLOSED),
  row('the hook exits 2 and says half an allow', hookSays(verdict('allow').slice(0, 40), 2), CLOSED),
  row('the hook exits 2 and says nothing', hookIs('exit 2'), CLOSED),
  row('the hook says ask', hookSays(verdict('ask')), CLOSED),
  row('the hook says defer', hookSays(verdict('defer')), CLOSED),
  row('the hook hangs', hookHangs('sleep 30'), OLD_OPEN),
  row('the hook hangs and answers a signal with exit 2', hookHangs(`trap 'exit 2' TERM; sleep 30 & wait`), OLD_OPEN),
  row('the hook has denied and hangs', hookHangs(`echo '${verdict('deny')}'; sleep 30`), OLD_OPEN),
  row('the hook has closed its outputs and hangs', hookHangs('exec >&- 2>&-; sleep 30'), OLD_OPEN),
  row('the hook is missing', without('hooks/hook.sh'), CLOSED),
  row('the hook is a folder', folderInPlaceOf('hooks/hook.sh'), OLD_OPEN),
  row('the hook is empty', holds('hooks/hook.sh', ''), OLD_OPEN),
  row('the program that runs the hook is missing', pluginText('hooks/hooks.json', /\/bin\/sh/g, '/nowhere/sh'), OLD_OPEN),
  row('the hook is not waited for', pluginText('hooks/hooks.json', /"timeout": 330/g, '"async": true, "timeout": 330'), OLD_OPEN),
  row('the hook is for tools of another name', pluginText('hooks/hooks.json', '"matcher": "*"', '"matcher": "bash"'), OLD_OPEN),
  row('the hook is for no tool at all', pluginText('hooks/hooks.json', '"matcher": "*"', '"matcher": "("'), OLD_OPEN),
  row('the hook answers into a full disk, and the human approves', state.answerToFullDisk, CLOSED),
  row("the plugin's list of hooks is garbled by the user", userOverwrites('hooks/hooks.json', '{"hooks": {'), MANAGED_ONLY),
  row("the plugin's manifest is garbled by the user", userOverwrites('.claude-plugin/plugin.json', '{"name": '), MANAGED_ONLY),
  row("the hook's Perl program is missing", without('hooks/hook.pl'), CLOSED),
  row("the hook's Perl program is garbled", holds('hooks/hook.pl', '((('), CLOSED),
  row("the hook's Perl program exits 0", holds('hooks/hook.pl', 'exit 0;\n'), CLOSED),
  row("the hook's Perl program says allow and exits 0", holds('hooks/hook.pl', `print '${verdict('allow')}';\n`), CLOSED),
  row('Perl is missing', pluginText('hooks/hook.sh', '/usr/bin/perl', '/nowhere/perl'), CLOSED),
  row('the place file is missing', without('hooks/place.txt'), CLOSED),
  row('the place file is garbled', holds('hooks/place.txt', '((('), CLOSED),
  row('the place file exits 0', holds('hooks/place.txt', 'exit 0\n'), CLOSED),
  row('the module is missing', without('hooks/gate.mjs'), CLOSED),
  row('the module is garbled', holds('hooks/gate.mjs', '((('), CLOSED),
  row("the module's place file is missing", without('hooks/place.mjs'), CLOSED),
  row('the plugin has no programs', without('lib'), CLOSED),
  // ---- Variables.
  row('repository env: NODE_OPTIONS', by.repositoryEnv(by.nodeOptions), CLOSED, short),
  row('repository env: LD_PRELOAD', by.repositoryEnv(by.preload), OLD_OPEN, short),
  row('repository env: PATH', by.repositoryEnv(by.evilPath), CLOSED),
  row('repository env: BASH_ENV and ENV', by.repositoryEnv(by.bashEnv), CLOSED),
  row('repository env: SHELLOPTS', by.repositoryEnv(by.shellOptions), CLOSED),
  row('repository env: PERL5OPT and PERL5LIB', by.repositoryEnv(by.perlOptions), CLOSED),
  row('repository env: proxies', by.repositoryEnv(by.proxies), CLOSED),
  row('repository env: names of ours', by.repositoryEnv(by.ourVariables), CLOSED),
  row('repository env: CLAUDE_CODE_SIMPLE', by.repositoryEnv(() => ({ CLAUDE_CODE_SIMPLE: '1' })), OLD_OPEN),
  row('user env: NODE_OPTIONS', by.userEnv(by.nodeOptions), CLOSED),
  row('user env: LD_PRELOAD', by.userEnv(by.preload), OLD_OPEN),
  row('user env: PATH', by.userEnv(by.evilPath), CLOSED),
  row('shell: LD_PRELOAD', by.shellEnv(by.preload), OLD_OPEN),
  row('a published copy, repository env: LD_PRELOAD', both(publishedPlace, by.repositoryEnv(by.preload)), OLD_OPEN),
  row('a published copy, shell: LD_PRELOAD', both(publishedPlace, by.shellEnv(by.preload)), OLD_OPEN),
  row('repository env: LD_TRACE_LOADED_OBJECTS', both(by.repositoryEnv(by.traceLoader), input.byWrite), OLD_OPEN),
  row('shell: NODE_OPTIONS', by.shellEnv(by.nodeOptions), CLOSED),
  row('shell: PERL5OPT and PERL5LIB', by.shellEnv(by.perlOptions), CLOSED),
  row('shell: BASH_ENV and ENV', by.shellEnv(by.bashEnv), CLOSED),
  row('shell: names of ours', by.shellEnv(by.ourVariables), CLOSED),
  // ---- Hooks of others.
  row("another hook's updatedInput, faster", by.updatedInputFirst, OLD_OPEN, short),
  row("another hook's updatedInput, slower", by.updatedInputLast(), OLD_OPEN),
  row("another hook's updatedInput with allow", by.updatedInputLast('allow'), OLD_OPEN),
  row("another hook's allow, and the human rejects", by.otherHook(verdict('allow')), CLOSED),
  row("another hook's ask, and the human rejects", by.otherHook(verdict('ask')), CLOSED),
  row("another hook's defer, and the human rejects", by.otherHook(verdict('defer')), CLOSED),
  row("another hook's allow while ours exits 1", both(hookIs('exit 1'), by.otherHook(verdict('allow'))), OLD_OPEN),
  row("another hook's allow while ours hangs", both(hookHangs('sleep 30'), by.otherHook(verdict('allow'))), OLD_OPEN),
  // ---- Modules of others.
  row('another module skips our hook', by.foreignModule(`on('classic.PreToolUse', async () => ({}));`), CLOSED, short),
  row('another module answers tool.check', by.foreignModule(`on('tool.check', async () => ({ decision: 'allow' }));`), CLOSED),
  row('another module skips our hook and answers tool.check', by.foreignModule(`on('classic.PreToolUse', async () => ({}));\non('tool.check', async () => ({ decision: 'allow' }));`), CLOSED),
  row('another module rewrites the call', by.moduleRewrites, CLOSED),
  row('another module throws at everything', by.foreignModule(`on('*', async () => { throw new Error('x'); });`), CLOSED),
  row('another module skips our hook and answers ours for the daemon', by.moduleAnswersFetch, NEW_MANAGED_ONLY, short),
  row('another module skips our hook and answers ours for the script', by.moduleAnswersRun, NEW_MANAGED_ONLY),
  // ---- Switches.
  row('repository: disableAllHooks', by.repository({ disableAllHooks: true }), MANAGED_ONLY, short),
  row('repository: disableAllHooks, local settings', by.repositoryLocal({ disableAllHooks: true }), MANAGED_ONLY),
  row('repository: enabledPlugins false', by.repository({ enabledPlugins: { 'airlock@airlock': false } }), MANAGED_ONLY),
  row('user: disableAllHooks', by.user({ disableAllHooks: true }), MANAGED_ONLY),
  row("the user's settings are no JSON", by.userSettingsGarbled, MANAGED_ONLY),
  row("the repository's settings are no JSON", by.repositorySettingsGarbled, CLOSED),
  row('--settings disableAllHooks', by.args('--settings', '{"disableAllHooks":true}'), MANAGED_ONLY),
  row('--bare', by.args('--bare'), MANAGED_ONLY),
  row('--safe-mode', by.args('--safe-mode'), MANAGED_ONLY),
  row('--restricted', by.args('--restricted'), REFUSED),
  row('--setting-sources project', by.args('--setting-sources', 'project'), MANAGED_ONLY),
  row('shell: CLAUDE_CODE_SIMPLE', by.shellEnv(() => ({ CLAUDE_CODE_SIMPLE: '1' })), MANAGED_ONLY),
  row('shell: CLAUDE_CONFIG_DIR', by.shellEnv(({ aside }) => ({ CLAUDE_CONFIG_DIR: `${aside}/other` })), MANAGED_ONLY),
  row('shell: another HOME', by.shellEnv(({ aside }) => ({ HOME: `${aside}/other` })), MANAGED_ONLY),
  row('--plugin-dir with our name', by.pluginOfOurName, ['open', 'open', 'refused', 'refused']),
  // ---- What is asked, and where.
  row('a folder deep in the workspace', input.nestedFolder, CLOSED),
  row('a folder that nobody paired', input.notPaired, CLOSED, short),
  row('a folder that was unpaired', gateway.unpaired, CLOSED),
  row('a repository that ships .airlock', input.shipsAirlock, CLOSED),
  row('a huge command, which the human approves', input.unshowable((file) => `echo ran > '${file}' # ${'x'.repeat(300_000)}`), CLOSED),
  row('a huge input, over 4 MiB', input.unshowable((file) => `echo ran > '${file}' # ${'x'.repeat(4_300_000)}`), CLOSED),
  row('a lone surrogate in the command, which the human approves', input.unshowable((file) => `echo ran > '${file}' # \ud800`), CLOSED),
  row('a NUL in the command, which the human approves', input.unshowable((file) => `echo ran > '${file}' # \0`), CLOSED),
  row('a member of the input that we do not know', input.unknownMember, CLOSED),
  // ---- The daemon.
  row('the daemon is killed', service.daemonKilled, CLOSED, { ...alone, ...short }),
  row('the daemon cannot be started', service.daemonCannotStart, CLOSED, alone),
  row('the daemon is killed while the human is asked', service.daemonKilledWhileAsked, CLOSED, alone),
  row('the daemon hangs', service.daemonStopped, CLOSED, alone),
  row('the daemon was stopped on purpose', service.daemonStoppedOnPurpose, CLOSED, alone),
  ...socket.ALL_LIES.map((lie) => row(`the daemon says ${lie}`, socket.daemonSays(lie), CLOSED, alone)),
  row('the daemon says something without end', socket.daemonNeverEnds, CLOSED, alone),
  row('the socket is a file', socket.socketIsAFile, CLOSED, alone),
  row('the socket is a link to one that allows', socket.socketIsALink, CLOSED, alone),
  row('the socket is open to all and allows', socket.socketIsOpen, CLOSED, alone),
  row('the socket belongs to another user and allows', socket.socketIsOfAnother, CLOSED, alone),
  row('the folder of the socket is open to all', socket.folderIsOpen, CLOSED, alone),
  row('the folder of the socket belongs to another user', socket.folderIsOfAnother, CLOSED, alone),
  row('the folder of the socket cannot be read', socket.socketIsAway, CLOSED, alone),
  row('the state is garbage', stateDamaged('state.json', state.garbage), CLOSED, alone),
  row('the state is empty', stateDamaged('state.json', state.emptied), CLOSED, alone),
  row('the state is gone', stateDamaged('state.json', state.removed), CLOSED, alone),
  row('the state can be written by all', stateDamaged('state.json', state.openToAll), CLOSED, alone),
  row('the list of restrictions is garbage', stateDamaged('restrictions.jsonl', state.garbage), CLOSED, alone),
  row('the journal is garbage', stateDamaged('journal.jsonl', state.garbage), CLOSED, alone),
  row('the signed policy is garbage', state.policyDamaged(state.garbage), CLOSED, alone),
  row('the signed policy is gone', state.policyDamaged(state.removed), CLOSED, alone),
  row('the disk is full', state.diskFull, CLOSED, alone),
  row('no file can be written by the hooks and the daemon that they start', state.noFileForHooks, CLOSED, alone),
  row('the human signed out', gateway.signedOut, CLOSED, alone),
  // ---- The gateway.
  row('the gateway is down', gateway.gatewayDown, CLOSED, alone),
  row('the gateway invents an approval', gateway.gatewayInvents, CLOSED, alone),
  row('the gateway answers 500', gateway.gatewayAnswers(500, { error: 'x' }), CLOSED, alone),
  row('the gateway answers 401', gateway.gatewayAnswers(401, { error: 'unauthorized' }), CLOSED, alone),
  row('the gateway answers approve at once', gateway.gatewayAnswers(202, { decision: 'approve', body: { decision: 'approve' } }), CLOSED, alone),
  row('the gateway redirects', gateway.gatewayRedirects, CLOSED, alone),
  row('the gateway cuts every submission', gateway.gatewayCuts, CLOSED, alone),
  row('the gateway answers no submission', gateway.gatewaySaysNothing, CLOSED, alone),
  row('the gateway changes the hash that the human is shown', gateway.gatewayChangesHash, CLOSED, alone),
  row('the gateway says that there is time for decades', decisions.gatewayClockLies, CLOSED, alone),
  row('the gateway widens a standing approval', policies.approvalWidened, CLOSED, alone),
  row('the gateway invents a standing approval', policies.approvalInvented, CLOSED, alone),
  row('the gateway approves a change of policy that the human rejects', policies.changeApproved, CLOSED, alone),
  ...Object.entries(decisions.GATEWAY_LIES).map(([what, lie]) => row(`the gateway ${what}`, lie, CLOSED)),
];
