import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundCredentials } from '../../src/identity/commands/credentials.js';
import { type PresentedCredentials, resolvePrincipal } from '../../src/identity/authenticate.js';
import { acceptAccessToken, familyClaims, signAccessToken } from '../../src/identity/access-token.js';
import { secretHash } from '../../src/identity/secrets.js';
import { loadIdentityKeys } from '../../src/identity/keys.js';
import { systemPorts } from '../../src/ports.js';
import { type Bench, bearer, bench, deviceTokens, T, user } from './support.js';

const ENFORCER = { tokenId: 'pat-1', userId: 'usr-1', role: 'enforcer' } as const;
const APPROVER = { tokenId: 'pat-2', userId: 'usr-1', role: 'approver' } as const;
const FAMILY = {
  familyId: 'fam-1',
  userId: 'usr-1',
  clientId: 'airlock-integrations',
  role: 'enforcer',
  expiresAt: T,
} as const;
const TOKEN = { userId: 'usr-1', role: 'enforcer', familyId: 'fam-1', expiresAt: T } as const;
const AGENT = {
  appId: 'ABC-1234567',
  clientId: 'client-1',
  name: 'Agent',
  kind: 'Agent',
  createdAt: T,
  secretHash: secretHash('secret-1'),
} as const;
const WEB = {
  appId: 'WEB-1234567',
  clientId: 'client-2',
  name: 'Web',
  kind: 'Web',
  createdAt: T,
  allowedOrigins: ['https://app.example'],
} as const;

const PAT = { pat: 'airpat_x' };
const BEARER = { bearer: 'a.b.c' };
const RIGHT = { clientId: 'client-1', clientSecret: 'secret-1' };
const EMPTY: FoundCredentials = {};

interface Row {
  readonly what: string;
  readonly sent: PresentedCredentials;
  readonly token?: typeof TOKEN | Record<string, unknown>;
  readonly found: FoundCredentials;
  /** A principal, or the failure. */
  readonly is: object | 'unauthorized' | 'invalid_client';
}

const first = { role: 'enforcer', userId: 'usr-1' };

const table: readonly Row[] = [
  // The user credential (AUTH-040).
  { what: 'nothing', sent: {}, found: EMPTY, is: 'unauthorized' },
  { what: 'good PAT', sent: PAT, found: { pat: ENFORCER }, is: { ...first, tokenId: 'pat-1' } },
  { what: 'bad PAT', sent: PAT, found: EMPTY, is: 'unauthorized' },
  {
    what: 'bad PAT beside a good bearer',
    sent: { ...PAT, ...BEARER },
    token: TOKEN,
    found: { family: FAMILY },
    is: 'unauthorized',
  },
  {
    what: 'good PAT beside an invalid bearer',
    sent: { ...PAT, ...BEARER },
    found: { pat: ENFORCER },
    is: { ...first, tokenId: 'pat-1' },
  },
  {
    what: 'good PAT beside a revoked bearer of another user',
    sent: { ...PAT, ...BEARER },
    token: { ...TOKEN, userId: 'usr-2' },
    found: { pat: ENFORCER },
    is: { ...first, tokenId: 'pat-1' },
  },
  {
    what: 'good PAT beside a good bearer of its user',
    sent: { ...PAT, ...BEARER },
    token: TOKEN,
    found: { pat: ENFORCER, family: FAMILY },
    is: { ...first, tokenId: 'pat-1' },
  },
  {
    what: 'good PAT beside a good bearer of another user',
    sent: { ...PAT, ...BEARER },
    token: { ...TOKEN, userId: 'usr-2' },
    found: { pat: ENFORCER, family: { ...FAMILY, userId: 'usr-2' } },
    is: 'unauthorized',
  },
  { what: 'good bearer', sent: BEARER, token: TOKEN, found: { family: FAMILY }, is: first },
  { what: 'invalid bearer', sent: BEARER, found: EMPTY, is: 'unauthorized' },
  { what: 'bearer of a revoked family', sent: BEARER, token: TOKEN, found: EMPTY, is: 'unauthorized' },
  {
    what: "bearer whose user is not the family's",
    sent: BEARER,
    token: { ...TOKEN, userId: 'usr-2' },
    found: { family: FAMILY },
    is: 'unauthorized',
  },
  {
    what: "bearer whose role is not the family's",
    sent: BEARER,
    token: { ...TOKEN, role: 'approver' },
    found: { family: FAMILY },
    is: 'unauthorized',
  },
  // Roles (AUTH-070).
  {
    what: 'approver PAT',
    sent: PAT,
    found: { pat: APPROVER },
    is: { role: 'approver', userId: 'usr-1', tokenId: 'pat-2' },
  },
  {
    what: 'approver device',
    sent: BEARER,
    token: { ...TOKEN, role: 'approver', approverId: 'app-1' },
    found: { family: { ...FAMILY, role: 'approver', approverId: 'app-1' } },
    is: { role: 'approver', userId: 'usr-1', approverId: 'app-1' },
  },
  {
    what: 'approver without a device',
    sent: BEARER,
    token: { ...TOKEN, role: 'approver' },
    found: { family: { ...FAMILY, role: 'approver' } },
    is: { role: 'approver', userId: 'usr-1' },
  },
  // The app (AUTH-050).
  {
    what: 'confidential app, right secret',
    sent: { ...PAT, ...RIGHT },
    found: { pat: ENFORCER, app: AGENT },
    is: { ...first, appId: 'ABC-1234567', tokenId: 'pat-1' },
  },
  {
    what: 'confidential app, wrong secret',
    sent: { ...PAT, ...RIGHT, clientSecret: 'secret-2' },
    found: { pat: ENFORCER, app: AGENT },
    is: 'invalid_client',
  },
  {
    what: 'confidential app, no secret',
    sent: { ...PAT, clientId: 'client-1' },
    found: { pat: ENFORCER, app: AGENT },
    is: 'invalid_client',
  },
  {
    what: 'confidential app, an origin instead',
    sent: { ...PAT, clientId: 'client-1', origin: 'https://app.example' },
    found: { pat: ENFORCER, app: AGENT },
    is: 'invalid_client',
  },
  { what: 'unknown app', sent: { ...PAT, ...RIGHT }, found: { pat: ENFORCER }, is: 'invalid_client' },
  {
    what: 'public app, its origin',
    sent: { ...PAT, clientId: 'client-2', origin: 'https://app.example' },
    found: { pat: ENFORCER, app: WEB },
    is: { ...first, appId: 'WEB-1234567', tokenId: 'pat-1' },
  },
  {
    what: 'public app, another origin',
    sent: { ...PAT, clientId: 'client-2', origin: 'https://app.example.evil' },
    found: { pat: ENFORCER, app: WEB },
    is: 'invalid_client',
  },
  {
    what: 'public app, no origin',
    sent: { ...PAT, clientId: 'client-2' },
    found: { pat: ENFORCER, app: WEB },
    is: 'invalid_client',
  },
  {
    what: 'public app, a secret instead',
    sent: { ...PAT, clientId: 'client-2', clientSecret: 'secret-1' },
    found: { pat: ENFORCER, app: WEB },
    is: 'invalid_client',
  },
  {
    what: 'bearer with an app',
    sent: { ...BEARER, ...RIGHT },
    token: TOKEN,
    found: { family: FAMILY, app: AGENT },
    is: { ...first, appId: 'ABC-1234567' },
  },
  { what: 'bad PAT with a bad app', sent: { ...PAT, ...RIGHT }, found: EMPTY, is: 'unauthorized' },
  {
    what: 'approver with a good app',
    sent: { ...PAT, ...RIGHT },
    found: { pat: APPROVER, app: AGENT },
    is: { role: 'approver', userId: 'usr-1', tokenId: 'pat-2' },
  },
  { what: 'approver with a bad app', sent: { ...PAT, ...RIGHT }, found: { pat: APPROVER }, is: 'invalid_client' },
  // Credential and app belong together (AUTH-060).
  {
    what: 'PAT of an app, with it',
    sent: { ...PAT, ...RIGHT },
    found: { pat: { ...ENFORCER, appId: 'ABC-1234567' }, app: AGENT },
    is: { ...first, appId: 'ABC-1234567', tokenId: 'pat-1' },
  },
  {
    what: 'PAT of an app, without it',
    sent: PAT,
    found: { pat: { ...ENFORCER, appId: 'ABC-1234567' } },
    is: 'unauthorized',
  },
  {
    what: 'PAT of an app, with another',
    sent: { ...PAT, clientId: 'client-2', origin: 'https://app.example' },
    found: { pat: { ...ENFORCER, appId: 'ABC-1234567' }, app: WEB },
    is: 'unauthorized',
  },
  {
    what: 'token of an app, without it',
    sent: BEARER,
    token: { ...TOKEN, appId: 'ABC-1234567' },
    found: { family: { ...FAMILY, appId: 'ABC-1234567' } },
    is: 'unauthorized',
  },
  {
    what: 'token of an app, with it',
    sent: { ...BEARER, ...RIGHT },
    token: { ...TOKEN, appId: 'ABC-1234567' },
    found: { family: { ...FAMILY, appId: 'ABC-1234567' }, app: AGENT },
    is: { ...first, appId: 'ABC-1234567' },
  },
];

describe(rules('AUTH-010', 'AUTH-040', 'AUTH-050', 'AUTH-060', 'AUTH-070')`credential × app × role`, () => {
  it.each(table)('$what', ({ sent, token, found, is }) => {
    const outcome = resolvePrincipal(sent, token as never, found);
    if (typeof is === 'string') expect(outcome).toMatchObject({ failure: is });
    else expect(outcome).toEqual(is);
  });

  it('never lets any combination act without a credential that works', () => {
    const maybe = <V>(value: V) => fc.option(fc.constant(value), { nil: undefined });
    fc.assert(
      fc.property(
        maybe('airpat_x'),
        maybe('a.b.c'),
        maybe(AGENT),
        maybe('secret-1'),
        (pat, token, app, clientSecret) => {
          const sent = Object.fromEntries(
            Object.entries({ pat, bearer: token, clientSecret, clientId: 'client-1' }).filter(
              ([, v]) => v !== undefined,
            ),
          );
          const found = app === undefined ? {} : { app };
          expect(resolvePrincipal(sent, undefined, found)).toHaveProperty('failure');
        },
      ),
    );
  });
});

describe(rules('AUTH-100')`acceptance of access tokens`, () => {
  const ports = systemPorts();
  const issuer = 'https://gateway.example/idp';
  let keys: Awaited<ReturnType<typeof loadIdentityKeys>>;
  let b: Bench;
  beforeAll(async () => {
    b = await bench();
    keys = await loadIdentityKeys(b.store, ports);
  });
  afterAll(() => b.close());

  const accept = (token: string, now = T) => acceptAccessToken(token, { issuer, key: async () => keys.publicKey }, now);

  interface Forgery {
    readonly claims?: Record<string, unknown>;
    readonly header?: Record<string, unknown>;
    readonly key?: Parameters<SignJWT['sign']>[0];
  }

  async function forge({ claims = {}, header = {}, key }: Forgery = {}): Promise<string> {
    const iat = T / 1000;
    const body = {
      iss: issuer,
      sub: 'usr-1',
      aud: 'airlock-gateway',
      iat,
      exp: iat + 300,
      jti: 'jti-1',
      ...familyClaims({ familyId: 'fam-1', role: 'enforcer' }),
      ...claims,
    };
    const kept = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    return await new SignJWT(kept)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.kid, ...header })
      .sign(key ?? keys.privateKey);
  }

  it('takes the token that the gateway signs', async () => {
    const family = {
      familyId: 'fam-1',
      userId: 'usr-1',
      clientId: 'airlock-approver',
      role: 'approver',
      approverId: 'app-1',
      expiresAt: T,
    } as const;
    const token = await signAccessToken(keys, ports, { family, scope: 'openid', issuer, now: T });
    expect(await accept(token)).toEqual({
      userId: 'usr-1',
      role: 'approver',
      familyId: 'fam-1',
      approverId: 'app-1',
      expiresAt: T + 300_000,
    });
    expect(await accept(token, T + 299_999)).toBeDefined();
    expect(await accept(token, T + 300_000)).toBeUndefined();
  });

  const forgeries: [string, Forgery][] = [
    ['another issuer', { claims: { iss: 'https://gateway.example' } }],
    ['an issuer with a slash more', { claims: { iss: `${issuer}/` } }],
    ['another audience', { claims: { aud: 'airlock-integrations' } }],
    ['no audience', { claims: { aud: undefined } }],
    ['no expiry', { claims: { exp: undefined } }],
    ['no id', { claims: { jti: undefined } }],
    ['no subject', { claims: { sub: undefined } }],
    ['no issue time', { claims: { iat: undefined } }],
    ['no role', { claims: { role: undefined } }],
    ['another role', { claims: { role: 'operator' } }],
    ['no family', { claims: { fid: undefined } }],
    ['an expiry in the past', { claims: { exp: T / 1000 - 1 } }],
    ['a start in the future', { claims: { nbf: T / 1000 + 1 } }],
    ['the type of an id token', { header: { typ: 'JWT' } }],
    ['no type', { header: { typ: undefined } }],
  ];
  it.each(forgeries)('refuses %s', async (_what, forgery) => {
    expect(await accept(await forge())).toBeDefined();
    expect(await accept(await forge(forgery))).toBeUndefined();
  });

  it('refuses none, symmetric algorithms and foreign keys', async () => {
    const unsecured = new UnsecuredJWT({ ...familyClaims({ familyId: 'fam-1', role: 'approver' }) })
      .setIssuer(issuer)
      .setSubject('usr-1')
      .setAudience('airlock-gateway')
      .setIssuedAt(T / 1000)
      .setExpirationTime(T / 1000 + 300)
      .setJti('jti-1')
      .encode();
    expect(await accept(unsecured)).toBeUndefined();
    const raw = Buffer.from((await exportJWK(keys.publicKey)).x ?? '', 'base64url');
    const symmetric = await importJWK({ kty: 'oct', k: raw.toString('base64url') }, 'HS256');
    expect(await accept(await forge({ header: { alg: 'HS256' }, key: symmetric }))).toBeUndefined();
    const foreign = await generateKeyPair('EdDSA');
    expect(await accept(await forge({ key: foreign.privateKey }))).toBeUndefined();
  });

  it('refuses any token with a changed character', async () => {
    const token = await forge();
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: token.length - 1 }),
        fc.constantFrom('A', 'b', '7', '_', '.'),
        async (at, character) => {
          fc.pre(token[at] !== character);
          const changed = `${token.slice(0, at)}${character}${token.slice(at + 1)}`;
          // The last character of a part has bits that decode to nothing.
          fc.pre(
            !token.split('.').some((_part, index, parts) => parts.slice(0, index + 1).join('.').length - 1 === at),
          );
          expect(await accept(changed)).toBeUndefined();
        },
      ),
    );
  });

  it.each(['', 'x', 'a.b', 'a.b.c', '..', 'a.b.c.d.e'])('refuses %j', async (text) => {
    expect(await accept(text)).toBeUndefined();
  });
});

describe(rules('AUTH-020', 'AUTH-080')`credentials on requests`, () => {
  let b: Bench;
  let alice: Awaited<ReturnType<typeof user>>;
  beforeAll(async () => {
    b = await bench();
    alice = await user(b, 'alice');
  });
  afterAll(() => b.close());
  const asEnforcer = (headers: Record<string, string>) => b.request('GET', '/v1/consent/status', { headers });

  it('empty headers are absent ones', async () => {
    const headers = { ...alice.enforcer, 'X-Client-Id': '', 'X-Client-Secret': '', Authorization: '' };
    expect((await asEnforcer(headers)).status).toBe(200);
  });

  it.each([['Basic YTpi'], ['Bearer'], ['Bearer a b'], ['bearer x.y.z']])(
    '401 for Authorization: %s',
    async (Authorization) => {
      expect((await asEnforcer({ Authorization })).status).toBe(401);
    },
  );

  it('a PAT stops the moment it is revoked or expires', async () => {
    const pat = await b.identity.admin.createPat({ user: 'alice', role: 'enforcer', expiresAt: b.clock.now + 1000 });
    const headers = { 'X-PAT': pat.pat };
    expect((await asEnforcer(headers)).status).toBe(200);
    b.clock.now += 999;
    expect((await asEnforcer(headers)).status).toBe(200);
    b.clock.now += 1;
    expect((await asEnforcer(headers)).status).toBe(401);
    const other = await b.identity.admin.createPat({ user: 'alice', role: 'enforcer' });
    await b.identity.admin.revokePat(other.id);
    expect((await asEnforcer({ 'X-PAT': other.pat })).status).toBe(401);
  });

  it('an outage of the store is 503, never 401', async () => {
    const down = await bench();
    const eve = await user(down, 'eve');
    const { accessToken } = await deviceTokens(down, eve.approver);
    await down.store.close();
    for (const headers of [eve.enforcer, bearer(accessToken)]) {
      const answer = await down.request('GET', '/v1/consent/status', { headers });
      expect(answer.status).toBe(503);
      expect(answer.body.code).toBe('unavailable');
    }
  });
});
