import { userInfo } from 'node:os';
import type { IdentityAdmin } from '@airlock/gateway';

/** The account that `airlock up` signs in: the oldest one, made here when there is none. */
export interface FirstUser {
  readonly name: string;
  readonly created: boolean;
}

/** A name the gateway accepts, from the login name of this user. */
function loginName(): string {
  const name = userInfo()
    .username.replace(/[^\p{L}\p{N}._-]/gu, '')
    .replace(/^[^\p{L}\p{N}]+/u, '');
  return name === '' ? 'owner' : name.slice(0, 64);
}

/** Makes the first user (AUTH-095); on existing state, finds it. */
export async function ensureFirstUser(admin: IdentityAdmin): Promise<FirstUser> {
  const [first] = await admin.listUsers();
  if (first !== undefined) return { name: first.name, created: false };
  const { name } = await admin.addUser(loginName());
  return { name, created: true };
}

const TOKEN_NAME = 'airlock up';

/** A fresh token for this machine; those of earlier runs stop working. */
export async function freshToken(admin: IdentityAdmin, user: string): Promise<string> {
  const old = (await admin.listPats(user)).filter((pat) => pat.name === TOKEN_NAME);
  const { pat } = await admin.createPat({ user, role: 'enforcer', name: TOKEN_NAME });
  for (const { tokenId } of old) await admin.revokePat(tokenId);
  return pat;
}
