import { type AppKind, LIMITS } from '@airlock/protocol';
import { GatewayError } from '../errors.js';
import { newId } from '../ids.js';
import type { Ports } from '../ports.js';
import type { StoreEngine } from '../store/engine.js';
import { type AppRecord, isConfidential } from './commands/apps.js';
import type { PatRecord } from './commands/pats.js';
import type { Role } from './commands/tokens.js';
import { present } from './present.js';
import { newAppId, newClientId, newClientSecret, newEnrollmentCode, newPat, secretHash } from './secrets.js';

/** What making tokens, apps and codes needs, for the routes and for the operator alike. */
export interface AccountDeps {
  readonly store: StoreEngine;
  readonly ports: Ports;
}

/** How much of a token or secret is kept readable, to recognise it by. */
const PAT_PREFIX = 'airpat_'.length + 4;
const SECRET_PREFIX = 4;

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/;

/** Makes a personal access token. @throws GatewayError `invalid_request` beyond 365 days (AUTH-080) or for an unknown app */
export async function issuePat(
  { store, ports }: AccountDeps,
  request: {
    readonly userId: string;
    readonly role: Role;
    readonly name: string;
    /** Epoch milliseconds. */
    readonly expiresAt: number;
    readonly appId?: string;
  },
  now: number,
): Promise<PatRecord & { readonly token: string }> {
  if (request.expiresAt <= now || request.expiresAt > now + LIMITS.patMaxMs) {
    throw new GatewayError('invalid_request', 'expiresAt must be in the future and within 365 days');
  }
  const token = newPat(ports);
  const record: PatRecord = {
    ...request,
    tokenId: newId(ports, 'pat'),
    prefix: token.slice(0, PAT_PREFIX),
    createdAt: now,
  };
  await store.run('createPat', { ...record, tokenHash: secretHash(token) });
  return { ...record, token };
}

/** What a caller says about a new app. */
export interface AppRequest {
  readonly name: string;
  readonly kind: AppKind;
  readonly ownerId?: string | undefined;
  readonly description?: string | undefined;
  readonly developerName?: string | undefined;
  readonly homePageUrl?: string | undefined;
  readonly isOpenSource?: boolean | undefined;
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** Refuses what could not match an `Origin` header or is no web page. @throws GatewayError `invalid_request` */
export function assertAppDetails(details: Pick<AppRequest, 'allowedOrigins' | 'homePageUrl' | 'description'>): void {
  if (details.allowedOrigins?.some((origin) => !ORIGIN.test(origin)) === true) {
    throw new GatewayError('invalid_request', 'allowedOrigins must hold origins such as https://app.example');
  }
  if (details.homePageUrl !== undefined && !/^https?:\/\/\S{1,500}$/.test(details.homePageUrl)) {
    throw new GatewayError('invalid_request', 'homePageUrl must be a web address');
  }
  if ((details.description ?? '').length > 1000) {
    throw new GatewayError('invalid_request', 'description is longer than 1000 characters');
  }
}

function assertKind(request: AppRequest): void {
  const origins = request.allowedOrigins ?? [];
  if (isConfidential(request.kind) && origins.length > 0) {
    throw new GatewayError('invalid_request', 'allowedOrigins belongs to apps of kind Web or Mobile');
  }
  if (!isConfidential(request.kind) && origins.length === 0) {
    throw new GatewayError('invalid_request', 'An app of kind Web or Mobile needs allowedOrigins');
  }
}

/** Registers an app; confidential kinds get a secret, which is readable here only (APPR-110). */
export async function registerApp(
  { store, ports }: AccountDeps,
  request: AppRequest,
  now: number,
): Promise<AppRecord & { readonly clientSecret?: string }> {
  assertAppDetails(request);
  assertKind(request);
  const secret = isConfidential(request.kind) ? newClientSecret(ports) : undefined;
  const { name, kind, ownerId, ...details } = request;
  for (;;) {
    const app: AppRecord = {
      appId: newAppId(ports),
      clientId: newClientId(ports),
      name,
      kind,
      createdAt: now,
      ...present({ ...details, secretPrefix: secret?.slice(0, SECRET_PREFIX) }),
    };
    const secretHashed = secret === undefined ? undefined : secretHash(secret);
    const stored = await store.run('createApp', {
      ...app,
      ...present({ ownerId, secretHash: secretHashed }),
    });
    if (stored) return { ...app, ...present({ clientSecret: secret }) };
  }
}

/** Replaces an app's secret; without `ownerId` as the operator. */
export async function rotateSecret(
  { store, ports }: AccountDeps,
  request: { readonly appId: string; readonly ownerId?: string },
  now: number,
): Promise<{ readonly clientSecret: string; readonly secretPrefix: string }> {
  const clientSecret = newClientSecret(ports);
  const secretPrefix = clientSecret.slice(0, SECRET_PREFIX);
  const hashed = secretHash(clientSecret);
  await store.run('rotateAppSecret', { ...request, secretHash: hashed, secretPrefix, now });
  return { clientSecret, secretPrefix };
}

/** Makes a one-time enrollment code for a user (APPR-010). */
export async function issueEnrollmentCode(
  { store, ports }: AccountDeps,
  userId: string,
  now: number,
): Promise<{ readonly enrollmentCode: string; readonly expiresAt: number }> {
  const enrollmentCode = newEnrollmentCode(ports);
  const expiresAt = now + LIMITS.enrollmentCodeMs;
  await store.run('createEnrollmentCode', { codeHash: secretHash(enrollmentCode), userId, expiresAt });
  return { enrollmentCode, expiresAt };
}
