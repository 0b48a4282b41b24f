import { randomUUID } from 'node:crypto';
import { type ApproverPairing, signDenial } from '@airlock/approver';
import { visible } from '@airlock/adapter-run';
import type { DndPolicy, WorkspaceId } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure, EXIT, UsageError } from '../../cli/failure.js';
import { commandLine, shellWord } from '../../cli/invocation.js';
import { type Device, openDevice } from '../../device/device.js';
import { openKeys } from '../../device/keys.js';
import { pendingRequests } from '../../device/requests.js';
import { withAddress } from '../../device/unreachable.js';
import type { DeviceFlags } from './device-flags.js';

const MINUTE = 60_000;

export type DenyFlags = DeviceFlags & {
  readonly workspace?: string;
  readonly all?: true;
  /** Minutes. */
  readonly for: number;
  readonly command?: readonly string[];
};

type NamedPairing = ApproverPairing & { readonly workspaceId: WorkspaceId };

const hasName = (pairing: ApproverPairing): pairing is NamedPairing => pairing.workspaceId !== null;

/** What a person would call a pairing by. */
function isCalled({ workspaceName, workspaceId, pairingId }: ApproverPairing, name: string): boolean {
  return name === workspaceName || name === workspaceId || name === pairingId;
}

function unknownName({ pairingId, workspaceName }: ApproverPairing): CommandFailure {
  return new CommandFailure(
    'workspace_unknown',
    `nothing was asked yet in ${visible(workspaceName)}, and only a request says how its computer names it`,
    { fix: `airlock approver revoke ${shellWord(pairingId)}, which ends the pairing and refuses everything` },
  );
}

/** The pairings that are meant. @throws CommandFailure when the name fits none or several */
function chosen(device: Device, flags: DenyFlags): readonly ApproverPairing[] {
  const active = device.store.memory().pairings.filter(({ pairingKey }) => pairingKey !== null);
  const { workspace: name } = flags;
  const found = name === undefined ? active : active.filter((pairing) => isCalled(pairing, name));
  if (found.length === 0) {
    const what = name === undefined ? 'this approver is paired with nothing' : `no workspace is called ${name}`;
    throw new CommandFailure('not_found', what, { fix: 'airlock approver pairings' });
  }
  if (name === undefined || found.length === 1) return found;
  const ids = found.map((each) => `${each.pairingId} on ${visible(each.enforcerLabel)}`).join(', ');
  throw new CommandFailure('ambiguous', `${found.length} workspaces are called ${name}: ${ids}`, {
    fix: 'airlock approver deny --workspace PAIRING_ID',
  });
}

function words(policy: DndPolicy): string {
  const prefix = policy.actionSelector?.argvPrefix;
  return prefix === undefined ? 'everything' : `commands that begin with ${prefix.map(shellWord).join(' ')}`;
}

/** `airlock approver deny`: refuses without asking for some time; needs nobody at the workspace. */
export async function deny(cli: Cli, flags: DenyFlags): Promise<number> {
  if ((flags.workspace === undefined) === (flags.all === undefined)) {
    throw new UsageError('say for which workspace, or for all', 'airlock approver deny --workspace NAME, or --all');
  }
  const device = openDevice(cli, flags);
  // What waits now may be the first that says how a workspace is named.
  await pendingRequests(device);
  const pairings = chosen(device, flags);
  const [unnamed] = pairings.filter((pairing) => !hasName(pairing));
  if (unnamed !== undefined && flags.all === undefined) throw unknownName(unnamed);
  const keys = await openKeys(cli, device.store.keys());
  const made: { readonly pairing: NamedPairing; readonly policy: DndPolicy }[] = [];
  for (const pairing of pairings.filter(hasName)) {
    const policy = await signDenial(
      {
        pairing,
        workspaceId: pairing.workspaceId,
        ...(flags.command === undefined ? {} : { argvPrefix: flags.command }),
        forMs: Math.round(flags.for * MINUTE),
        policyId: `dnd-${randomUUID()}`,
        at: Date.now(),
      },
      keys.signer,
    );
    await device.gateway.policies.create(policy).catch((error: unknown) => {
      throw withAddress(error, device.account.gatewayUrl);
    });
    made.push({ pairing, policy });
    if (!flags.json) {
      cli.say(
        `airlock: ${visible(words(policy))} in ${visible(pairing.workspaceName)} is refused without asking until ${policy.expiresAt}`,
      );
      cli.say(`airlock: end it sooner with ${commandLine(cli, 'approver', 'end', policy.requestId)}`);
    }
  }
  if (flags.json) {
    printJson(
      cli,
      made.map(({ pairing, policy: { requestId: policyId, expiresAt } }) => ({
        policyId,
        pairingId: pairing.pairingId,
        workspace: pairing.workspaceName,
        expiresAt,
      })),
    );
  }
  if (unnamed === undefined) return EXIT.ok;
  throw unknownName(unnamed);
}
