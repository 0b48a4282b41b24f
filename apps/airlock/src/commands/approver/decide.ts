import { randomBytes, randomUUID } from 'node:crypto';
import { type ApproverKeys, type OpenedRequest, signDecision, signGrant } from '@airlock/approver';
import { GatewayError } from '@airlock/gateway-client';
import { type DecisionSubmit, type DecisionWord, LIMITS } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { cardText } from '../../device/card-text.js';
import { type Device, openDevice } from '../../device/device.js';
import { openKeys } from '../../device/keys.js';
import { pendingRequest } from '../../device/requests.js';
import type { DeviceFlags } from './device-flags.js';

const NONCE_BYTES = 16;
const MINUTE = 60_000;
/** How long a session grant lasts when no time is named. */
const SESSION_GRANT_MS = 8 * 60 * MINUTE;

export type ApproveFlags = DeviceFlags & { readonly scope: 'once' | 'session'; readonly for?: number };
export type RejectFlags = DeviceFlags & { readonly reason?: string };

interface Deciding {
  readonly device: Device;
  readonly opened: OpenedRequest;
  readonly keys: ApproverKeys;
  readonly decision: DecisionWord;
  readonly reason?: string | undefined;
}

/** What became of a decision. */
interface Decided {
  readonly requestId: string;
  readonly decision: DecisionWord;
  readonly accepted: boolean;
  /** Why the gateway did not take it. */
  readonly refusal?: GatewayError | undefined;
}

/** Signs, remembers, then sends; what the gateway answers is said, never guessed. */
async function decide(deciding: Deciding): Promise<Decided> {
  const { device, opened, keys, decision, reason } = deciding;
  const envelope = await device.store.changeMemory(async (memory) => {
    const signed = await signDecision(
      memory,
      {
        opened,
        decision,
        ...(reason === undefined ? {} : { reason }),
        approverId: device.account.approverId,
        nonce: new Uint8Array(randomBytes(NONCE_BYTES)),
        msgId: `msg-${randomUUID()}`,
        at: Date.now(),
      },
      keys.signer,
    );
    return { memory: signed.memory, result: signed.envelope };
  });
  return { requestId: opened.request.requestId, decision, ...(await send(device, envelope)) };
}

async function send(device: Device, envelope: DecisionSubmit): Promise<Pick<Decided, 'accepted' | 'refusal'>> {
  try {
    await device.gateway.requests.decide(envelope);
    return { accepted: true };
  } catch (error) {
    if (
      error instanceof GatewayError &&
      error.kind === 'rejected' &&
      error.status !== undefined &&
      error.status < 500
    ) {
      return { accepted: false, refusal: error };
    }
    throw error;
  }
}

function answer(cli: Cli, flags: DeviceFlags, decided: Decided): number {
  const { requestId, decision, accepted, refusal } = decided;
  if (flags.json) printJson(cli, { requestId, decision, accepted });
  if (refusal !== undefined)
    cli.say(`airlock: ${refusal.code} the gateway did not take the decision: ${refusal.message}`);
  else if (!flags.json) cli.say(`airlock: ${decision === 'approve' ? 'approved' : 'rejected'} ${requestId}`);
  return accepted ? EXIT.ok : EXIT.failed;
}

/** A signed, expiring policy for the same action (APPR-225); the decision itself stays a single one. */
async function grant(cli: Cli, deciding: Deciding, flags: ApproveFlags): Promise<void> {
  const forSession = flags.scope === 'session';
  if (!forSession && flags.for === undefined) return;
  const forMs = flags.for === undefined ? SESSION_GRANT_MS : Math.round(flags.for * MINUTE);
  const policy = await signGrant(
    {
      opened: deciding.opened,
      forSession,
      forMs: Math.min(forMs, LIMITS.policySpanMaxMs),
      policyId: `dnd-${randomUUID()}`,
      at: Date.now(),
    },
    deciding.keys.signer,
  );
  await deciding.device.gateway.policies.create(policy);
  cli.say(
    `airlock: a signed grant for the same action${forSession ? ' in this session' : ''} was sent; it ends ${policy.expiresAt}`,
  );
}

/** `airlock approver approve`. */
export async function approve(cli: Cli, id: string, flags: ApproveFlags): Promise<number> {
  const device = openDevice(cli, flags);
  const opened = await pendingRequest(device, id);
  if (!flags.json) for (const line of cardText(opened, Date.now())) cli.say(line);
  const keys = await openKeys(cli, device.store.keys());
  const deciding: Deciding = { device, opened, keys, decision: 'approve' };
  const result = await decide(deciding);
  if (result.accepted) await grant(cli, deciding, flags);
  return answer(cli, flags, result);
}

/** `airlock approver reject`. */
export async function reject(cli: Cli, id: string, flags: RejectFlags): Promise<number> {
  if (flags.reason !== undefined && Array.from(flags.reason).length > LIMITS.reasonCharacters) {
    throw new UsageError(`a reason has at most ${LIMITS.reasonCharacters} characters`);
  }
  const device = openDevice(cli, flags);
  const opened = await pendingRequest(device, id);
  const keys = await openKeys(cli, device.store.keys());
  const deciding: Deciding = { device, opened, keys, decision: 'reject', reason: flags.reason };
  const result = await decide(deciding);
  return answer(cli, flags, result);
}
