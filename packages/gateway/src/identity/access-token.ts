import { LIMITS } from '@airlock/protocol';
import { errors, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Ports } from '../ports.js';
import type { Role, TokenFamily } from './commands/tokens.js';
import type { IdentityKeys } from './keys.js';
import { SIGNING_ALGORITHM } from './keys.js';
import { present } from './present.js';

/** Lifetime of an access token in seconds; published plugins need at least this (AUTH-100). */
export const ACCESS_TOKEN_SECONDS = LIMITS.accessTokenMinMs / 1000;
/** Who access tokens are for. */
export const TOKEN_AUDIENCE = 'airlock-gateway';
/** The algorithms that a token may be signed with; `none` and symmetric ones never (AUTH-100). */
const ACCEPTED_ALGORITHMS: readonly string[] = ['EdDSA', 'Ed25519', 'ES256', 'PS256', 'RS256'];

const TOKEN_TYPE = 'at+jwt';

/** What an accepted access token says. */
export interface AcceptedToken {
  readonly userId: string;
  readonly role: Role;
  readonly familyId: string;
  readonly appId?: string;
  readonly approverId?: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The claims that tie a token to its family, in every token however it was issued. */
export function familyClaims(family: Pick<TokenFamily, 'familyId' | 'role' | 'appId' | 'approverId'>): {
  readonly [claim: string]: string;
} {
  return {
    role: family.role,
    fid: family.familyId,
    ...present({ appId: family.appId, approverId: family.approverId }),
  };
}

/** Signs an access token of a family. */
export async function signAccessToken(
  keys: IdentityKeys,
  ports: Ports,
  token: {
    readonly family: TokenFamily;
    readonly scope: string;
    readonly issuer: string;
    readonly now: number;
  },
): Promise<string> {
  const issuedAt = Math.floor(token.now / 1000);
  return await new SignJWT({
    ...familyClaims(token.family),
    client_id: token.family.clientId,
    scope: token.scope,
  })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: TOKEN_TYPE, kid: keys.kid })
    .setIssuer(token.issuer)
    .setSubject(token.family.userId)
    .setAudience(TOKEN_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
    .setJti(ports.uuid())
    .sign(keys.privateKey);
}

const claimsSchema = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  jti: z.string().min(1),
  role: z.enum(['enforcer', 'approver']),
  fid: z.string().min(1),
  appId: z.string().min(1).optional(),
  approverId: z.string().min(1).optional(),
});

/** Whose tokens are accepted and how they are checked. */
export interface TokenTrust {
  /** Compared exactly. */
  readonly issuer: string;
  readonly key: JWTVerifyGetKey;
}

/**
 * The one place where a bearer token is accepted: signature under an asymmetric algorithm of the list, exact issuer,
 * audience, expiry, type (so no id token) and claims (AUTH-100). Undefined when anything of it is wrong; whether its
 * family still lives is asked of the store afterwards.
 */
export async function acceptAccessToken(
  token: string,
  trust: TokenTrust,
  now: number,
): Promise<AcceptedToken | undefined> {
  try {
    const { payload } = await jwtVerify(token, trust.key, {
      issuer: trust.issuer,
      audience: TOKEN_AUDIENCE,
      algorithms: [...ACCEPTED_ALGORITHMS],
      typ: TOKEN_TYPE,
      currentDate: new Date(now),
      requiredClaims: ['sub', 'iat', 'exp', 'jti'],
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return undefined;
    const { sub, exp, role, fid, appId, approverId } = claims.data;
    return {
      userId: sub,
      role,
      familyId: fid,
      expiresAt: exp * 1000,
      ...present({ appId, approverId }),
    };
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
