import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { sha256Hex } from '@airlock/crypto';
import { base64UrlEncode, canonicalize, utf8Encode } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyInForce } from '../../src/document/in-force.js';
import { checkSignedPolicy, POLICY_REFUSALS, type PolicyRefusal } from '../../src/document/signed.js';
import { documents, textOf } from './policies.js';
import { approverOf, decisionOf, plaintextOf, recordOf, signerOf } from './signed-record.js';

const TEXT = textOf({ gatesOff: ['git'] });
const RECORD = recordOf(TEXT);
const DECISION = JSON.parse(RECORD.decision);
const ACCEPTED = { ok: true, text: TEXT, document: JSON.parse(TEXT), sha256: sha256Hex(utf8Encode(TEXT)) };
const refused = (reason: PolicyRefusal) => ({ ok: false, reason });

describe(rules('LOC-080')`a document that the paired approver approved`, () => {
  it.each([
    ['in both forms', RECORD, signerOf()],
    ['in both forms, one required', RECORD, signerOf({ requireHarpDecision: false })],
    [
      'in the short form, where that is enough',
      recordOf(TEXT, { harp: null }),
      signerOf({ requireHarpDecision: false }),
    ],
    ['for a time', recordOf(TEXT, { harp: { scope: 'timebox' } }), signerOf()],
    ['with hints', recordOf(TEXT, { harp: { policyHints: { reason: 'ok', actionId: 'a' } } }), signerOf()],
    ['with a reason', recordOf(TEXT, { body: { reason: 'ok' } }), signerOf()],
    [
      'with a message of another gateway',
      recordOf(TEXT, { frame: { sender: { gatewayId: 'other' }, extra: 1 } }),
      signerOf(),
    ],
  ])('%s', (_, record, signer) => {
    expect(checkSignedPolicy(record, signer)).toEqual(ACCEPTED);
  });

  it('is in force with exactly its text', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const text = canonicalize(document);
        const check = checkSignedPolicy(recordOf(text), signerOf());
        expect(check).toEqual({ ok: true, text, document, sha256: policyInForce(text, []).sha256 });
      }),
      { numRuns: 30 },
    );
  });

  it(rules('LOC-085')`stays valid after the decision has expired`, () => {
    const record = recordOf(TEXT, { harp: { expiresAt: '1999-01-01T00:00:00Z' } });
    expect(checkSignedPolicy(record, signerOf())).toEqual(ACCEPTED);
  });
});

/** A record with a decision text that was altered after it was signed. */
const altered = (body: Record<string, unknown>, harp: Record<string, unknown> = {}) => ({
  plaintext: RECORD.plaintext,
  decision: JSON.stringify({
    ...DECISION,
    body: { ...DECISION.body, harpDecision: { ...DECISION.body.harpDecision, ...harp }, ...body },
  }),
});
const withDecision = (decision: string) => ({ plaintext: RECORD.plaintext, decision });
/** A genuine approval of any plaintext. */
const approved = (plaintext: string) => ({ plaintext, decision: JSON.stringify(decisionOf(plaintext)) });
const action = JSON.parse(RECORD.plaintext);
const without = (object: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
const HASH = 'b'.repeat(64);
const command = JSON.parse(
  readFileSync(new URL('../../../testkit/vectors/decision-signature.json', import.meta.url), 'utf8'),
).plaintext.canonical;

const table: readonly [PolicyRefusal, string, { readonly plaintext: string; readonly decision: string }][] = [
  ['plaintext_unreadable', 'no plaintext', approved('')],
  ['plaintext_unreadable', 'a plaintext in another spelling', approved(` ${RECORD.plaintext}`)],
  ['plaintext_unreadable', 'a plaintext with a further member', approved(canonicalize({ ...action, also: 'x' }))],
  [
    'plaintext_unreadable',
    'a plaintext with a re-cased member',
    approved(canonicalize({ ...without(action, 'policy'), Policy: TEXT })),
  ],
  ['plaintext_unreadable', 'a plaintext without its document', approved(canonicalize(without(action, 'policy')))],
  ['plaintext_unreadable', 'an approved command', approved(command)],
  ['plaintext_unreadable', 'a document instead of the action', approved(TEXT)],
  [
    'plaintext_unreadable',
    'a plaintext larger than any artifact',
    approved(plaintextOf(TEXT).padEnd(2 * 1024 * 1024 + 1)),
  ],
  ['wrong_workspace', 'an approval for another workspace', approved(plaintextOf(TEXT, { workspaceId: 'ws-b' }))],
  [
    'wrong_workspace',
    'an approval for a workspace in another case',
    approved(plaintextOf(TEXT, { workspaceId: 'WS-A' })),
  ],
  ['wrong_workspace', 'an approval for another enforcer', approved(plaintextOf(TEXT, { enforcerId: 'enf-x' }))],
  ['decision_unreadable', 'no decision', withDecision('')],
  ['decision_unreadable', 'a list', withDecision('[]')],
  [
    'decision_unreadable',
    'a decision with a duplicate key',
    withDecision(RECORD.decision.replace('{', '{"msgId":"x",')),
  ],
  ['decision_unreadable', 'a lone surrogate', withDecision(RECORD.decision.replace('gw-example', '\ud800'))],
  ['decision_unreadable', 'over 64 KiB', recordOf(TEXT, { frame: { pad: 'x'.repeat(65_536) } })],
  ['decision_unreadable', 'over 64 KiB in UTF-8', recordOf(TEXT, { frame: { pad: '\u20ac'.repeat(22_000) } })],
  ['decision_unreadable', 'another message', recordOf(TEXT, { frame: { msgType: 'decision.submit' } })],
  ['decision_unreadable', 'a body with a further member', altered({ Decision: 'approve' })],
  ['decision_unreadable', 'a body without a nonce', altered({ nonce: undefined })],
  ['decision_unreadable', 'a nonce of 15 characters', recordOf(TEXT, { body: { nonce: 'a'.repeat(15) } })],
  ['decision_unreadable', 'a nonce of 129 characters', recordOf(TEXT, { body: { nonce: 'a'.repeat(129) } })],
  ['decision_unreadable', 'a nonce with the separator', recordOf(TEXT, { body: { nonce: `${'a'.repeat(16)}|x` } })],
  ['decision_unreadable', 'a nonce that is a list', altered({ nonce: ['hZyARF9srxLqZBHi2b4mXQ'] })],
  ['decision_unreadable', 'a body without a signature', altered({ signature: undefined })],
  ['decision_unreadable', 'a canonical form with a further member', altered({}, { also: 'x' })],
  ['decision_unreadable', 'a canonical form without its signature', altered({}, { signature: undefined })],
  ['decision_unreadable', 'a canonical form that is a text', altered({ harpDecision: 'approve' })],
  ['decision_unreadable', 'a canonical form with a number', altered({}, { nonce: 1 })],
  ['request_mismatch', 'a decision about another request', recordOf(TEXT, { frame: { requestId: 'req-x' } })],
  ['request_mismatch', 'a decision about no request', recordOf(TEXT, { frame: { requestId: undefined } })],
  ['not_approved', 'a rejection', recordOf(TEXT, { body: { decision: 'reject' }, harp: { decision: 'reject' } })],
  ['not_approved', 'a rejection with a changed word', altered({ decision: 'reject' })],
  ['not_approved', 'a word in another case', recordOf(TEXT, { body: { decision: 'Approve' } })],
  ['not_approved', 'a word with a space', recordOf(TEXT, { body: { decision: 'approve ' } })],
  ['not_approved', 'no word', altered({ decision: undefined })],
  ['not_approved', 'a word of published clients', recordOf(TEXT, { body: { decision: 'approved' } })],
  ['hash_mismatch', 'an approval of another plaintext', recordOf(TEXT, { body: { artifactHash: HASH } })],
  ['hash_mismatch', 'a hash in upper case', altered({ artifactHash: DECISION.body.artifactHash.toUpperCase() })],
  [
    'hash_mismatch',
    'a hash with a prefix',
    recordOf(TEXT, { body: { artifactHash: `sha256:${DECISION.body.artifactHash}` } }),
  ],
  ['decision_unreadable', 'no hash', altered({ artifactHash: undefined })],
  ['unknown_key', 'another approver', recordOf(TEXT, { approver: approverOf(8) })],
  ['unknown_key', 'the start of the key id', altered({ signerKeyId: DECISION.body.signerKeyId.slice(0, -1) })],
  ['decision_unreadable', 'no key id', altered({ signerKeyId: undefined })],
  [
    'pipe_signature',
    'another approver under this key id',
    recordOf(TEXT, { approver: { ...approverOf(8), signerKeyId: signerOf().signerKeyId } }),
  ],
  ['pipe_signature', 'another nonce', altered({ nonce: 'iZyARF9srxLqZBHi2b4mXQ' })],
  ['pipe_signature', 'a signature of nothing', altered({ signature: base64UrlEncode(new Uint8Array(64)) })],
  ['decision_unreadable', 'an empty signature', altered({ signature: '' })],
  ['pipe_signature', 'the other form’s signature', altered({ signature: DECISION.body.harpDecision.signature })],
  ['harp_missing', 'no canonical form', recordOf(TEXT, { harp: null })],
  ['harp_missing', 'null instead of the canonical form', altered({ harpDecision: null })],
  ['harp_signature', 'a scope changed afterwards', altered({}, { scope: 'timebox' })],
  ['harp_signature', 'an expiry changed afterwards', altered({}, { expiresAt: '2027-11-22T05:05:00.000Z' })],
  ['harp_signature', 'hints added afterwards', altered({}, { policyHints: { reason: 'x' } })],
  ['harp_signature', 'a padded signature', altered({}, { signature: `${DECISION.body.harpDecision.signature}==` })],
  ['harp_signature', 'the other form’s signature', altered({}, { signature: DECISION.body.signature })],
  ['harp_mismatch', 'signed: another request', recordOf(TEXT, { harp: { requestId: 'req-x' } })],
  ['harp_mismatch', 'signed: another artifact', recordOf(TEXT, { harp: { artifactHash: HASH } })],
  ['harp_mismatch', 'signed: a rejection', recordOf(TEXT, { harp: { decision: 'reject' } })],
  ['harp_mismatch', 'signed: another nonce', recordOf(TEXT, { harp: { nonce: 'iZyARF9srxLqZBHi2b4mXQ' } })],
  ['harp_mismatch', 'signed: another key id', recordOf(TEXT, { harp: { signerKeyId: 'al1.x' } })],
  ['harp_mismatch', 'signed: another repository', recordOf(TEXT, { harp: { repoRef: 'repo:example/other' } })],
  ['harp_mismatch', 'signed: another algorithm', recordOf(TEXT, { harp: { sigAlg: 'none' } })],
  ['harp_mismatch', 'signed: another hash algorithm', recordOf(TEXT, { harp: { artifactHashAlg: 'SHA-1' } })],
  ['harp_mismatch', 'signed: an unknown scope', recordOf(TEXT, { harp: { scope: 'session' } })],
  ['harp_mismatch', 'signed: an expiry that is no time', recordOf(TEXT, { harp: { expiresAt: 'never' } })],
  ['document_unreadable', 'a document in another spelling', recordOf(` ${TEXT}`)],
  ['document_unreadable', 'a document with a further member', recordOf('{"also":1,"version":1}')],
  ['document_unreadable', 'a document that replaces the approver', recordOf(textOf({ approverKey: 'A'.repeat(43) }))],
  ['document_unreadable', 'no document', recordOf('')],
];

describe(rules('LOC-080', 'INV-4', 'INV-38')`a record counts as none`, () => {
  it.each(table)('%s: %s', (reason, _, record) => {
    expect(checkSignedPolicy(record, signerOf())).toEqual(refused(reason));
  });

  it('every reason has a row, and there is no other', () => {
    expect(new Set(table.map(([reason]) => reason))).toEqual(new Set(POLICY_REFUSALS));
    expect(POLICY_REFUSALS).toEqual([
      'plaintext_unreadable',
      'wrong_workspace',
      'decision_unreadable',
      'request_mismatch',
      'not_approved',
      'hash_mismatch',
      'unknown_key',
      'pipe_signature',
      'harp_missing',
      'harp_signature',
      'harp_mismatch',
      'document_unreadable',
    ]);
  });

  it('a canonical form that is present is verified even where it is not required', () => {
    const lax = signerOf({ requireHarpDecision: false });
    const rows = table.filter(([reason]) => reason === 'harp_signature' || reason === 'harp_mismatch');
    for (const [reason, , record] of rows) expect(checkSignedPolicy(record, lax)).toEqual(refused(reason));
    expect(checkSignedPolicy(altered({ harpDecision: null }), lax)).toEqual(ACCEPTED);
  });
});

describe(rules('LOC-080')`sizes`, () => {
  it('a decision message may have 64 KiB in UTF-8, and no byte more', () => {
    const missing = 65_536 - utf8Encode(recordOf(TEXT, { frame: { pad: '' } }).decision).length;
    const padded = (pad: string) => checkSignedPolicy(recordOf(TEXT, { frame: { pad } }), signerOf());
    expect(padded('x'.repeat(missing))).toEqual(ACCEPTED);
    expect(padded('x'.repeat(missing + 1))).toEqual(refused('decision_unreadable'));
    expect(padded(`\u00e9${'x'.repeat(missing - 2)}`)).toEqual(ACCEPTED);
    expect(padded(`\u00e9${'x'.repeat(missing - 1)}`)).toEqual(refused('decision_unreadable'));
  });

  it('a plaintext is no larger than an artifact', () => {
    const missing = 2 * 1024 * 1024 - canonicalize({ ...action, policy: '' }).length;
    const padded = (length: number) => approved(canonicalize({ ...action, policy: 'x'.repeat(length) }));
    expect(checkSignedPolicy(padded(missing), signerOf())).toEqual(refused('document_unreadable'));
    expect(checkSignedPolicy(padded(missing + 1), signerOf())).toEqual(refused('plaintext_unreadable'));
  });
});

describe(rules('LOC-080', 'INV-4')`attacks on a stored record`, () => {
  const OTHER = recordOf(textOf({ auto: { until: '2026-11-22T06:00:00.000Z' } }));

  it.each([
    ['the plaintext of one approval with the decision of another', OTHER.plaintext, RECORD.decision, 'hash_mismatch'],
    ['the decision of one approval under the plaintext of another', RECORD.plaintext, OTHER.decision, 'hash_mismatch'],
    [
      'another document in the approved plaintext',
      RECORD.plaintext.replace('git', 'run'),
      RECORD.decision,
      'hash_mismatch',
    ],
  ] as const)('%s', (_, plaintext, decision, reason) => {
    expect(checkSignedPolicy({ plaintext, decision }, signerOf())).toEqual(refused(reason));
  });

  it('a record swapped between workspaces, enforcers or keys is good nowhere else', () => {
    const others = { enforcerId: 'enf-other', workspaceId: 'ws-b', ...approverOf(8) };
    expect(checkSignedPolicy(RECORD, signerOf({ workspaceId: others.workspaceId }))).toEqual(
      refused('wrong_workspace'),
    );
    expect(checkSignedPolicy(RECORD, signerOf({ enforcerId: others.enforcerId }))).toEqual(refused('wrong_workspace'));
    expect(checkSignedPolicy(RECORD, signerOf({ signerKeyId: others.signerKeyId }))).toEqual(refused('unknown_key'));
    expect(checkSignedPolicy(RECORD, signerOf({ publicKey: others.publicKey }))).toEqual(refused('pipe_signature'));
  });

  it('any changed character of the plaintext refuses', () => {
    fc.assert(
      fc.property(fc.nat(RECORD.plaintext.length - 1), fc.integer({ min: 1, max: 127 }), (at, mask) => {
        const plaintext = flipped(RECORD.plaintext, at, mask);
        expect(checkSignedPolicy({ ...RECORD, plaintext }, signerOf()).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('any changed character of the decision refuses or changes nothing that is signed', () => {
    const signed = JSON.stringify(DECISION.body);
    fc.assert(
      fc.property(fc.nat(RECORD.decision.length - 1), fc.integer({ min: 1, max: 127 }), (at, mask) => {
        const decision = flipped(RECORD.decision, at, mask);
        const check = checkSignedPolicy({ ...RECORD, decision }, signerOf());
        if (check.ok) expect(JSON.stringify(JSON.parse(decision).body)).toBe(signed);
        if (check.ok) expect(check).toEqual(ACCEPTED);
      }),
      { numRuns: 500 },
    );
  });

  it('a verifier that accepts everything still binds request, hash and workspace', () => {
    const gullible = signerOf({ verifier: { verify: () => true } });
    expect(checkSignedPolicy(RECORD, gullible)).toEqual(ACCEPTED);
    expect(checkSignedPolicy({ ...RECORD, decision: OTHER.decision }, gullible)).toEqual(refused('hash_mismatch'));
    const broken = signerOf({ verifier: { verify: () => false } });
    expect(checkSignedPolicy(RECORD, broken)).toEqual(refused('pipe_signature'));
  });
});

function flipped(text: string, at: number, mask: number): string {
  return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ mask) + text.slice(at + 1);
}
