import { isJsonObject, type JsonObject, parseJson } from '@airlock/protocol';
import type { ScriptedApprover } from '../approver/scripted-approver.js';

/** A text that a hostile gateway can deliver. */
export interface HostileMessage {
  readonly id: string;
  readonly text: string;
  /** `requestId` of the envelope. */
  readonly names: string;
  /** Signature the gateway must have seen first; null when it can make the text alone. */
  readonly needs: string | null;
  /** The word it shows, exactly spelt. */
  readonly saysReject: boolean;
}

/** The people who sign, and what about. */
export interface HostileCast {
  /** The paired approver. */
  readonly approver: ScriptedApprover;
  /** The gateway's own key, never paired. */
  readonly attacker: ScriptedApprover;
  /** An approver that was paired once and replaced. */
  readonly replaced: ScriptedApprover;
  readonly requests: readonly { readonly requestId: string; readonly artifactHash: string }[];
  /** Epoch milliseconds at which everything is signed. */
  readonly at: number;
  /** Lifetime of canonical decisions in milliseconds. */
  readonly lifetimeMs: number;
}

function parts(text: string): { envelope: JsonObject; body: JsonObject } {
  const envelope = parseJson(text);
  if (!isJsonObject(envelope) || !isJsonObject(envelope.body)) throw new TypeError('not an envelope');
  return { envelope, body: envelope.body };
}

function without(body: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

type Request = HostileCast['requests'][number];

/** Names of the two signatures an approver can give about a request. */
export function signatureId(word: 'approve' | 'reject', requestId: string): string {
  return `${word}:${requestId}`;
}

function genuine(cast: HostileCast, request: Request) {
  const { approver, at, lifetimeMs } = cast;
  const text = (decision: 'approve' | 'reject') => approver.decide({ ...request, decision, at, lifetimeMs });
  return { approve: text('approve'), reject: text('reject') };
}

function derived(request: Request, approve: string, reject: string): readonly HostileMessage[] {
  const { requestId } = request;
  const good = parts(approve);
  const bad = parts(reject);
  const needs = signatureId('approve', requestId);
  const edit = (id: string, body: JsonObject, need = needs): HostileMessage => ({
    id: `${id}:${requestId}`,
    text: JSON.stringify({ ...good.envelope, body }),
    names: requestId,
    needs: need,
    saysReject: false,
  });
  const signature = typeof good.body.signature === 'string' ? good.body.signature : '';
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  return [
    edit('stripped-signature', without(without(good.body, 'signature'), 'harpDecision')),
    edit('stripped-harp', without(good.body, 'harpDecision')),
    edit('flipped-bit', { ...good.body, signature: flipped }),
    edit('re-cased', { ...without(good.body, 'decision'), Decision: 'approve' }),
    edit('flipped-word', { ...bad.body, decision: 'approve' }, signatureId('reject', requestId)),
  ];
}

function forged(cast: HostileCast, request: Request): readonly HostileMessage[] {
  const { attacker, replaced, approver, at, lifetimeMs } = cast;
  const { requestId, artifactHash } = request;
  const other = (id: string, text: string): HostileMessage => ({
    id: `${id}:${requestId}`,
    text,
    names: requestId,
    needs: null,
    saysReject: false,
  });
  const by = (who: ScriptedApprover) => who.decide({ ...request, decision: 'approve', at, lifetimeMs });
  const own = parts(by(attacker));
  const posing = { ...without(own.body, 'harpDecision'), signerKeyId: approver.signerKeyId() };
  const unsigned = { ...own.envelope, body: { artifactHash, decision: 'reject' } };
  return [
    other('other-key', by(attacker)),
    other('posing-as-the-approver', JSON.stringify({ ...own.envelope, body: posing })),
    other('replaced-key', by(replaced)),
    other('unsigned-approve', JSON.stringify({ ...own.envelope, body: without(posing, 'signature') })),
    { ...other('unsigned-reject', JSON.stringify(unsigned)), saysReject: true },
    other('garbage', `{"msgType":"decision.deliver","requestId":${JSON.stringify(requestId)}}`),
  ];
}

function swapped(from: Request, to: Request, approve: string): readonly HostileMessage[] {
  const { envelope, body } = parts(approve);
  const needs = signatureId('approve', from.requestId);
  const message = (id: string, contents: JsonObject): HostileMessage => ({
    id: `${id}:${from.requestId}>${to.requestId}`,
    text: JSON.stringify({ ...envelope, requestId: to.requestId, body: contents }),
    names: to.requestId,
    needs,
    saysReject: false,
  });
  return [
    message('swapped', body),
    message('swapped-without-harp', without(body, 'harpDecision')),
    message('swapped-with-other-hash', { ...without(body, 'harpDecision'), artifactHash: to.artifactHash }),
  ];
}

/** Everything a hostile gateway may deliver about some requests: genuine, altered, forged and swapped texts. */
export function hostileMessages(cast: HostileCast): readonly HostileMessage[] {
  return cast.requests.flatMap((request) => {
    const { requestId } = request;
    const { approve, reject } = genuine(cast, request);
    const own = (word: 'approve' | 'reject', text: string): HostileMessage => {
      const id = signatureId(word, requestId);
      return { id, text, names: requestId, needs: id, saysReject: word === 'reject' };
    };
    const others = cast.requests.filter((other) => other.requestId !== requestId);
    return [
      own('approve', approve),
      own('reject', reject),
      ...derived(request, approve, reject),
      ...forged(cast, request),
      ...others.flatMap((other) => swapped(request, other, approve)),
    ];
  });
}
