import { randomUUID } from 'node:crypto';
import { type ApproverKeys, type OpenedRequest, rememberGrant, signGrant } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import { GatewayError } from '@airlock/gateway-client';
import { type DndPolicy, LIMITS } from '@airlock/protocol';
import type { Cli } from '../cli/context.js';
import { commandLine } from '../cli/invocation.js';
import type { Device } from './device.js';
import { preview } from './preview.js';

const MINUTE = 60_000;
/** How long a session grant lasts when no time is named. */
const SESSION_GRANT_MS = 8 * 60 * MINUTE;

/** For how long an approval was asked to hold. */
export interface GrantFlags {
  readonly scope: 'once' | 'session';
  /** Minutes. */
  readonly for?: number;
}

/** A grant that the gateway has. */
export interface Granted {
  readonly policyId: string;
  readonly expiresAt: string;
}

/**
 * The signed, expiring policy for the same action (APPR-225); undefined when none was asked for. Made before anything is
 * decided, so that a grant that is impossible leaves everything as it was.
 */
export async function grantFor(
  opened: OpenedRequest,
  flags: GrantFlags,
  keys: ApproverKeys,
): Promise<DndPolicy | undefined> {
  const forSession = flags.scope === 'session';
  if (!forSession && flags.for === undefined) return undefined;
  const forMs = flags.for === undefined ? SESSION_GRANT_MS : Math.round(flags.for * MINUTE);
  return await signGrant(
    {
      opened,
      forSession,
      forMs: Math.min(forMs, LIMITS.policySpanMaxMs),
      policyId: `dnd-${randomUUID()}`,
      at: Date.now(),
    },
    keys.signer,
  );
}

/** Remembers in words what is granted and sends the grant, one for a whole card; null when the gateway refused it. */
export async function sendGrant(
  cli: Cli,
  device: Device,
  { policy, opened }: { readonly policy: DndPolicy; readonly opened: OpenedRequest },
): Promise<Granted | null> {
  await device.store.changeMemory(async (memory) => ({
    memory: rememberGrant(memory, policy, preview(opened)),
    result: undefined,
  }));
  const { requestId: policyId, expiresAt } = policy;
  try {
    await device.gateway.policies.create(policy);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    cli.say(`airlock: ${error.code} the gateway did not take the grant: ${visible(error.message)}`);
    return null;
  }
  const session = policy.actionSelector?.sessionId === undefined ? 'in every session' : 'in this session only';
  cli.say(`airlock: the same action is approved without asking, ${session}, until ${expiresAt}`);
  cli.say(`airlock: end it sooner with ${commandLine(cli, 'approver', 'end', policyId)}`);
  return { policyId, expiresAt };
}
