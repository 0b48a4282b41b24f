import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hooksJson } from '@airlock/adapter-claude-code';
import { type ClaudeSite, openSite } from '@airlock/claude-rig';
import { alternate, quantile, type Row } from '../measure.js';
import { bareServer, moduleLayer, post } from './module.js';

/** As many calls as a daemon has answered in the middle of a session: code that ran seldom is slow. */
const WARM = 100;
const ROUNDS = 300;
const MODULE_ROUNDS = 400;

const LINE = 'git status';
const SESSION = 'bench-session';

type Environment = Readonly<Record<string, string>>;

/** Of all rounds: milliseconds of each, and processor time of all together. */
interface Cost {
  readonly wall: readonly number[];
  readonly cpu: number;
}

/** A program, and what it must print. */
interface Way {
  readonly argv: readonly string[];
  readonly says: string;
}

/** One call that a signed pattern allows, each with an id of its own. */
class Calls {
  #count = 0;

  constructor(private readonly cwd: string) {}

  next() {
    this.#count += 1;
    return {
      session_id: SESSION,
      cwd: this.cwd,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command: LINE },
      tool_use_id: `toolu_${this.#count}`,
    };
  }
}

/** Every way in turn, so that drift of a shared machine hits all alike; started by a small process, as `start.pl` says. */
function inTurn<Name extends string>(
  ways: Readonly<Record<Name, Way>>,
  calls: Calls,
  env: Environment,
): Readonly<Record<Name, Cost>> {
  const list = (entries: readonly string[]) => [`${entries.length}`, ...entries];
  const plan = Object.entries<Way>(ways).flatMap(([name, { argv, says }]) => {
    const inputs = Array.from({ length: WARM + ROUNDS }, () => JSON.stringify(calls.next()));
    return [name, says, ...list(argv), ...list(inputs)];
  });
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const input = [`${WARM}`, ...list(variables), ...plan].map((field) => `${field}\0`).join('');
  const starter = fileURLToPath(new URL('./start.pl', import.meta.url));
  const { status, stdout, stderr } = spawnSync('perl', [starter], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the starter ended with ${status}: ${stderr}`);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((row) => row.split('\t'));
  const costs = rows.map(([name, cpu, ...wall]) => [name, { cpu: Number(cpu), wall: wall.map(Number) }]);
  return Object.fromEntries(costs) as Record<Name, Cost>;
}

function rowsOf(what: string, goal: string, { ours, floor }: { ours: Cost; floor: Cost }): Row[] {
  const row = (unit: string, a: number, b: number): Row => ({
    what: `${what}, ${unit}`,
    ours: `${a.toFixed(1)} ms`,
    floor: `${b.toFixed(1)} ms (node -e 0)`,
    ratio: a / b,
    goal,
  });
  return [
    row('CPU', ours.cpu / ROUNDS, floor.cpu / ROUNDS),
    row('wall', quantile(ours.wall, 0.5), quantile(floor.wall, 0.5)),
  ];
}

/** How the host of a platform starts the command hook, as the plugin says. */
function hookWords(plugin: string, platform: NodeJS.Platform): readonly string[] {
  const { hooks } = JSON.parse(hooksJson({ platform, node: process.execPath }));
  const { command, args } = hooks.PreToolUse[0].hooks[0];
  return [command, ...args].map((word: string) => word.replace('$' + '{CLAUDE_PLUGIN_ROOT}', plugin));
}

/** The command hook as the host starts it: the script, and the same in Node, against an empty Node. */
function hookRows(plugin: string, calls: Calls, env: Environment): Row[] {
  const says = '"permissionDecision":"allow"';
  const ways = {
    floor: { argv: [process.execPath, '-e', '0'], says: '' },
    script: { argv: hookWords(plugin, 'linux'), says },
    node: { argv: hookWords(plugin, 'win32'), says },
  };
  const { floor, script, node } = inTurn(ways, calls, env);
  return [
    ...rowsOf('Claude Code: allowed call through the hook', '<= 0.35', { ours: script, floor }),
    ...rowsOf('Claude Code: the same without Perl, in Node', '<= 1.25', { ours: node, floor }),
  ];
}

/** What the module adds to a call that the hook has settled, against a round trip over a bare socket. */
async function moduleRow(
  { airlockHome, project, site, pluginArgs }: ClaudeSite,
  calls: Calls,
  env: Environment,
): Promise<Row> {
  const [, plugin = ''] = pluginArgs;
  const daemon = join(airlockHome, 'run', 'daemon.sock');
  const bare = join(site.root, 'bare.sock');
  const closeBare = await bareServer(bare);
  const layer = await moduleLayer(plugin, SESSION, project.folder);
  const told = Buffer.from(
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}\0`)
      .join(''),
  ).toString('base64');
  const settled: object[] = [];
  for (let at = 0; at < MODULE_ROUNDS * 1.2; at += 1) {
    const call = calls.next();
    const { status, headers } = await post(daemon, '/v1/hooks/claude-code/PreToolUse', {
      body: JSON.stringify(call),
      more: { 'airlock-environment': told },
    });
    const isAllowed = headers['airlock-permission'] === 'allow' || headers['airlock-permission'] === 'pass';
    if (status !== 200 || !isAllowed) throw new Error(`the daemon says ${status} ${String(headers['airlock-reason'])}`);
    settled.push({ ...call.tool_input, tool: call.tool_name, tool_use_id: call.tool_use_id });
  }
  const body = JSON.stringify(calls.next());
  const measured = await alternate(
    MODULE_ROUNDS,
    async () => await layer(settled.pop() ?? {}),
    async () => await post(bare, '/v1/hooks/claude-code/tool.run', { body }),
  );
  closeBare();
  const [ours, floor] = [quantile(measured.ours, 0.5), quantile(measured.floor, 0.5)];
  return {
    what: 'Claude Code: what the module adds',
    ours: `${ours.toFixed(2)} ms`,
    floor: `${floor.toFixed(2)} ms (bare socket)`,
    ratio: ours / floor,
    goal: '<= 3',
  };
}

/** What Airlock costs a tool call of Claude Code for which nobody has to be asked. */
export async function hook(): Promise<Row[]> {
  const site = await openSite({ plugin: 'side' });
  try {
    const [, plugin = ''] = site.pluginArgs;
    const env = { HOME: site.home, PATH: process.env['PATH'] ?? '', SHELL: '/bin/bash' };
    site.human.answering = () => 'approve';
    const added = await site.project.machine.start(['patterns', 'add', LINE, '--shell', 'bash'], env).finished();
    if (added.code !== 0) throw new Error(`the pattern was not signed: ${added.stderr}`);
    site.human.answering = () => ({ reject: 'nobody should be asked' });
    const calls = new Calls(site.project.folder);
    const rows = hookRows(plugin, calls, env);
    return [...rows, await moduleRow(site, calls, env)];
  } finally {
    await site.close();
  }
}
