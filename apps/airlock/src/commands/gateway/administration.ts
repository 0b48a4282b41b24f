import { GatewayError, type GatewayAdmin, openAdmin } from '@airlock/gateway';
import { type AppKind, formatTime, gatewayOrigin } from '@airlock/protocol';
import { type Cli, printJson } from '../../cli/context.js';
import { CommandFailure, UsageError } from '../../cli/failure.js';
import { enrollmentLink } from '../../device/enrollment-link.js';
import { gatewayDataDir, refuseUnavailable, startupFailure } from './options.js';
import { lastOrigin } from './serving.js';

export interface StoreFlags {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly json?: true;
}

export type PatCreateFlags = StoreFlags & {
  readonly user: string;
  readonly role: 'enforcer' | 'approver';
  readonly name?: string;
  readonly days?: number;
};

export type AppCreateFlags = StoreFlags & {
  readonly name: string;
  readonly kind: AppKind;
  readonly allowedOrigin?: readonly string[];
};

const DAY = 24 * 60 * 60 * 1000;

/** Where to look up a name or id that does not exist. */
function notFoundAdvice(error: GatewayError): string | undefined {
  if (error.code !== 'NotFound') return undefined;
  const list = ['user', 'token', 'app'].find((what) => error.message.includes(` ${what}`));
  if (list === undefined) return undefined;
  return `airlock gateway ${list === 'token' ? 'pat' : list} list, of the same --data-dir`;
}

/** Opens the data directory for one action. What the gateway refuses becomes a failure with the gateway's code. */
async function administer<T>(cli: Cli, flags: StoreFlags, action: (admin: GatewayAdmin) => Promise<T>): Promise<T> {
  refuseUnavailable(flags);
  let admin: GatewayAdmin;
  try {
    admin = await openAdmin(gatewayDataDir(cli, flags.dataDir));
  } catch (error) {
    throw startupFailure(error);
  }
  try {
    return await action(admin);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.code === 'invalid_request') throw new UsageError(error.message);
    throw new CommandFailure(error.code, error.message, { fix: notFoundAdvice(error), cause: error });
  } finally {
    await admin.close();
  }
}

function answer(
  cli: Cli,
  flags: StoreFlags,
  shape: { readonly json: unknown; readonly lines: readonly string[] },
): number {
  if (flags.json) printJson(cli, shape.json);
  else if (shape.lines.length === 0) cli.say(`airlock: none in ${gatewayDataDir(cli, flags.dataDir)}`);
  else for (const line of shape.lines) cli.print(line);
  return 0;
}

export async function addUser(cli: Cli, name: string, flags: StoreFlags): Promise<number> {
  const user = await administer(cli, flags, ({ identity }) => identity.addUser(name));
  return answer(cli, flags, {
    json: { userId: user.userId, name: user.name },
    lines: [`${user.userId}  ${user.name}`],
  });
}

export async function listUsers(cli: Cli, flags: StoreFlags): Promise<number> {
  const users = await administer(cli, flags, ({ identity }) => identity.listUsers());
  return answer(cli, flags, {
    json: users.map((user) => ({ userId: user.userId, name: user.name, createdAt: formatTime(user.createdAt) })),
    lines: users.map((user) => `${user.userId}  ${user.name}`),
  });
}

export async function createPat(cli: Cli, flags: PatCreateFlags): Promise<number> {
  const { user, role, name, days } = flags;
  const made = await administer(cli, flags, ({ identity }) =>
    identity.createPat({
      user,
      role,
      ...(name === undefined ? {} : { name }),
      ...(days === undefined ? {} : { expiresAt: Date.now() + days * DAY }),
    }),
  );
  const expiresAt = formatTime(made.expiresAt);
  return answer(cli, flags, { json: { pat: made.pat, id: made.id, expiresAt }, lines: [made.pat] });
}

export async function listPats(cli: Cli, flags: StoreFlags & { readonly user?: string }): Promise<number> {
  const pats = await administer(cli, flags, ({ identity }) => identity.listPats(flags.user));
  return answer(cli, flags, {
    json: pats.map(({ tokenId, userId, role, name, prefix, appId, createdAt, expiresAt, lastUsedAt }) => ({
      id: tokenId,
      userId,
      role,
      name,
      prefix,
      appId,
      createdAt: formatTime(createdAt),
      expiresAt: formatTime(expiresAt),
      lastUsedAt: lastUsedAt === undefined ? undefined : formatTime(lastUsedAt),
    })),
    lines: pats.map(
      (pat) => `${pat.tokenId}  ${pat.prefix}…  ${pat.role}  ${pat.name}  until ${formatTime(pat.expiresAt)}`,
    ),
  });
}

export async function revokePat(cli: Cli, id: string, flags: StoreFlags): Promise<number> {
  await administer(cli, flags, ({ identity }) => identity.revokePat(id));
  return answer(cli, flags, { json: { id, revoked: true }, lines: [`revoked ${id}`] });
}

export async function createApp(cli: Cli, flags: AppCreateFlags): Promise<number> {
  const { name, kind, allowedOrigin } = flags;
  const app = await administer(cli, flags, ({ identity }) =>
    identity.createApp({ name, kind, ...(allowedOrigin === undefined ? {} : { allowedOrigins: allowedOrigin }) }),
  );
  const { appId, clientId, clientSecret } = app;
  return answer(cli, flags, {
    json: { appId, clientId, clientSecret: clientSecret ?? null, kind: app.kind },
    lines: [
      `app     ${appId}`,
      `client  ${clientId}`,
      ...(clientSecret === undefined ? [] : [`secret  ${clientSecret}`]),
    ],
  });
}

export async function listApps(cli: Cli, flags: StoreFlags): Promise<number> {
  const apps = await administer(cli, flags, ({ identity }) => identity.listApps());
  return answer(cli, flags, {
    json: apps.map((app) => ({ ...app, createdAt: formatTime(app.createdAt) })),
    lines: apps.map((app) => `${app.appId}  ${app.clientId}  ${app.kind}  ${app.name}`),
  });
}

export async function rotateAppSecret(cli: Cli, id: string, flags: StoreFlags): Promise<number> {
  const { clientSecret, secretPrefix } = await administer(cli, flags, ({ identity }) => identity.rotateAppSecret(id));
  return answer(cli, flags, { json: { appId: id, clientSecret, secretPrefix }, lines: [clientSecret] });
}

export async function revokeApp(cli: Cli, id: string, flags: StoreFlags): Promise<number> {
  await administer(cli, flags, ({ identity }) => identity.revokeApp(id));
  return answer(cli, flags, { json: { appId: id, revoked: true }, lines: [`revoked ${id}`] });
}

export type EnrollApproverFlags = StoreFlags & { readonly user: string; readonly publicUrl?: string };

/** A one-time link that enrolls an approver; the operator hands it over. */
export async function enrollApprover(cli: Cli, flags: EnrollApproverFlags): Promise<number> {
  const origin = flags.publicUrl ?? lastOrigin(gatewayDataDir(cli, flags.dataDir));
  if (origin === null)
    throw new UsageError(
      'this gateway has never run, so its address is unknown',
      '--public-url https://gateway.example',
    );
  const { enrollmentCode, expiresAt } = await administer(cli, flags, ({ identity }) =>
    identity.enrollApprover(flags.user),
  );
  const link = enrollmentLink({ gatewayUrl: gatewayOrigin(origin), enrollmentCode });
  const until = formatTime(expiresAt);
  return answer(cli, flags, {
    json: { link, enrollmentCode, expiresAt: until },
    lines: [link, `works once, until ${until}; on the approver: airlock approver init LINK`],
  });
}
