import { type AcceptedPairing, checkPairingResponse } from '@airlock/crypto';
import { base64UrlDecode, base64UrlEncode } from '@airlock/protocol';
import { callId, timerId } from '../machine/names.js';
import { turn } from '../machine/table.js';
import type { Timed } from '../model/base.js';
import { ENGINE_LIMITS } from '../model/config.js';
import type { PairingRecord } from '../model/durable.js';
import type { Candidate, PairingSession, PairingState } from '../model/pairing.js';
import { settle } from './confirm.js';
import type { PairingContext, PairingIn, PairingInput, PairingTurn } from './model.js';
import { isOpening } from './open.js';
import { expire, refuse } from './rest.js';

type Opening = PairingIn<'Initiated'> | PairingIn<'Claimed'>;
type Input<Type extends PairingInput['type']> = Extract<PairingInput, { readonly type: Type }>;

const KEY_BYTES = 32;

function pollLater(state: Opening, session: PairingSession): PairingTurn {
  return turn({ ...state, session: { ...session, statusCall: null } }, [
    {
      type: 'timer.set',
      timerId: timerId('pairing.poll', session.pairingId),
      afterMs: ENGINE_LIMITS.pairingPollMs,
    },
  ]);
}

/** Time to ask how far the session is. */
export function poll(state: Opening, _input: Input<'poll'>, { access }: PairingContext): PairingTurn {
  const { session } = state;
  if (isOpening(session) || session.statusCall !== null) return turn(state);
  if (access === null) return pollLater(state, session);
  const { pairingId, pairingNonce } = session;
  const statusCall = callId('pairingStatus', pairingId);
  return turn({ ...state, session: { ...session, statusCall } }, [
    { type: 'gateway.pairingStatus', callId: statusCall, request: { access, pairingNonce } },
  ]);
}

function checked(session: PairingSession, state: Opening, context: PairingContext & { json: string; input: Timed }) {
  const { enforcerId, enforcerLabel, workspaceName } = state.standing;
  return checkPairingResponse(
    {
      pairingNonce: session.pairingNonce,
      enforcerId,
      enforcerLabel,
      workspaceName,
      x25519PrivateKey: base64UrlDecode(session.x25519PrivateKey, KEY_BYTES),
      secrets: session.secrets,
      requireVerifiedPairing: context.requireVerifiedPairing,
      attended: !session.unattended,
      verifier: context.verifier,
    },
    context.json,
    context.input.at,
  );
}

interface Completion extends Timed {
  readonly json: string;
  readonly token: string;
  readonly localApproverKeys: readonly string[];
}

/** What the approver announced, and what its key gives away about where it runs (PAIR-225). */
function capabilitiesOf(accepted: AcceptedPairing, publicKey: string, { localApproverKeys }: Completion) {
  const { capabilities } = accepted;
  const isHere = localApproverKeys.includes(publicKey) && !capabilities.includes('same-host');
  return isHere ? [...capabilities, 'same-host'] : capabilities;
}

function recordOf(session: PairingSession, accepted: AcceptedPairing, parts: Completion): PairingRecord {
  const publicKey = base64UrlEncode(accepted.publicKey);
  return {
    gatewayUrl: session.gatewayUrl,
    routingToken: parts.token,
    pairingKey: base64UrlEncode(accepted.pairingKey),
    signerKeyId: accepted.signerKeyId,
    publicKey,
    capabilities: capabilitiesOf(accepted, publicKey, parts),
    assurance: accepted.assurance,
    approverDeviceId: accepted.deviceId ?? '',
    safetyNumber: accepted.safetyNumber,
    pairedAt: parts.at,
  };
}

function completed(state: Opening, input: Completion, context: PairingContext): PairingTurn {
  const { session } = state;
  if (isOpening(session)) return turn(state);
  const { pairingId } = session;
  const { json, token } = input;
  const result = checked(session, state, { ...context, json, input });
  if (!result.ok) {
    // One answer is checked per secret: whatever it failed, the attempt is over (PAIR-200).
    const order = { pairingId, reason: result.reason, interception: true, routingToken: token };
    return refuse(state, order, { input, access: context.access });
  }
  const candidate: Candidate = {
    pairingId,
    record: recordOf(session, result, input),
    fingerprint: result.publishedFingerprint,
    recovered: session.recovered,
    confirmed: false,
    authorised: session.recovered,
    expiresMono: session.expiresMono,
  };
  return settle(state.standing, candidate, input);
}

/** The gateway said how far the session is. Only `Completed` brings something to check. */
export function status(state: Opening, input: Input<'status'>, context: PairingContext): PairingTurn {
  const { session } = state;
  if (isOpening(session) || session.statusCall === null) return turn(state);
  const { pairingId } = session;
  const { outcome } = input;
  if (!outcome.ok) {
    const { failure } = outcome;
    if (failure.kind === 'rejected' && failure.status === 404)
      return expire(state, pairingId, { input, access: context.access });
    const later = pollLater(state, session);
    const isRefused = failure.kind === 'unauthorized' && context.access !== null;
    const version = context.access?.user.version ?? -1;
    return turn(later.state, later.effects, isRefused ? [{ kind: 'unauthorized', version }] : []);
  }
  const { state: reached, responseJson, routingToken, localApproverKeys = [] } = outcome.value;
  switch (reached) {
    case 'Pending':
      return pollLater(state, session);
    case 'Expired':
      return expire(state, pairingId, { input, access: context.access });
    case 'Revoked':
      return refuse(state, { pairingId, reason: 'rejected' }, { input, access: context.access });
    case 'Completed': {
      if (responseJson === null || routingToken === null) {
        return refuse(state, { pairingId, reason: 'gateway' }, { input, access: context.access });
      }
      const { at, mono } = input;
      return completed(state, { at, mono, json: responseJson, token: routingToken, localApproverKeys }, context);
    }
  }
}

/** The session's time is up. */
export function expiry(state: PairingState, input: Input<'expiry'>, { access }: PairingContext): PairingTurn {
  return expire(state, input.pairingId, { input, access });
}
