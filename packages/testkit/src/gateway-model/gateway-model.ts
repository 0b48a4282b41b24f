import type { GatewayEffect, Outcome } from '@airlock/enforcer';
import { base64UrlEncode } from '@airlock/protocol';
import type { SessionView } from '../approver/scripted-approver.js';
import type { SeededRng } from '../simulation/rng.js';
import { forbidden, NOT_FOUND, ok, UNAUTHORIZED } from './outcomes.js';

/** An exchange at the gateway. */
export interface ModelExchange {
  readonly requestId: string;
  readonly artifactHash: string;
  readonly routingToken: string;
  state: 'PendingApproval' | 'Decided' | 'Delivered' | 'Withdrawn';
  decision: string | null;
}

interface ModelSession extends SessionView {
  readonly code: string;
  state: 'Pending' | 'Completed' | 'Revoked';
  responseJson: string | null;
  routingToken: string | null;
}

/** An honest gateway in memory, at the level of the engine's effects. Tests read and change it freely. */
export interface GatewayModel {
  readonly exchanges: Map<string, ModelExchange>;
  readonly sessions: Map<string, ModelSession>;
  readonly acks: string[];
  readonly revoked: Set<string>;
  /** Credentials that work: PATs and access tokens. */
  readonly credentials: Set<string>;
  /** Refresh tokens that work, each once. */
  readonly refreshTokens: Set<string>;
  /** Refusal code of the consent check; null when consent is given. */
  consent: string | null;
  /** What the device grant answers. */
  device: 'pending' | 'slow_down' | 'expired' | 'denied' | 'granted';
  /** Answers an effect, or `parked`: a wait without a decision. */
  answer(effect: GatewayEffect, now: { readonly at: number }): Outcome<unknown> | 'parked';
  /** Completes a pairing session with an approver's answer. */
  complete(pairingNonce: string, responseJson: string): void;
  /** Accepts a decision text for an exchange. */
  decide(requestId: string, text: string): void;
}

const IDP = { baseUrl: 'http://localhost:1/idp', clientId: 'airlock-integrations' };

/** Makes an honest gateway that knows the PAT `airpat_model`. */
export function gatewayModel(rng: SeededRng): GatewayModel {
  const model: GatewayModel = {
    exchanges: new Map(),
    sessions: new Map(),
    acks: [],
    revoked: new Set(),
    credentials: new Set(['airpat_model']),
    refreshTokens: new Set(),
    consent: null,
    device: 'pending',
    answer: (effect, now) => answer(model, { effect, now, rng }),
    complete: (pairingNonce, responseJson) => {
      const session = model.sessions.get(pairingNonce);
      if (session === undefined) throw new TypeError('no such session');
      Object.assign(session, { state: 'Completed', responseJson, routingToken: `rt-${rng.base64Url(32)}` });
    },
    decide: (requestId, text) => {
      const exchange = model.exchanges.get(requestId);
      if (exchange === undefined) throw new TypeError('no such exchange');
      if (exchange.state !== 'PendingApproval') throw new TypeError(`exchange is ${exchange.state}`);
      Object.assign(exchange, { state: 'Decided', decision: text });
    },
  };
  return model;
}

interface Call {
  readonly effect: GatewayEffect;
  readonly now: { readonly at: number };
  readonly rng: SeededRng;
}

function refused(model: GatewayModel, effect: GatewayEffect): Outcome<never> | null {
  if (!('access' in effect.request)) return null;
  const { user } = effect.request.access;
  const secret = user.kind === 'pat' ? user.pat : user.accessToken;
  if (!model.credentials.has(secret)) return UNAUTHORIZED;
  return model.consent === null ? null : forbidden(model.consent, 'https://gateway.example/consent');
}

function tokens(model: GatewayModel, rng: SeededRng) {
  const accessToken = `access-${rng.base64Url(12)}`;
  const refreshToken = `refresh-${rng.base64Url(12)}`;
  model.credentials.add(accessToken);
  model.refreshTokens.add(refreshToken);
  return { accessToken, refreshToken, expiresInSeconds: 900 };
}

function open(model: GatewayModel, { effect, now, rng }: Call): Outcome<unknown> {
  if (effect.type !== 'gateway.initiatePairing' && effect.type !== 'gateway.claimPairing') return NOT_FOUND;
  const { body } = effect.request;
  const pairingNonce = rng.base64Url(24);
  const code = 'pairingCode' in body ? String(body.pairingCode) : 'K7M2QX';
  model.sessions.set(pairingNonce, {
    pairingNonce,
    code,
    enforcerId: body.enforcerId,
    enforcerLabel: body.enforcerLabel,
    workspaceName: body.workspaceName,
    enforcerX25519: body.x25519PublicKey,
    state: 'Pending',
    responseJson: null,
    routingToken: null,
  });
  return ok({ pairingNonce, pairingCode: code, expiresAt: now.at + 600_000 });
}

function submit(model: GatewayModel, effect: Extract<GatewayEffect, { readonly type: 'gateway.submitArtifact' }>) {
  const { requestId, body } = effect.request.envelope;
  const routingToken = body.metadata?.routingToken ?? '';
  if (model.revoked.has(routingToken)) return forbidden('pairing_revoked');
  const known = model.exchanges.get(requestId);
  if (known === undefined) {
    const { artifactHash } = body;
    model.exchanges.set(requestId, { requestId, artifactHash, routingToken, state: 'PendingApproval', decision: null });
  }
  return ok({ state: known?.state ?? 'PendingApproval', expiresAt: 0, duplicate: known !== undefined });
}

function wait(model: GatewayModel, requestId: string): Outcome<unknown> | 'parked' {
  const exchange = model.exchanges.get(requestId);
  if (exchange === undefined) return NOT_FOUND;
  if (exchange.state === 'Decided' && exchange.decision !== null) {
    return ok({ kind: 'delivered', text: exchange.decision });
  }
  return 'parked';
}

function withdraw(model: GatewayModel, requestId: string): Outcome<unknown> {
  const exchange = model.exchanges.get(requestId);
  if (exchange === undefined) return NOT_FOUND;
  if (exchange.state === 'PendingApproval') exchange.state = 'Withdrawn';
  return ok({});
}

function refresh(model: GatewayModel, refreshToken: string, rng: SeededRng): Outcome<unknown> {
  return model.refreshTokens.delete(refreshToken) ? ok(tokens(model, rng)) : UNAUTHORIZED;
}

function status(model: GatewayModel, pairingNonce: string): Outcome<unknown> {
  const session = model.sessions.get(pairingNonce);
  if (session === undefined) return NOT_FOUND;
  const { state, responseJson, routingToken } = session;
  return ok({ state, responseJson, routingToken });
}

function answer(model: GatewayModel, call: Call): Outcome<unknown> | 'parked' {
  const { effect, rng } = call;
  const no = refused(model, effect);
  if (no !== null) return no;
  switch (effect.type) {
    case 'gateway.discover':
      return ok({ gatewayId: 'gw-model', idp: IDP, patSupported: true });
    case 'gateway.startDevice':
      return ok({
        deviceCode: base64UrlEncode(rng.bytes(16)),
        userCode: '123456',
        verificationUri: 'http://localhost:1/device',
        expiresInSeconds: 600,
        intervalSeconds: 5,
      });
    case 'gateway.pollDevice':
      return model.device === 'granted'
        ? ok({ status: 'granted', tokens: tokens(model, rng) })
        : ok({ status: model.device });
    case 'gateway.refresh':
      return refresh(model, effect.request.refreshToken, rng);
    case 'gateway.logout':
      model.refreshTokens.delete(effect.request.refreshToken);
      return ok({});
    case 'gateway.checkConsent':
      return ok({ status: 'approved' });
    case 'gateway.initiatePairing':
    case 'gateway.claimPairing':
      return open(model, call);
    case 'gateway.pairingStatus':
      return status(model, effect.request.pairingNonce);
    case 'gateway.revokePairing':
      model.revoked.add(effect.request.routingToken);
      return ok({});
    case 'gateway.heartbeat':
      return ok({});
    case 'gateway.submitArtifact':
      return submit(model, effect);
    case 'gateway.wait':
      return wait(model, effect.request.requestId);
    case 'gateway.withdraw':
      return withdraw(model, effect.request.requestId);
    case 'gateway.ack':
      model.acks.push(effect.request.envelope.body.msgId);
      return ok({});
  }
}
