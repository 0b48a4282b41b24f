import { join } from 'node:path';
import { type BearerProvider, createGatewayClient, type GatewayClient } from '@airlock/gateway-client';
import { nodeTransport } from '@airlock/gateway-client/node';
import { type Cli, pathsOf } from '../cli/context.js';
import { CommandFailure } from '../cli/failure.js';
import type { DeviceFlags } from '../commands/approver/device-flags.js';
import { type Account, DeviceStore } from './store.js';

/** An enrolled approver: its files and a client that speaks as it. */
export interface Device {
  readonly store: DeviceStore;
  readonly account: Account;
  readonly gateway: GatewayClient;
}

/** The key directory of the flags, else the one below this user's data. */
export function deviceStore(cli: Cli, flags: Pick<DeviceFlags, 'keyDir'>): DeviceStore {
  return new DeviceStore(flags.keyDir ?? join(pathsOf(cli).data, 'approver'));
}

/**
 * Gives the stored access token, and a new one after it was refused. Refreshes are serialised between processes and
 * saved before use (AUTH-120).
 */
function bearer(store: DeviceStore, origin: string): BearerProvider {
  return async ({ rejected }) => {
    const known = store.account();
    if (known === null || rejected === undefined || known.accessToken !== rejected) return known?.accessToken;
    const signedOut = createGatewayClient({ origin, transport: nodeTransport() });
    const fresh = await store.changeAccount(async (account) => {
      if (account === null) throw notEnrolled();
      if (account.accessToken !== rejected) return account;
      const { accessToken, refreshToken } = await signedOut.auth.refresh(account.refreshToken);
      return { ...account, accessToken, refreshToken };
    });
    return fresh.accessToken;
  };
}

function notEnrolled(): CommandFailure {
  return new CommandFailure('approver_not_enrolled', 'this approver is not enrolled with a gateway', {
    fix: 'airlock approver init --gateway URL --pat-file FILE, or airlock approver pair LINK',
  });
}

/** A client that speaks as this approver. */
export function clientOf(store: DeviceStore, origin: string): GatewayClient {
  return createGatewayClient({
    origin,
    transport: nodeTransport(),
    credentials: { user: { kind: 'bearer', token: bearer(store, origin) } },
  });
}

/** Opens the enrolled approver of the flags. @throws CommandFailure when there is none, or another gateway was named */
export function openDevice(cli: Cli, flags: DeviceFlags): Device {
  const store = deviceStore(cli, flags);
  const account = store.account();
  if (account === null) throw notEnrolled();
  assertSameGateway(account, flags.gateway);
  return { store, account, gateway: clientOf(store, account.gatewayUrl) };
}

/** One key directory belongs to one gateway. */
export function assertSameGateway(account: Account, gateway: string | undefined): void {
  if (gateway === undefined || gateway === account.gatewayUrl) return;
  throw new CommandFailure('other_gateway', `these keys are enrolled with ${account.gatewayUrl}, not with ${gateway}`, {
    fix: `use another --key-dir for ${gateway}`,
  });
}
