import { commandAction, mcpCallAction } from '@airlock/actions';
import { lexCommandLine } from '@airlock/policy';
import { canonicalize, hexSha256Schema } from '@airlock/protocol';
import type { StartDaemonOptions } from '../../src/daemon/options.js';
import type { HostAction, HostCall, HostVerdict } from '../../src/host/host-desk.js';
import { nodePorts, type Ports } from '../../src/ports/ports.js';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, lastOf } from './daemon.js';
import { callFor, describedCommand, type HostScene, hostScene } from './host.js';
import { bindingOf } from './mcp-actions.js';
import { commandFacts } from './policy-scene.js';

/** Main file of the daemon under test, as far as it is told. */
export const PROGRAM = '/opt/airlock/dist/main.js';

/** Clocks that a test sets ahead or back, milliseconds. */
export class Clocks {
  wall = 0;
  mono = 0;

  readonly ports: Ports = {
    ...nodePorts,
    now: () => nodePorts.now() + this.wall,
    mono: () => nodePorts.mono() + this.mono,
  };
}

export interface HandOverScene extends HostScene {
  readonly clocks: Clocks;
}

export async function handOverScene(over: Partial<StartDaemonOptions> = {}): Promise<HandOverScene> {
  const clocks = new Clocks();
  return Object.assign(await hostScene({ ports: clocks.ports, program: PROGRAM, ...over }), { clocks });
}

/** What is different about a call of a host. */
export type HostChange = Partial<HostCall & Omit<HostAction, 'handsOver'>> & { readonly handsOver?: boolean };

export const toolInput = (path: string) => canonicalize({ path });

/** A call of the tool `touch` of the server `tiny`, as a host reports it. */
export function toolCall(made: HostScene, path: string, over: HostChange = {}): HostCall {
  const { action, facts, handsOver = true, isClaimed, ...call } = over;
  const inputJson = call.inputJson ?? toolInput(path);
  const described: HostAction = {
    workspace: made.workspace,
    action: action ?? { ...mcpCallAction({ server: 'tiny', tool: 'touch', inputJson, description: 'Touch a file' }) },
    facts: facts ?? commandFacts(),
    ...(handsOver ? { handsOver: true } : {}),
    ...(isClaimed === undefined ? {} : { isClaimed }),
    recheck: async () => null,
  };
  return callFor(made.workspace, {
    tool: 'mcp__tiny__touch',
    toolUseId: `toolu_${path}`,
    inputJson,
    describe: async () => described,
    ...call,
  });
}

/** The same call as the proxy asks about it; `binding` replaces members of what it bound. */
export function proxyBody(
  path: string,
  { binding = {}, server = 'tiny', tool = 'touch', inputJson = toolInput(path), ...over }: ProxyChange = {},
): Partial<RequestBody> {
  const action = mcpCallAction({ server, tool, inputJson, binding: bindingOf(binding) });
  return { action: { ...action }, facts: commandFacts(), source: 'mcp', sessionId: 'proxy-1', ...over };
}

export interface ProxyChange extends Partial<RequestBody> {
  readonly binding?: Readonly<Record<string, unknown>>;
  readonly server?: string;
  readonly tool?: string;
  readonly inputJson?: string;
}

/** Facts of a line whose first word is the program under test. */
export function lineFacts(commandText: string, program = PROGRAM) {
  const line = lexCommandLine({ command: commandText, shell: 'bash' });
  const commands = line.ok ? line.commands : [];
  const sha256 = hexSha256Schema.parse('a'.repeat(64));
  return commandFacts({
    commands: commands.map(({ argv }) => ({
      argv: [...argv],
      program: { path: program, device: '1', inode: '2', sha256 },
      interpreters: [],
      configuration: [],
    })),
  });
}

/** A shell call of a host. */
export function shellCall(made: HostScene, commandText: string, over: HostChange = {}): HostCall {
  const { action, facts, handsOver = true, ...call } = over;
  const inputJson = canonicalize({ command: commandText });
  const line = commandAction({
    argv: ['/bin/bash', '-c', commandText],
    cwd: made.workspace,
    program: '/bin/bash',
    programSha256: 'e'.repeat(64),
    environment: {},
    stdin: 'none',
    shell: '/bin/bash',
    commandText,
    tool: 'Bash',
    inputJson,
  });
  const described = describedCommand(made.workspace, inputJson, {
    action: { ...line, ...action },
    facts: facts ?? lineFacts(commandText),
    ...(handsOver ? { handsOver: true } : {}),
  });
  return callFor(made.workspace, {
    toolUseId: `toolu_${commandText}`,
    inputJson,
    describe: async () => described,
    ...call,
  });
}

/** What `airlock run -- CMD` asks inside that call. */
export function runBody(
  made: HostScene,
  argv: string[],
  { action = {}, ...over }: Partial<RequestBody> = {},
): Partial<RequestBody> {
  const content = commandAction({
    argv,
    cwd: made.workspace,
    program: `/usr/bin/${argv[0]}`,
    programSha256: 'e'.repeat(64),
    environment: {},
    stdin: 'none',
  });
  return { action: { ...content, ...action }, facts: commandFacts(), source: 'run', sessionId: 's-1', ...over };
}

/** The human approves a call at the host. */
export async function approved(
  made: HostScene,
  call: HostCall,
): Promise<Extract<HostVerdict, { permission: 'allow' }>> {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
  const verdict = await made.desk.decide(call);
  // From here on whoever is asked says no: what is let through was handed over.
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
  if (verdict.permission !== 'allow') throw new Error(JSON.stringify(verdict));
  return verdict;
}

/** How a layer's request ended: by the approval with that id, by the human who was asked, or with a code. */
export async function answered(made: HostScene, over: Partial<RequestBody>): Promise<string> {
  const { outcome, basis, code } = lastOf(await ask(made, over));
  if (outcome === 'approved' && basis?.kind === 'handed-over') return `handed over from ${basis.requestId}`;
  return outcome === 'rejected' ? 'asked' : `${outcome} ${code ?? basis?.kind ?? ''}`;
}

/** `answered`, in one word. */
export async function isHandedOver(made: HostScene, over: Partial<RequestBody>): Promise<string> {
  return (await answered(made, over)).replace(/ from .*/, '');
}
