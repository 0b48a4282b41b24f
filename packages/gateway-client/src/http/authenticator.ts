import type { Credentials, UserCredential } from '../credentials.js';

/** Builds the credential headers of a request (AUTH-040, AUTH-050). */
export interface Authenticator {
  headers(): Promise<Record<string, string>>;
  /** Headers with another token after `refused` got a 401; `undefined` when there is none. */
  headersAfterRefusal(refused: Record<string, string>): Promise<Record<string, string> | undefined>;
}

/** Creates the authenticator of one client. It asks the bearer provider for one refresh at a time (AUTH-120). */
export function createAuthenticator(credentials: Credentials): Authenticator {
  const app = appHeaders(credentials);
  const { user } = credentials;
  let refreshing: { readonly rejected: string; readonly token: Promise<string | undefined> } | undefined;

  const refreshed = (provider: Extract<UserCredential, { kind: 'bearer' }>, rejected: string) => {
    if (refreshing?.rejected === rejected) return refreshing.token;
    const token = provider.token({ rejected });
    refreshing = { rejected, token };
    return token;
  };

  return {
    headers: async () => ({ ...app, ...(await userHeaders(user)) }),
    async headersAfterRefusal(refused) {
      const rejected = refused['Authorization']?.slice('Bearer '.length);
      if (user.kind !== 'bearer' || rejected === undefined) return undefined;
      const token = await refreshed(user, rejected);
      return token === undefined || token === rejected ? undefined : { ...app, Authorization: `Bearer ${token}` };
    },
  };
}

function appHeaders({ app }: Credentials): Record<string, string> {
  if (app === undefined) return {};
  return {
    'X-Client-Id': app.clientId,
    ...(app.clientSecret === undefined ? {} : { 'X-Client-Secret': app.clientSecret }),
  };
}

async function userHeaders(user: UserCredential): Promise<Record<string, string>> {
  switch (user.kind) {
    case 'none':
      return {};
    case 'pat':
      return { 'X-PAT': user.pat };
    case 'bearer': {
      const token = await user.token({});
      return token === undefined ? {} : { Authorization: `Bearer ${token}` };
    }
  }
}
