import { listAudit } from '../../src/audit/read-audit.js';
import type {
  PolicyAnswer,
  PolicyChangeBody,
  PolicyChangeEvent,
  RestrictionBody,
} from '../../src/socket/policy-api.js';
import { collect, type Scene } from './daemon.js';
import type { Human } from './human.js';
import type { Submitted } from './relay.js';

export type Change = PolicyChangeBody['change'];
export type Taken = RestrictionBody['restriction'];
export type Paired = Scene & { readonly human: Human };

const HOUR = 3_600_000;

export const inHours = (hours: number) => Date.now() + hours * HOUR;

/** Asks for a change and lets the human answer the request in some way, by default with a signature. */
export async function asked(
  made: Paired,
  change: Change,
  answer: (artifact: Submitted) => void = (artifact) => made.human.decide(artifact, 'approve'),
): Promise<PolicyChangeEvent[]> {
  made.relay.onArtifact = answer;
  return await collect(made.client.changePolicy({ workspace: made.workspace, change, timeoutSeconds: 60 }));
}

/** Has the approver sign a change. */
export async function signed(made: Paired, change: Change): Promise<Extract<PolicyChangeEvent, { event: 'applied' }>> {
  const events = await asked(made, change);
  const last = events.at(-1);
  if (last?.event !== 'applied') throw new Error(JSON.stringify(events));
  return last;
}

export async function take(made: Scene, restriction: Taken): Promise<boolean> {
  return (await made.client.restrictPolicy({ workspace: made.workspace, restriction })).changed;
}

export async function show(made: Scene): Promise<PolicyAnswer> {
  return await made.client.showPolicy(made.workspace);
}

/** What is permitted without asking, for comparisons. */
export async function permitted(made: Scene) {
  const { autoUntil, failOpenUntil, patterns, gatesOff, unmanaged, requirements } = await show(made);
  return { autoUntil, failOpenUntil, patterns: patterns.map(({ id }) => id), gatesOff, unmanaged, requirements };
}

export const NOTHING = {
  autoUntil: null,
  failOpenUntil: null,
  patterns: [],
  gatesOff: [],
  unmanaged: [],
  requirements: [],
};

/** The newest artifact as its approver reads it. */
export function newestArtifact(made: Paired): Record<string, any> {
  const newest = [...made.relay.artifacts.values()].filter(({ requestId }) => requestId.startsWith('req-')).at(-1);
  if (newest === undefined) throw new Error('nothing was asked');
  return made.human.read(newest);
}

export function logged(made: Scene, kind: string): Record<string, unknown>[] {
  return listAudit(made.paths).flatMap(({ entry }) => (entry.kind === kind ? [{ ...entry }] : []));
}

export function pattern(made: Scene, text = 'echo hello') {
  return {
    text,
    cwd: made.workspace,
    shell: '/usr/bin/bash',
    configuration: [],
    environmentSha256: 'e'.repeat(64),
  } as unknown as Extract<Change, { kind: 'add-pattern' }>['pattern'];
}
