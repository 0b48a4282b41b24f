import { GatewayError } from '../errors.js';
import { addressGroup } from '../http/connection.js';
import { hashPassword, verifyPassword } from './password.js';
import { present } from './present.js';
import { secretHash } from './secrets.js';
import type { IdentityServices } from './services.js';

/** What a login form holds; absent fields are empty. */
export interface LoginAttempt {
  readonly name: string;
  readonly password: string;
  readonly code: string;
  readonly newPassword: string;
  /** Client address, for the limit on guessing. */
  readonly address: string;
}

export type LoginOutcome =
  | { readonly kind: 'ok'; readonly userId: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'password_too_short' }
  | { readonly kind: 'too_many'; readonly retryAfterSeconds: number };

type LoginServices = Pick<IdentityServices, 'store' | 'ports' | 'limiters'>;

const MIN_PASSWORD = 12;

/** GW-230; the name is not kept, because people type passwords into it. */
async function recordFailure(services: LoginServices, now: number, userId?: string): Promise<void> {
  await services.store.run('appendAudit', {
    at: now,
    kind: 'authentication.failed',
    ...present({ userId }),
    details: { method: 'login' },
  });
}

async function byCode(services: LoginServices, attempt: LoginAttempt, now: number): Promise<LoginOutcome> {
  const { newPassword } = attempt;
  const set = newPassword === '' ? {} : { passwordHash: await hashPassword(newPassword, services.ports) };
  try {
    const codeHash = secretHash(attempt.code.trim());
    const { userId } = await services.store.run('loginByCode', { codeHash, now, ...set });
    return { kind: 'ok', userId };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'NotFound') throw error;
    await recordFailure(services, now);
    return { kind: 'refused' };
  }
}

async function byPassword(services: LoginServices, attempt: LoginAttempt, now: number): Promise<LoginOutcome> {
  const login = await services.store.run('findLogin', { name: attempt.name });
  const right = await verifyPassword(attempt.password, login?.passwordHash);
  if (right && login !== undefined) return { kind: 'ok', userId: login.userId };
  await recordFailure(services, now, login?.userId);
  return { kind: 'refused' };
}

/** Checks an interactive login: a one-time code when there is one, else name and password. Guesses are limited per address and per name. */
export async function logIn(services: LoginServices, attempt: LoginAttempt, now: number): Promise<LoginOutcome> {
  if (attempt.newPassword !== '' && attempt.newPassword.length < MIN_PASSWORD) {
    return { kind: 'password_too_short' };
  }
  const { logins } = services.limiters;
  const keys = [`address ${addressGroup(attempt.address)}`, `name ${attempt.name.toLowerCase()}`].slice(
    0,
    attempt.code === '' ? 2 : 1,
  );
  const waitMs = Math.max(...keys.map((key) => logins.attempt(key, now)));
  if (waitMs > 0) return { kind: 'too_many', retryAfterSeconds: Math.ceil(waitMs / 1000) };
  const outcome = await (attempt.code === '' ? byPassword(services, attempt, now) : byCode(services, attempt, now));
  if (outcome.kind === 'ok') for (const key of keys) logins.forgive(key);
  return outcome;
}

/** What the page says about a login that did not succeed. */
export function loginProblem(outcome: Exclude<LoginOutcome, { readonly kind: 'ok' }>): string {
  switch (outcome.kind) {
    case 'refused':
      return 'Wrong name, password or one-time code.';
    case 'password_too_short':
      return `Choose a password of at least ${MIN_PASSWORD} characters.`;
    case 'too_many':
      return `Too many attempts. Try again in ${Math.ceil(outcome.retryAfterSeconds / 60)} minutes.`;
  }
}
