import { rules } from '@airlock/conformance';
import { failure, ok, UNAUTHORIZED, UNAVAILABLE, UNREACHABLE } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { bench, type BenchOptions, GATEWAY_URL } from '../support/bench.js';

type Overrides = Partial<Record<string, ReturnType<typeof failure> | ReturnType<typeof ok>>>;

/** A bench whose gateway answers some calls as told. */
function tampered(options: BenchOptions = {}) {
  const overrides: Overrides = {};
  const b = bench({
    gateway: (effect, now) => overrides[effect.type.slice('gateway.'.length)] ?? b.gateway.answer(effect, now),
    ...options,
  });
  return { b, overrides };
}

function deviceSignIn(b: ReturnType<typeof bench>) {
  b.driver.send({ type: 'auth.signIn', gatewayUrl: GATEWAY_URL, method: { kind: 'device' } });
}

function oidc(options: BenchOptions = {}) {
  const t = tampered(options);
  t.b.start();
  deviceSignIn(t.b);
  t.b.gateway.device = 'granted';
  t.b.driver.advance(5000);
  return t;
}

const progress = (b: ReturnType<typeof bench>) => b.driver.of('notify.auth').map((effect) => effect.progress);
const auth = (b: ReturnType<typeof bench>) => b.driver.state().auth;

describe('signing in with a PAT', () => {
  it('is checked with the gateway before it is announced', () => {
    const { b } = tampered();
    b.start();
    b.signIn();
    expect(auth(b)).toMatchObject({ name: 'SignedIn', consent: 'Allowed' });
    expect(progress(b)).toEqual([{ kind: 'signed-in', method: 'pat' }]);
    expect(b.driver.stored().auth).toEqual({
      gatewayUrl: GATEWAY_URL,
      credential: { kind: 'pat', pat: 'airpat_model' },
    });
  });

  it.each([
    ['401', UNAUTHORIZED, 'unauthorized', 'Expired'],
    ['no gateway', UNREACHABLE, 'unreachable', 'SignedOut'],
    ['nonsense', failure({ kind: 'malformed' }), 'gateway', 'SignedOut'],
  ])('fails with %s', (_name, outcome, code, name) => {
    const { b, overrides } = tampered();
    overrides.checkConsent = outcome;
    b.start();
    b.signIn();
    expect(progress(b)).toEqual([{ kind: 'failed', code }]);
    expect(auth(b).name).toBe(name);
  });
});

describe(rules('AUTH-140', 'AUTH-210')`the device grant`, () => {
  it('shows the code, polls at the interval and signs in', () => {
    const { b } = tampered();
    b.start();
    deviceSignIn(b);
    expect(progress(b)).toEqual([expect.objectContaining({ kind: 'verification', userCode: '123456' })]);
    b.driver.advance(10_000);
    expect(b.driver.of('gateway.pollDevice')).toHaveLength(2);
    b.gateway.device = 'granted';
    b.driver.advance(5000);
    expect(auth(b)).toMatchObject({ name: 'SignedIn', signIn: { credential: { kind: 'oidc' } } });
    expect(progress(b).at(-1)).toEqual({ kind: 'signed-in', method: 'oidc' });
  });

  it('polls 5 s slower after slow_down', () => {
    const { b } = tampered();
    b.start();
    deviceSignIn(b);
    b.gateway.device = 'slow_down';
    b.driver.advance(5000);
    b.gateway.device = 'pending';
    b.driver.advance(9999);
    expect(b.driver.of('gateway.pollDevice')).toHaveLength(1);
    b.driver.advance(1);
    expect(b.driver.of('gateway.pollDevice')).toHaveLength(2);
    b.driver.advance(10_000);
    expect(b.driver.of('gateway.pollDevice')).toHaveLength(3);
  });

  it.each([
    ['expired', 'expired_token'],
    ['denied', 'access_denied'],
  ] as const)('ends when the grant is %s', (device, code) => {
    const { b } = tampered();
    b.start();
    deviceSignIn(b);
    b.gateway.device = device;
    b.driver.advance(5000);
    expect(progress(b).at(-1)).toEqual({ kind: 'failed', code });
    expect(auth(b).name).toBe('SignedOut');
  });

  it('keeps polling through an outage until the code expires', () => {
    const { b, overrides } = tampered();
    b.start();
    deviceSignIn(b);
    overrides.pollDevice = UNREACHABLE;
    b.driver.advance(599_000);
    expect(auth(b).name).toBe('AwaitingDevice');
    b.driver.advance(1000);
    expect(progress(b).at(-1)).toEqual({ kind: 'failed', code: 'expired_token' });
  });

  it.each(['http://evil.example/device', 'javascript:alert(1)', 'https://ok.example/$(touch x)'])(
    'does not hand %s to anybody',
    (verificationUri) => {
      const { b, overrides } = tampered();
      overrides.startDevice = ok({
        deviceCode: 'd',
        userCode: '123456',
        verificationUri,
        expiresInSeconds: 600,
        intervalSeconds: 5,
      });
      b.start();
      deviceSignIn(b);
      expect(progress(b)).toEqual([{ kind: 'failed', code: 'bad_verification_uri' }]);
    },
  );

  it('ends when discovery offers no identity provider, or the user gives up', () => {
    const { b, overrides } = tampered();
    overrides.discover = ok({ gatewayId: 'g', idp: { baseUrl: '', clientId: 'x' }, patSupported: true });
    b.start();
    deviceSignIn(b);
    expect(progress(b)).toEqual([{ kind: 'failed', code: 'interactive_sign_in_off' }]);
    delete overrides.discover;
    deviceSignIn(b);
    b.driver.send({ type: 'auth.cancel' });
    expect(progress(b).at(-1)).toEqual({ kind: 'failed', code: 'cancelled' });
    b.gateway.device = 'granted';
    b.driver.advance(60_000);
    expect(auth(b).name).toBe('SignedOut');
  });
});

describe(rules('AUTH-120')`refreshing`, () => {
  it('happens once, 60 s before the end, and the new token is saved before it is used', () => {
    const { b } = oidc();
    const before = b.driver.effects.length;
    b.driver.advance(839_000);
    expect(b.driver.of('gateway.refresh')).toHaveLength(0);
    b.driver.advance(1000);
    expect(b.driver.of('gateway.refresh')).toHaveLength(1);
    const types = b.driver.effects.slice(before).map(({ type }) => type);
    expect(types.indexOf('gateway.refresh')).toBeLessThan(types.indexOf('persist'));
    expect(auth(b)).toMatchObject({ name: 'SignedIn', signIn: { version: 1 } });
    expect(b.driver.stored().auth?.credential).toMatchObject({ kind: 'oidc', accessToken: expect.any(String) });
  });

  it('does not use a token that cannot be saved', () => {
    let writable = true;
    const { b } = oidc({ persist: ({ record }) => writable || record.kind !== 'auth' });
    writable = false;
    b.driver.advance(840_000);
    expect(auth(b).name).toBe('Refreshing');
    b.driver.advance(2000);
    expect(auth(b)).toMatchObject({ name: 'Expired', reason: 'state_unwritable' });
  });

  it('backs off while the token still works and never gives up for an outage', () => {
    const { b, overrides } = oidc();
    overrides.refresh = UNAVAILABLE;
    b.driver.advance(840_000);
    expect(auth(b)).toMatchObject({ name: 'SignedIn', refreshFailures: 1 });
    b.driver.advance(1000);
    expect(auth(b)).toMatchObject({ name: 'SignedIn', refreshFailures: 2 });
    b.driver.advance(60_000);
    expect(auth(b).name).toBe('Refreshing');
    delete overrides.refresh;
    b.driver.advance(60_000);
    expect(auth(b).name).toBe('SignedIn');
  });

  it.each([
    ['401', UNAUTHORIZED],
    ['invalid_grant', failure({ kind: 'rejected', code: 'invalid_grant', status: 400 })],
  ])('expires when the refresh token is refused with %s', (_name, outcome) => {
    const { b, overrides } = oidc();
    overrides.refresh = outcome;
    b.driver.advance(840_000);
    expect(auth(b)).toMatchObject({ name: 'Expired', reason: 'unauthorized' });
  });
});

describe(rules('ART-170')`401 on a request`, () => {
  function paired() {
    const t = oidc();
    t.b.startPairing();
    t.b.completePairing();
    return t;
  }

  function revokeAccess(b: ReturnType<typeof bench>) {
    for (const secret of b.gateway.credentials) if (secret.startsWith('access-')) b.gateway.credentials.delete(secret);
  }

  it('refreshes once and resends the same envelope', () => {
    const { b } = paired();
    revokeAccess(b);
    const open = b.request();
    const sent = b.driver.of('gateway.submitArtifact').map(({ request }) => request);
    expect(sent).toHaveLength(2);
    expect(sent[0]?.envelope).toBe(sent[1]?.envelope);
    expect(sent[0]?.access.user).not.toEqual(sent[1]?.access.user);
    expect(b.driver.of('gateway.refresh')).toHaveLength(1);
    b.decide(open, 'approve');
    expect(b.exchange(open.requestId)?.name).toBe('Approved');
  });

  it('shares one refresh between requests', () => {
    const { b } = paired();
    const open = b.request();
    revokeAccess(b);
    const others = [b.request(), b.request()];
    b.driver.release(`wait:${open.requestId}`);
    expect(b.driver.of('gateway.refresh')).toHaveLength(1);
    expect(others.map(({ requestId }) => b.exchange(requestId)?.name)).toEqual([
      'AwaitingDecision',
      'AwaitingDecision',
    ]);
  });

  it('denies when the fresh token is refused too', () => {
    const { b, overrides } = paired();
    overrides.submitArtifact = UNAUTHORIZED;
    const open = b.request();
    expect(b.decided(open.requestId)).toMatchObject({ verdict: 'deny', outcome: 'failed' });
    expect(b.driver.of('gateway.refresh')).toHaveLength(1);
    expect(auth(b).name).toBe('Expired');
  });

  it('holds a request back while a refresh is under way', () => {
    const { b, overrides } = paired();
    overrides.refresh = UNAVAILABLE;
    revokeAccess(b);
    b.request();
    const held = b.request();
    expect(b.exchange(held.requestId)?.name).toBe('Created');
    delete overrides.refresh;
    b.driver.advance(1000);
    expect(b.exchange(held.requestId)?.name).toBe('AwaitingDecision');
  });
});

describe('consent', () => {
  it('is waited for during sign-in', () => {
    const { b } = tampered();
    b.gateway.consent = 'app_consent_pending';
    b.start();
    b.signIn();
    expect(progress(b)).toEqual([{ kind: 'consent', state: 'Pending', consentUrl: 'https://gateway.example/consent' }]);
    b.gateway.consent = null;
    b.driver.advance(5000);
    expect(progress(b).at(-1)).toEqual({ kind: 'signed-in', method: 'pat' });
    expect(auth(b).consent).toBe('Allowed');
  });

  it('ends the sign-in when it is denied', () => {
    const { b } = tampered();
    b.gateway.consent = 'app_consent_denied';
    b.start();
    b.signIn();
    expect(progress(b).at(-1)).toEqual({ kind: 'failed', code: 'consent_denied' });
  });

  it('denies a request when it is taken back, and is asked again for the next one', () => {
    const { b } = tampered();
    b.ready();
    b.gateway.consent = 'app_consent_denied';
    expect(b.decided(b.request().requestId)).toMatchObject({ verdict: 'deny', code: 'app_consent_denied' });
    expect(auth(b).consent).toBe('Denied');
    expect(b.decided(b.request().requestId)).toMatchObject({ verdict: 'deny', code: 'app_consent_denied' });
    b.gateway.consent = null;
    const open = b.request();
    expect(b.decided(open.requestId)).toBeUndefined();
    expect(b.exchange(open.requestId)?.name).toBe('AwaitingDecision');
  });
});

describe(rules('LOC-065', 'ENF-150')`signing out`, () => {
  it('denies and withdraws what is open, revokes the token after that, and erases it', () => {
    const { b } = oidc();
    b.startPairing();
    b.completePairing();
    const waiting = b.request();
    const approved = b.request();
    b.decide(approved, 'approve');
    b.driver.send({ type: 'auth.signOut' });
    expect(b.decided(waiting.requestId)).toMatchObject({ verdict: 'deny', code: 'signed_out' });
    b.driver.send({ type: 'execution.claim', requestId: approved.requestId });
    expect(b.grants(approved.requestId)).toBe(0);
    expect(b.gateway.exchanges.get(waiting.requestId)?.state).toBe('Withdrawn');
    expect(b.driver.of('gateway.logout')[0]?.request.after).toEqual([`withdraw:${waiting.requestId}`]);
    expect(b.driver.stored().auth).toBeNull();
    expect(b.decided(b.request().requestId)).toMatchObject({ code: 'not_signed_in' });
    expect(b.pairing()?.standing.pin).not.toBeNull();
  });

  it('happens at once even when nothing can be written', () => {
    const { b } = oidc({ persist: ({ record }) => record.kind !== 'auth' || record.value !== null });
    b.driver.send({ type: 'auth.signOut' });
    expect(auth(b).name).toBe('SignedOut');
    expect(b.driver.of('persist').filter(({ record }) => record.kind === 'auth' && record.value === null)).toHaveLength(
      3,
    );
  });

  it('refuses requests under a pairing of another gateway', () => {
    const { b } = tampered();
    b.ready();
    b.driver.send({
      type: 'auth.signIn',
      gatewayUrl: 'https://other.example',
      method: { kind: 'pat', pat: 'airpat_model' },
    });
    expect(b.decided(b.request().requestId)).toMatchObject({ verdict: 'deny', code: 'gateway_mismatch' });
  });
});
