import { LIMITS } from '@airlock/protocol';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { z } from 'zod';
import type { Ports } from '../../ports.js';
import type { StoreEngine } from '../../store/engine.js';
import { clientOf, knownScope } from '../clients.js';
import type { StoredOidcRecord } from '../commands/oidc-records.js';
import { secretHash } from '../secrets.js';

export interface AdapterDeps {
  readonly store: StoreEngine;
  readonly ports: Ports;
  /** Made by the caller because the error class belongs to a library that is loaded late. */
  readonly alreadyUsed: () => Error;
}

/** The only record that is also found by something else than its id, and therefore keeps the id. */
const FOUND_BY_UID = 'Session';

const refreshPayloadSchema = z.object({
  accountId: z.string().min(1),
  clientId: z.string().min(1),
  grantId: z.string().min(1),
  scope: z.string().optional(),
  exp: z.number(),
});

function payloadOf(stored: StoredOidcRecord | undefined, id: string | undefined): AdapterPayload | undefined {
  if (stored === undefined) return undefined;
  const payload: AdapterPayload = JSON.parse(stored.payload);
  if (id !== undefined) payload.jti = id;
  if (stored.consumed) payload['consumed'] = true;
  return payload;
}

/** Records of one model in the store: short-lived ones, each under the hash of its id. */
function recordAdapter(model: string, deps: AdapterDeps): Adapter {
  const { store, ports } = deps;
  return {
    upsert: async (id, payload, expiresIn) => {
      const { jti: _secret, ...rest } = payload;
      await store.run('putOidcRecord', {
        model,
        idHash: secretHash(id),
        payload: JSON.stringify(model === FOUND_BY_UID ? payload : rest),
        ...(payload.grantId !== undefined && { grantId: payload.grantId }),
        ...(payload.uid !== undefined && { uid: payload.uid }),
        ...(expiresIn !== undefined && { expiresAt: ports.now() + expiresIn * 1000 }),
      });
    },
    find: async (id) => payloadOf(await store.run('findOidcRecord', { model, idHash: secretHash(id) }), id),
    findByUid: async (uid) => payloadOf(await store.run('findOidcRecordByUid', { model, uid }), undefined),
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const first = await store.run('consumeOidcRecord', {
        model,
        idHash: secretHash(id),
        now: ports.now(),
      });
      if (!first) throw deps.alreadyUsed();
    },
    destroy: async (id) => {
      await store.run('deleteOidcRecord', { model, idHash: secretHash(id) });
    },
    revokeByGrantId: async (grantId) => {
      await store.run('deleteOidcRecordsOfGrant', { model, grantId });
    },
  };
}

/** Refresh tokens of the code grant become token families like those of every other sign-in. */
function familyAdapter(deps: AdapterDeps): Adapter {
  const { store, ports } = deps;
  return {
    upsert: async (id, payload) => {
      const token = refreshPayloadSchema.parse(payload);
      const client = clientOf(token.clientId);
      if (client === undefined) throw new TypeError('a refresh token names an unknown client');
      const now = ports.now();
      await store.run('insertFamily', {
        familyId: token.grantId,
        userId: token.accountId,
        clientId: token.clientId,
        role: client.role,
        scope: knownScope(token.scope),
        refreshHash: secretHash(id),
        refreshExpiresAt: token.exp * 1000,
        expiresAt: now + LIMITS.refreshTokenAbsoluteMs,
        now,
      });
    },
    revokeByGrantId: async (grantId) => {
      await store.run('revokeFamily', { familyId: grantId, now: ports.now() });
    },
    // Refresh and revocation go through the token service, which looks tokens up by their hash.
    find: async () => undefined,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => undefined,
    destroy: async () => undefined,
  };
}

/** The provider's storage over the store's commands. */
export function createProviderAdapter(deps: AdapterDeps): (model: string) => Adapter {
  return (model) => (model === 'RefreshToken' ? familyAdapter(deps) : recordAdapter(model, deps));
}
