import { canonicalize } from '@airlock/protocol';
import { commandAction } from '@airlock/actions';
import { listAudit } from '../../src/audit/read-audit.js';
import type { StartDaemonOptions } from '../../src/daemon/options.js';
import type { HostAction, HostCall, HostDesk, HostVerdict } from '../../src/host/host-desk.js';
import { paired, type Scene } from './daemon.js';
import { commandFacts } from './policy-scene.js';
import type { Human } from './human.js';

export const HOST = 'test-host';

export interface HostScene extends Scene {
  readonly human: Human;
  readonly desk: HostDesk;
}

/** A real daemon, paired, with the desk that it hands to the adapters of hosts. */
export async function hostScene(over: Partial<StartDaemonOptions> = {}): Promise<HostScene> {
  let desk: HostDesk | null = null;
  const made = await paired({
    ...over,
    adapters: [
      (given) => {
        desk = given;
        return { host: HOST, handle: async () => ({ permission: 'deny', exit: 2, body: '' }) };
      },
    ],
  });
  if (desk === null) throw new Error('the daemon made no adapter');
  return Object.assign(made, { desk });
}

export const inputOf = (text: string) => canonicalize({ command: text });

/** A command as an adapter describes it. */
export function describedCommand(workspace: string, inputJson: string, over: Partial<HostAction> = {}): HostAction {
  const action = commandAction({
    argv: ['/bin/echo', 'hi'],
    cwd: workspace,
    program: '/bin/echo',
    programSha256: 'e'.repeat(64),
    environment: {},
    stdin: 'none',
  });
  return {
    workspace,
    action: { ...action, tool: 'Bash', inputJson },
    facts: commandFacts(),
    recheck: async () => null,
    ...over,
  };
}

/** What a layer reports. */
export function callFor(workspace: string, over: Partial<HostCall> = {}): HostCall {
  const inputJson = over.inputJson ?? inputOf('echo hi');
  return {
    host: HOST,
    layer: 'PreToolUse',
    sessionId: 's-1',
    toolUseId: 'toolu_1',
    agentId: null,
    cwd: workspace,
    tool: 'Bash',
    inputJson,
    describe: async () => describedCommand(workspace, inputJson),
    timeoutSeconds: 300,
    signal: new AbortController().signal,
    ...over,
  };
}

export type Denied = Extract<HostVerdict, { permission: 'deny' }>;

export function incidents({ paths }: Scene): Record<string, unknown>[] {
  return listAudit(paths)
    .map(({ entry }) => entry as Record<string, unknown>)
    .filter((entry) => entry.kind === 'host.incident');
}

export function entriesOf({ paths }: Scene, requestId: string): string[] {
  return listAudit(paths)
    .filter(({ entry }) => entry.requestId === requestId)
    .map(({ entry }) => String(entry.kind));
}
