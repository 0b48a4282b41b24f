import { rules } from '@airlock/conformance';
import { ed25519PublicKey } from '@airlock/crypto';
import type { EnforcerEvent, EnforcerState, Standing } from '@airlock/enforcer';
import { initialState, step } from '@airlock/enforcer';
import { hexDecode, parseTime } from '@airlock/protocol';
import { frozenStep, memoVerifier, ok } from '@airlock/testkit';
import { describe, expect, it } from 'vitest';
import { vectorFile } from '../support/vectors.js';

const file = vectorFile('decision-signature');
const { context, plaintext } = file;
const verifier = memoVerifier();
const run = frozenStep(step);
const OPENED = parseTime('2026-03-02T14:00:00.000Z');

function standing(vector: any): Standing {
  const { signerKeyId, publicKey } = context.signer;
  return {
    workspaceId: plaintext.value.workspaceId,
    enforcerId: plaintext.value.enforcerId,
    enforcerLabel: 'Airlock',
    workspaceName: 'widgets',
    active: {
      gatewayUrl: 'https://gateway.example',
      routingToken: 'rt-vector',
      pairingKey: 'A'.repeat(43),
      signerKeyId,
      publicKey,
      capabilities: vector.pairing.capabilities,
      assurance: 'verified',
      approverDeviceId: 'dev-1',
      safetyNumber: '',
      pairedAt: OPENED,
    },
    revoked: false,
    pin: { publicKey, signerKeyId, assurance: 'verified', pinnedAt: OPENED },
    recovery: null,
    recoveryUsedAt: null,
    revokedKeys: [],
  };
}

/** Opens the vector's artifact, delivers its envelope and answers the journal as it says. */
function outcomeOf(vector: any) {
  let state: EnforcerState = initialState({ requireHarpDecision: vector.pairing.requireHarpDecision });
  const seen: any[] = [];
  let now = { at: OPENED, mono: 0 };
  const send = (event: any) => {
    const result = run(state, { ...event, ...now } as EnforcerEvent, { verifier });
    state = result.state;
    seen.push(...result.effects);
  };
  const auth = { gatewayUrl: 'https://gateway.example', credential: { kind: 'pat', pat: 'airpat_x' } };
  send({ type: 'engine.start', durable: { auth, workspaces: [standing(vector)], openRequests: [], rejections: [] } });
  const { requestId, artifactHash } = context;
  send({
    type: 'request.open',
    requestId,
    workspaceId: plaintext.value.workspaceId,
    plaintext: plaintext.canonical,
    artifactHash,
    contentSha256: plaintext.value.contentSha256,
    gcmNonce: 'A'.repeat(16),
    submitMsgId: 'msg-1',
    ackMsgId: 'ack-1',
    timeoutMs: 600_000,
  });
  const callId = `submitArtifact:${requestId}`;
  send({
    type: 'gateway.submitArtifact.result',
    callId,
    outcome: ok({ state: 'PendingApproval', expiresAt: 0, duplicate: false }),
  });
  const at = parseTime(vector.now ?? context.now);
  now = { at, mono: at - OPENED };
  if (vector.localDeny) send({ type: 'request.deny', requestId, reason: 'rule' });
  if (vector.pairingState === 'revoked') {
    send({ type: 'channel.message', workspaceId: plaintext.value.workspaceId, text: '{"msgType":"pairing.revoked"}' });
  }
  send({
    type: 'gateway.wait.result',
    callId: `wait:${requestId}`,
    outcome: ok({ kind: 'delivered', text: JSON.stringify(vector.envelope) }),
  });
  const recording = seen.find((effect) => effect.type === 'journal.record');
  if (recording !== undefined) {
    const used = (vector.journal ?? []).some(
      (entry: any) =>
        entry.requestId === recording.entry.requestId ||
        (entry.nonce === recording.entry.nonce && entry.signerKeyId === recording.entry.signerKeyId),
    );
    const answer = vector.journalWritable === false ? 'unavailable' : used ? 'replayed' : 'recorded';
    send({ type: `journal.${answer}`, requestId });
  }
  send({ type: 'execution.claim', requestId });
  const decided = seen.find((effect) => effect.type === 'notify.request' && effect.progress.kind === 'decided');
  return { progress: decided?.progress, grants: seen.filter(({ type }) => type === 'execution.grant').length };
}

const cases: readonly any[] = ['pipe', 'harp'].flatMap((form) => [...file[form].valid, ...file[form].invalid]);
/** Cases that presuppose a state the engine reaches in other ways; they run in the table test. */
const inOtherStates = cases.filter(({ state }) => state !== undefined);

describe(rules('ENF-020', 'ENF-060', 'ENF-150', 'INV-1')`every published decision through the whole engine`, () => {
  it.each(cases.filter((vector) => !inOtherStates.includes(vector)).map((vector) => [vector.id, vector] as const))(
    '%s',
    (_id, vector) => {
      const { progress, grants } = outcomeOf(vector);
      const { expect: wanted } = vector;
      if (wanted.result === 'accept' && wanted.decision === 'approve') {
        expect([progress.verdict, grants]).toEqual(['allow', 1]);
        return;
      }
      expect([progress.verdict, grants]).toEqual(['deny', 0]);
      if (wanted.result === 'accept') expect(progress).toMatchObject({ outcome: 'rejected' });
      // A revocation ends the request before the decision arrives.
      else if (vector.pairingState === 'revoked') expect(progress.code).toBe('pairing_revoked');
      else expect(progress.code).toBe(wanted.code);
    },
  );

  it('uses the key of the vectors', () => {
    const seed = hexDecode(context.signer.privateSeedHex);
    expect(ed25519PublicKey(seed)).toHaveLength(32);
    expect(inOtherStates).toHaveLength(3);
  });
});
