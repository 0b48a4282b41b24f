import { commandAction } from '@airlock/actions';
import type { ActionFacts } from '@airlock/policy';
import { listAudit } from '../../src/audit/read-audit.js';
import type { StartDaemonOptions } from '../../src/daemon/options.js';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, bodyFor, lastOf, pairUp, type Scene, scene, signIn } from './daemon.js';
import { Human } from './human.js';

export interface PolicyScene extends Scene {
  readonly human: Human;
  readonly workspaceId: string;
  readonly enforcerId: string;
}

/** Signed in and paired with an approver that signs standing policies. */
export async function policyScene(
  over: Partial<StartDaemonOptions> = {},
  { capabilities = ['signed-dnd/1'], by = 'link' }: { capabilities?: string[]; by?: 'link' | 'code' | 'nothing' } = {},
): Promise<PolicyScene> {
  const made = await scene(over);
  await signIn(made);
  const { human } = await pairUp(made, new Human(made.relay, capabilities), by);
  const [workspace] = (await made.client.status()).workspaces;
  if (workspace === undefined) throw new Error('not paired');
  const { workspaceId, enforcerId } = workspace;
  return Object.assign(made, { human, workspaceId, enforcerId });
}

/** A standing policy of the approver for this workspace. */
export function standing(made: PolicyScene, members: Record<string, unknown> = {}): Record<string, unknown> {
  const { workspaceId, enforcerId } = made;
  return made.human.standing({ enforcerId, workspaceId, actionSelector: { argv: ['/bin/echo', 'hi'] }, ...members });
}

/** A denying policy as any gateway could make one. */
export function denial({ workspaceId, enforcerId }: PolicyScene, members: Record<string, unknown> = {}) {
  const now = Date.now();
  return {
    requestId: 'dnd-6a2b1c9e-7f10-4a51-9c55-0c8f3e1d2b3a',
    objectType: 'airlock.dnd.workspace',
    policyMode: 'deny_all',
    enforcerId,
    workspaceId,
    createdAt: new Date(now - 1000).toISOString(),
    expiresAt: new Date(now + 3_600_000).toISOString(),
    ...members,
  };
}

/** A command as an adapter describes it; with `shell` a line that it reads. */
export function commandFor(cwd: string, argv: string[], over: { shell?: string; commandText?: string } = {}) {
  const [program = ''] = argv;
  const facts = { argv, cwd, program, programSha256: 'e'.repeat(64), environment: {}, stdin: 'none' as const };
  return { ...commandAction(facts), ...over };
}

export function commandFacts(over: Partial<ActionFacts> = {}): ActionFacts {
  return {
    commands: [],
    environmentSha256: 'e'.repeat(64) as ActionFacts['environmentSha256'],
    targets: [],
    unknownInput: [],
    persistentShell: false,
    ...over,
  };
}

/** Waits until something is so, for at most some seconds. */
export async function until(check: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  for (let n = 0; n < 800; n += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not happen`);
}

/** Waits until the daemon knows what the gateway has, by what it says would happen. */
export async function untilVerdict(made: Scene, verdict: string, over: Partial<RequestBody> = {}): Promise<void> {
  const { timeoutSeconds: _, ...body } = bodyFor(made.workspace, over);
  await until(async () => (await made.client.explainPolicy(body)).verdict === verdict, `the verdict ${verdict}`);
}

/** Opens the session at the daemon with a request that the human rejects. */
export async function openSession(made: PolicyScene, over: Partial<RequestBody> = {}): Promise<void> {
  const { onArtifact } = made.relay;
  made.relay.onArtifact = (artifact) => {
    if (artifact.requestId.startsWith('req-')) made.human.decide(artifact, 'reject');
  };
  lastOf(await ask(made, over));
  made.relay.onArtifact = onArtifact;
}

export function auditOf(made: Scene, kind: string) {
  return listAudit(made.paths).flatMap(({ entry }) => (entry.kind === kind ? [entry] : []));
}
