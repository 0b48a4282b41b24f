import type { AuthProgress, EnforcerState } from '@airlock/enforcer';
import { AirlockError, base64UrlDecode, gatewayOrigin, isJsonObject, parseJson } from '@airlock/protocol';
import { RuntimeError } from '../errors.js';
import type { SignInBody, SignInEvent, SignOutAnswer } from '../socket/api.js';
import { usableState, type Core } from './core.js';
import { signInLeftBehind } from './not-stored.js';

const MESSAGES: Readonly<Record<Extract<AuthProgress, { kind: 'failed' }>['code'], string>> = {
  access_denied: 'the sign-in was denied on the approver',
  bad_verification_uri: 'the gateway named a page that is not safe to open',
  cancelled: 'the sign-in was cancelled',
  consent_denied: 'you denied this app access',
  expired_token: 'the code was not confirmed in time; start again',
  gateway: 'the gateway answered with an error',
  interactive_sign_in_off: 'this gateway has no interactive sign-in; use a personal access token',
  state_unwritable: 'the sign-in could not be saved',
  unauthorized: 'the gateway refused the credential',
  unreachable: 'the gateway cannot be reached',
};

/** Sign-in and sign-out of this user. One sign-in at a time. */
export class SignInService {
  readonly #core: Core;
  #underWay = false;

  constructor(core: Core) {
    this.#core = core;
  }

  async *signIn(body: SignInBody, signal: AbortSignal): AsyncGenerator<SignInEvent> {
    usableState(this.#core);
    if (this.#underWay) throw new RuntimeError('sign_in_in_progress', 'another sign-in is under way');
    const { host, hub } = this.#core;
    const progress = hub.auth();
    const cancel = () => host.dispatch({ type: 'auth.cancel' });
    signal.addEventListener('abort', cancel, { once: true });
    this.#underWay = true;
    let ended = false;
    try {
      host.dispatch(startOf(body));
      for await (const step of progress.events) {
        const event = this.#eventOf(step);
        if (event === null) continue;
        ended = event.event === 'signed-in' || event.event === 'error';
        yield event;
        if (ended) return;
      }
    } finally {
      this.#underWay = false;
      signal.removeEventListener('abort', cancel);
      progress.close();
      if (!ended) cancel();
    }
  }

  async signOut(): Promise<SignOutAnswer> {
    const { host, hub } = this.#core;
    const progress = hub.auth();
    try {
      host.dispatch({ type: 'auth.signOut' });
      for await (const step of progress.events) {
        if (step.kind === 'signed-out') break;
      }
      await this.#assertErased();
      return { signedOut: true };
    } finally {
      progress.close();
    }
  }

  async #assertErased(): Promise<void> {
    const { state } = this.#core;
    if (state === null) {
      usableState(this.#core);
      return;
    }
    await state.settled();
    const problem = signInLeftBehind(this.#core);
    if (problem !== null) throw problem;
  }

  #eventOf(step: AuthProgress): SignInEvent | null {
    switch (step.kind) {
      case 'verification': {
        const { kind, ...rest } = step;
        return { event: kind, ...rest };
      }
      case 'consent':
        return { event: 'consent', state: step.state, consentUrl: step.consentUrl };
      case 'signed-in':
        return { event: 'signed-in', user: userOf(this.#core.host.state) };
      case 'signed-out':
        return null;
      case 'failed':
        return { event: 'error', code: step.code, message: MESSAGES[step.code] };
      default:
        return step satisfies never;
    }
  }
}

function startOf(body: SignInBody) {
  const { method, pat, clientId, clientSecret } = body;
  if (method === 'pat' && pat === undefined) throw new RuntimeError('bad_request', 'missing or wrong: pat');
  const app =
    clientId === undefined ? {} : { app: { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) } };
  return {
    type: 'auth.signIn',
    gatewayUrl: originOf(body.gatewayUrl),
    method: pat !== undefined && method === 'pat' ? ({ kind: 'pat', pat } as const) : ({ kind: 'device' } as const),
    ...app,
  } as const;
}

function originOf(url: string): string {
  try {
    return gatewayOrigin(url);
  } catch (cause) {
    if (cause instanceof AirlockError) throw new RuntimeError('bad_request', cause.message, { cause });
    throw cause;
  }
}

/** Who is signed in, as the token says; display only. A PAT does not say. */
export function userOf({ auth }: EnforcerState): string | null {
  if (auth.name !== 'SignedIn' && auth.name !== 'Refreshing') return null;
  const { credential } = auth.signIn;
  return credential.kind === 'oidc' ? claimedUser(credential.accessToken) : null;
}

function claimedUser(token: string): string | null {
  const [, payload] = token.split('.');
  if (payload === undefined) return null;
  try {
    const claims = parseJson(base64UrlDecode(payload));
    if (!isJsonObject(claims)) return null;
    const shown = claims.preferred_username ?? claims.email ?? claims.sub;
    return typeof shown === 'string' ? shown : null;
  } catch (cause) {
    if (cause instanceof AirlockError) return null;
    throw cause;
  }
}
