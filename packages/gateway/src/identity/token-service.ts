import { LIMITS } from '@airlock/protocol';
import { z } from 'zod';
import type { Ports } from '../ports.js';
import type { StoreEngine } from '../store/engine.js';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from './access-token.js';
import type { NewFamily, Role, TokenFamily } from './commands/tokens.js';
import type { IdentityKeys } from './keys.js';
import { openAnswer, sealAnswer } from './sealed-answer.js';
import { newFamilyId, newRefreshToken, secretHash } from './secrets.js';

const tokensSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Seconds. */
  expiresIn: z.number().int(),
  scope: z.string(),
});

/** What every successful token request yields; a refresh token is always among it (AUTH-110). */
export type IssuedTokens = Readonly<z.output<typeof tokensSchema>>;

type RefreshOutcome =
  | { readonly kind: 'ok'; readonly tokens: IssuedTokens }
  /** Unknown, over, revoked, or used before: then its family is revoked now. */
  | { readonly kind: 'invalid' | 'reused' };

/** A sign-in that is about to become a family. */
type FamilyDraft = Omit<NewFamily, 'userId' | 'scope'> & { readonly refreshToken: string };

/** Issues, rotates and revokes tokens for both families of routes. */
export interface TokenService {
  /** Ids and tokens for a family that a store command will insert. */
  readonly draft: (who: { readonly clientId: string; readonly role: Role }, now: number) => FamilyDraft;
  /** The answer for a family that was inserted from a draft. */
  readonly issue: (
    draft: FamilyDraft,
    granted: { readonly userId: string; readonly scope: string; readonly approverId?: string },
    now: number,
  ) => Promise<IssuedTokens>;
  readonly refresh: (
    request: {
      readonly refreshToken: string;
      /** The client that presents it, where the route knows one. */
      readonly clientId?: string;
      readonly graceMs: number;
    },
    now: number,
  ) => Promise<RefreshOutcome>;
}

export interface TokenServiceDeps {
  readonly store: StoreEngine;
  readonly ports: Ports;
  readonly keys: () => Promise<IdentityKeys>;
  readonly issuer: () => string;
}

/** Builds the service over the store's commands. */
export function createTokenService(deps: TokenServiceDeps): TokenService {
  const { store, ports } = deps;
  const answer = async (
    family: TokenFamily,
    refresh: { readonly token: string; readonly scope: string },
    now: number,
  ): Promise<IssuedTokens> => ({
    accessToken: await signAccessToken(await deps.keys(), ports, {
      family,
      scope: refresh.scope,
      issuer: deps.issuer(),
      now,
    }),
    refreshToken: refresh.token,
    expiresIn: ACCESS_TOKEN_SECONDS,
    scope: refresh.scope,
  });

  return {
    draft: (who, now) => draftFamily(ports, who, now),
    issue: (draft, granted, now) =>
      answer({ ...draft, ...granted }, { token: draft.refreshToken, scope: granted.scope }, now),
    refresh: async (request, now) => {
      const tokenHash = secretHash(request.refreshToken);
      const found = await store.run('findRefreshToken', { tokenHash, now });
      const rightClient = (request.clientId ?? found?.family.clientId) === found?.family.clientId;
      if (found === undefined || !rightClient) {
        const details = { method: 'refresh' };
        await store.run('appendAudit', { at: now, kind: 'authentication.failed', details });
        return { kind: 'invalid' };
      }
      const successor = newRefreshToken(ports);
      const tokens = await answer(found.family, { token: successor, scope: found.scope }, now);
      const outcome = await store.run('rotateRefreshToken', {
        tokenHash,
        now,
        graceMs: request.graceMs,
        successorHash: secretHash(successor),
        successorExpiresAt: Math.min(now + LIMITS.refreshTokenIdleMs, found.family.expiresAt),
        sealedAnswer: sealAnswer(JSON.stringify(tokens), request.refreshToken, ports),
      });
      switch (outcome.kind) {
        case 'rotated':
          return { kind: 'ok', tokens };
        case 'replayed':
          return { kind: 'ok', tokens: readAnswer(outcome.sealedAnswer, request.refreshToken) };
        case 'reused':
        case 'invalid':
          return outcome;
      }
    },
  };
}

function readAnswer(sealed: Uint8Array, token: string): IssuedTokens {
  return tokensSchema.parse(JSON.parse(openAnswer(sealed, token)));
}

function draftFamily(ports: Ports, who: { readonly clientId: string; readonly role: Role }, now: number): FamilyDraft {
  const refreshToken = newRefreshToken(ports);
  return {
    familyId: newFamilyId(ports),
    clientId: who.clientId,
    role: who.role,
    expiresAt: now + LIMITS.refreshTokenAbsoluteMs,
    refreshToken,
    refreshHash: secretHash(refreshToken),
    refreshExpiresAt: now + LIMITS.refreshTokenIdleMs,
    now,
  };
}
