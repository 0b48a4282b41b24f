import { LIMITS } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { newId } from '../ids.js';
import {
  type AccountDeps,
  type AppRequest,
  issueEnrollmentCode,
  issuePat,
  registerApp,
  rotateSecret,
} from './accounts.js';
import type { AppRecord } from './commands/apps.js';
import type { PatRecord } from './commands/pats.js';
import type { Role } from './commands/tokens.js';
import type { UserRecord } from './commands/users.js';
import { present } from './present.js';

/**
 * What the operator's console does, through the same store commands as the routes and without a gateway running
 * (AUTH-095). It asks nobody for credentials: whoever can open the data directory is the operator. Users are named by
 * their name. Methods reject with `GatewayError`: `NotFound`, `AlreadyExistsConflict` or `invalid_request`.
 */
export interface IdentityAdmin {
  readonly addUser: (name: string) => Promise<UserRecord>;
  readonly listUsers: () => Promise<readonly UserRecord[]>;
  /** `expiresAt` is epoch milliseconds; 365 days from now unless told. */
  readonly createPat: (request: {
    readonly user: string;
    readonly role: Role;
    readonly name?: string;
    readonly expiresAt?: number;
    readonly appId?: string;
  }) => Promise<{ readonly pat: string; readonly id: string; readonly expiresAt: number }>;
  /** Tokens of one user, or of everybody. */
  readonly listPats: (user?: string) => Promise<readonly PatRecord[]>;
  readonly revokePat: (tokenId: string) => Promise<void>;
  readonly createApp: (request: Omit<AppRequest, 'ownerId'>) => Promise<AppRecord & { readonly clientSecret?: string }>;
  readonly listApps: () => Promise<readonly AppRecord[]>;
  readonly rotateAppSecret: (
    appId: string,
  ) => Promise<{ readonly clientSecret: string; readonly secretPrefix: string }>;
  readonly revokeApp: (appId: string) => Promise<void>;
  /** A one-time code for a new device or a first login, valid for ten minutes; `expiresAt` is epoch milliseconds. */
  readonly enrollApprover: (user: string) => Promise<{ readonly enrollmentCode: string; readonly expiresAt: number }>;
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@ +-]{0,127}$/u;

async function userIdOf({ store }: AccountDeps, name: string): Promise<string> {
  const user = await store.run('findUserByName', { name });
  if (user === undefined) throw new GatewayError('NotFound', 'There is no user of that name');
  return user.userId;
}

async function addUser({ store, ports }: AccountDeps, name: string): Promise<UserRecord> {
  if (!NAME.test(name) || name.trim() !== name) {
    throw new GatewayError(
      'invalid_request',
      'A user name is 1 to 128 letters, digits, spaces and . _ @ + -, and starts with a letter or digit',
    );
  }
  return await store.run('addUser', { userId: newId(ports, 'usr'), name, now: ports.now() });
}

/** Administration over a store that is open in this process, beside a serving gateway or without one. */
export function createIdentityAdmin(deps: AccountDeps): IdentityAdmin {
  const { store, ports } = deps;
  return {
    addUser: (name) => addUser(deps, name),
    listUsers: () => store.run('listUsers', {}),
    createPat: async ({ user, role, name, expiresAt, appId }) => {
      const now = ports.now();
      const pat = await issuePat(
        deps,
        {
          userId: await userIdOf(deps, user),
          role,
          name: name ?? `${role} token`,
          expiresAt: expiresAt ?? now + LIMITS.patMaxMs,
          ...present({ appId }),
        },
        now,
      );
      return { pat: pat.token, id: pat.tokenId, expiresAt: pat.expiresAt };
    },
    listPats: async (user) =>
      await store.run('listPats', user === undefined ? {} : { userId: await userIdOf(deps, user) }),
    revokePat: async (tokenId) => {
      await store.run('revokePat', { tokenId, now: ports.now() });
    },
    createApp: (request) => registerApp(deps, request, ports.now()),
    listApps: () => store.run('listApps', {}),
    rotateAppSecret: (appId) => rotateSecret(deps, { appId }, ports.now()),
    revokeApp: async (appId) => {
      await store.run('revokeApp', { appId, now: ports.now() });
    },
    enrollApprover: async (user) => await issueEnrollmentCode(deps, await userIdOf(deps, user), ports.now()),
  };
}
