/**
 * Gives the bearer token for a request.
 * After a 401 it is asked once more with `rejected`, the token that was refused; it then refreshes and returns
 * another token, or `undefined` to let the 401 stand. The client asks one refresh at a time (AUTH-120).
 */
export type BearerProvider = (request: { readonly rejected?: string }) => Promise<string | undefined>;

/** The user credential of a request (AUTH-040). `none` is for discovery and sign-in. */
export type UserCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'pat'; readonly pat: string }
  | { readonly kind: 'bearer'; readonly token: BearerProvider };

/** The credential of a registered third-party programme (AUTH-050). A public app has no secret. */
export interface AppCredential {
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** Everything a client authenticates with. */
export interface Credentials {
  readonly user: UserCredential;
  readonly app?: AppCredential;
}

/** Credentials for a signed-out client. */
export const NO_CREDENTIALS: Credentials = { user: { kind: 'none' } };
