import { createHash, createPublicKey, verify } from 'node:crypto';
import { appendFileSync, chmodSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { approvalRefusal } from '@airlock/crypto';
import { base64UrlEncode, canonicalize, utf8Encode } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import type { Approval } from '../../src/audit/approval.js';
import { APPROVAL_PREDICATE_TYPE, type DsseEnvelope } from '../../src/audit/attestation.js';
import { exportApprovals, exportAudit } from '../../src/audit/export-audit.js';
import { openExportKey } from '../../src/audit/export-key.js';
import { listAudit, verifyAudit } from '../../src/audit/read-audit.js';
import { nodeVerifier } from '../../src/engine/node-verifier.js';
import type { RuntimePaths } from '../../src/paths/paths.js';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, lastOf, launch, paired } from '../support/daemon.js';
import { COMMIT, gitAction } from '../support/git-actions.js';
import { inHours, type Paired, signed } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

async function approvedAll(): Promise<Paired> {
  const made = await paired();
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
  return made;
}

/** Asks, gets the approval, claims it. */
async function claimed(made: Paired, over: Partial<RequestBody> = {}): Promise<string> {
  const { requestId } = lastOf(await ask(made, over));
  expect(await made.client.claim(requestId)).toEqual({ granted: true });
  return requestId;
}

const linesOf = ({ approvalsFile }: RuntimePaths) => readFileSync(approvalsFile, 'utf8').split('\n').slice(0, -1);
const approvalsOf = (paths: RuntimePaths) => linesOf(paths).map((line): Approval => JSON.parse(line));

describe(rules('ENF-190', 'ENF-180')`every human approval that is claimed`, () => {
  it(
    'leaves a line with what proves it, of a file that only its user can read, and nothing of the plaintext',
    SLOW,
    async () => {
      const made = await approvedAll();
      const command = await claimed(made);
      const commit = await claimed(made, { action: gitAction() });
      const common = {
        v: 1,
        claimedAt: expect.stringMatching(/Z$/),
        signer: {
          keyId: made.human.signerKeyId,
          publicKey: base64UrlEncode(made.human.publicKey),
          assurance: 'verified',
        },
      };
      const lineFor = (requestId: string) => ({
        ...common,
        requestId,
        artifactHash: made.relay.artifacts.get(requestId)!.artifactHash,
        decision: made.relay.decisions.get(requestId),
      });
      expect(approvalsOf(made.paths)).toMatchObject([
        { kind: 'command', ...lineFor(command) },
        { kind: 'git-commit', commits: [COMMIT], ...lineFor(commit) },
      ]);
      expect(statSync(made.paths.approvalsFile).mode & 0o777).toBe(0o600);
      const text = readFileSync(made.paths.approvalsFile, 'utf8');
      for (const word of ['/bin/echo', 'Add a', 'user@example.com', 'refs/heads/main'])
        expect(text).not.toContain(word);
    },
  );

  it('names no commit of a push that was not shown whole', SLOW, async () => {
    const made = await approvedAll();
    await claimed(made, { action: gitAction('git-push', 'approved before: req-1') });
    const [push] = approvalsOf(made.paths);
    expect(push).toMatchObject({ kind: 'git-push' });
    expect(push).not.toHaveProperty('commits');
  });

  it('is in the log by the hash of its line', SLOW, async () => {
    const made = await approvedAll();
    const requestId = await claimed(made);
    const [line = ''] = linesOf(made.paths);
    const sha256 = createHash('sha256').update(line).digest('hex');
    const recorded = listAudit(made.paths).filter(({ entry }) => entry.kind === 'approval.recorded');
    expect(recorded).toMatchObject([{ entry: { requestId, sha256 } }]);
    expect(await verifyAudit(made.paths)).toMatchObject({ ok: true });
  });

  it('does so for a change of policy', SLOW, async () => {
    const made = await approvedAll();
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    expect(approvalsOf(made.paths)).toMatchObject([{ kind: 'policy.change' }]);
  });

  it.each<[string, (made: Paired) => Promise<unknown>]>([
    ['an approval that nobody claims', (made) => ask(made)],
    [
      'a rejection',
      async (made) => {
        made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
        await made.client.claim(lastOf(await ask(made)).requestId);
      },
    ],
  ])('%s leaves none', SLOW, async (_, use) => {
    const made = await approvedAll();
    await use(made);
    expect(linesOf(made.paths)).toEqual([]);
  });

  it('adds to what was there before a restart, without a line that was cut off', SLOW, async () => {
    const made = await approvedAll();
    const first = await claimed(made);
    await made.daemon.close();
    appendFileSync(made.paths.approvalsFile, '{"claimedAt":"20');
    await launch(made.paths);
    const second = await claimed(made);
    expect(approvalsOf(made.paths).map(({ requestId }) => requestId)).toEqual([first, second]);
    expect((await exportApprovals(made.paths, 0)).defects).toEqual([]);
  });

  it('cannot be used when its line cannot be written, and nothing after it', SLOW, async () => {
    const made = await approvedAll();
    const [first, second] = [lastOf(await ask(made)), lastOf(await ask(made))];
    rmSync(made.paths.approvalsFile);
    expect(await made.client.claim(first.requestId)).toMatchObject({ granted: false, code: 'audit_unavailable' });
    expect(await made.client.claim(second.requestId)).toMatchObject({ granted: false });
    expect(lastOf(await ask(made))).toMatchObject({ verdict: 'deny', code: 'audit_unavailable' });
    const ended = listAudit(made.paths).filter(({ entry }) => entry.kind === 'execution.outcome');
    expect(ended).toMatchObject([
      { entry: { requestId: first.requestId, outcome: 'failed', reason: 'audit_unavailable' } },
    ]);
  });

  it('cannot be given where others could read or write it', SLOW, async () => {
    const made = await approvedAll();
    await made.daemon.close();
    const { approvalsFile } = made.paths;
    chmodSync(approvalsFile, 0o644);
    await launch(made.paths);
    const decided = lastOf(await ask(made));
    expect(decided).toMatchObject({ verdict: 'deny', code: 'file_insecure' });
  });
});

/** The signed bytes as the DSSE specification has them, put together anew. */
const signedBytes = (type: string, body: Buffer) =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `, 'ascii'), body]);

/** What a third party does with an envelope: verifies it under the key it was given. */
function opened({ payloadType, payload, signatures }: DsseEnvelope, pem: string): any {
  const body = Buffer.from(payload, 'base64');
  const sig = Buffer.from(signatures[0]?.sig ?? '', 'base64');
  const isGenuine = verify(null, signedBytes(payloadType, body), createPublicKey(pem), sig);
  if (!isGenuine) throw new Error('not signed by this key');
  return JSON.parse(body.toString('utf8'));
}

describe(rules('ENF-190')`an attestation`, () => {
  it('is a signed in-toto statement about the request, its artifact and its commits', SLOW, async () => {
    const made = await approvedAll();
    const requestId = await claimed(made, { action: gitAction('git-push') });
    const { envelopes, defects } = await exportApprovals(made.paths, 0);
    const key = await openExportKey(made.paths);
    const { artifactHash } = made.relay.artifacts.get(requestId)!;
    expect(defects).toEqual([]);
    expect(envelopes).toHaveLength(1);
    const [envelope] = envelopes;
    expect(envelope).toMatchObject({ payloadType: 'application/vnd.in-toto+json', signatures: [{ keyid: key.keyId }] });
    const statement = opened(envelope!, key.pem);
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [
        { name: requestId, digest: { sha256: artifactHash } },
        { name: `git:${COMMIT}`, digest: { gitCommit: COMMIT } },
      ],
      predicateType: APPROVAL_PREDICATE_TYPE,
      predicate: { kind: 'git-push', approver: { keyId: made.human.signerKeyId, assurance: 'verified' } },
    });
    const { askedAt, decidedAt, claimedAt } = statement.predicate.times;
    expect([askedAt, decidedAt, claimedAt]).toEqual([askedAt, decidedAt, claimedAt].sort());
    expect(key.keyId).toBe(createHash('sha256').update(Buffer.from(key.publicKey, 'base64url')).digest('hex'));
  });

  it(
    'proves the approval by itself to who has the artifact and trusts the approver, whoever exported it',
    SLOW,
    async () => {
      const made = await approvedAll();
      const requestId = await claimed(made);
      const { envelopes } = await exportApprovals(made.paths, 0);
      const { predicate } = opened(envelopes[0]!, (await openExportKey(made.paths)).pem);
      const artifact = utf8Encode(canonicalize(made.human.read(made.relay.artifacts.get(requestId)!)));
      const context = {
        requestId,
        artifactHash: createHash('sha256').update(artifact).digest('hex'),
        repoRef: predicate.repoRef,
        signerKeyId: predicate.approver.keyId,
        key: { verifier: nodeVerifier(), publicKey: made.human.publicKey },
        requireHarpDecision: false,
      };
      expect(approvalRefusal(predicate.decision, context)).toBeNull();
      expect(approvalRefusal(predicate.decision, { ...context, artifactHash: 'a'.repeat(64) })).toBe('hash_mismatch');
    },
  );

  it('has the same key every time, and no other machine has it', SLOW, async () => {
    const [one, two] = [await approvedAll(), await approvedAll()];
    await claimed(one);
    const [first] = (await exportApprovals(one.paths, 0)).envelopes;
    const key = await openExportKey(one.paths);
    expect(opened(first!, key.pem)).toBeDefined();
    const other = await openExportKey(two.paths);
    expect(other.keyId).not.toBe(key.keyId);
    expect(() => opened(first!, other.pem)).toThrow('not signed');
    const changed = { ...first!, payload: Buffer.from('{}').toString('base64') };
    expect(() => opened(changed, key.pem)).toThrow('not signed');
    expect(() => opened({ ...first!, payloadType: 'text/plain' }, key.pem)).toThrow('not signed');
  });

  it('is made of what was claimed from a time on', SLOW, async () => {
    const made = await approvedAll();
    await claimed(made);
    const [{ claimedAt }] = approvalsOf(made.paths) as [Approval];
    const at = Date.parse(claimedAt);
    expect((await exportApprovals(made.paths, at)).envelopes).toHaveLength(1);
    expect((await exportApprovals(made.paths, at + 1)).envelopes).toHaveLength(0);
    expect((await exportAudit(made.paths, at + 3_600_000)).entries).toEqual([]);
    expect(await exportAudit(made.paths, 0)).toMatchObject({
      verification: { ok: true },
      entries: listAudit(made.paths),
    });
  });
});

/** Rewrites the only line as somebody under the same user could. */
function rewrite({ approvalsFile }: RuntimePaths, change: (approval: Approval) => Approval): void {
  const [line = ''] = readFileSync(approvalsFile, 'utf8').split('\n');
  writeFileSync(approvalsFile, `${canonicalize(change(JSON.parse(line)))}\n`);
}

describe(rules('ENF-190')`an approval that somebody tampers with`, () => {
  it.each<[string, string, (paths: RuntimePaths) => void]>([
    [
      'whose artifact is another',
      'not-in-log',
      (paths) => rewrite(paths, (one) => ({ ...one, artifactHash: 'b'.repeat(64) })),
    ],
    [
      'whose commits are others',
      'not-in-log',
      (paths) => rewrite(paths, (one) => ({ ...one, commits: ['c'.repeat(40)] })),
    ],
    [
      'whose signer is another',
      'not-in-log',
      (paths) => rewrite(paths, (one) => ({ ...one, signer: { ...one.signer, publicKey: 'A'.repeat(43) } })),
    ],
    ['that was added', 'not-in-log', (paths) => appendFileSync(paths.approvalsFile, `${linesOf(paths)[0] ?? ''}\n`)],
    ['that is nonsense', 'unreadable', (paths) => writeFileSync(paths.approvalsFile, 'nonsense\n')],
    ['that was taken away', 'missing', (paths) => truncateSync(paths.approvalsFile)],
    ['with the whole file', 'missing', (paths) => rmSync(paths.approvalsFile)],
  ])('%s is not attested but named', SLOW, async (what, reason, tamper) => {
    const made = await approvedAll();
    await claimed(made);
    tamper(made.paths);
    const { envelopes, defects } = await exportApprovals(made.paths, 0);
    expect(envelopes).toHaveLength(what === 'that was added' ? 1 : 0);
    expect(defects.map((defect) => defect.reason)).toContain(reason);
  });

  it('in the log as well is not attested either: the log does not verify', SLOW, async () => {
    const made = await approvedAll();
    await claimed(made);
    await made.daemon.close();
    const { auditFile } = made.paths;
    writeFileSync(auditFile, readFileSync(auditFile, 'utf8').replace('approval.recorded', 'approval.r3corded'));
    await expect(exportApprovals(made.paths, 0)).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(await exportAudit(made.paths, 0)).toMatchObject({ verification: { ok: false } });
  });
});
