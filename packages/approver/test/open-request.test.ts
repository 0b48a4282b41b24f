import { rules } from '@airlock/conformance';
import { contentSha256 } from '@airlock/crypto';
import { canonicalize } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApproverMemory, type Obstacle, openRequest, type Warning } from '../src/index.js';
import { DECISION, EXAMPLE, memoryOf, NOW, REQUEST, requestFor, type Sealing } from './device.js';

const again = (value: any) => ({ ...value, contentSha256: contentSha256(value) });
const FOREIGN = { requestId: EXAMPLE.requestId, expiresAt: EXAMPLE.expiresAt, command: 'rm -rf /' };
const policyChange = (change: Record<string, unknown> = {}) =>
  again({ ...DECISION.plaintexts.find(({ id }: any) => id === 'policy-change').value, ...change });
const withPolicy = (version: number, sha256: string): ApproverMemory => ({
  ...memoryOf(),
  policies: [{ enforcerId: EXAMPLE.enforcerId, workspaceId: EXAMPLE.workspaceId, version, sha256, text: null } as any],
});

describe(rules('APPR-140', 'APPR-150', 'ART-150')`the request of the vectors`, () => {
  it('opens, is bound and can be approved', () => {
    const { opened, memory } = openRequest(memoryOf(), REQUEST, NOW);
    expect(opened).toMatchObject({
      bound: true,
      canApprove: true,
      canReject: true,
      obstacles: [],
      warnings: [],
      choices: [{ decision: 'approve' }, { decision: 'reject' }],
      content: { kind: 'action', action: EXAMPLE },
    });
    expect(memory).toEqual(memoryOf());
  });

  it('is the same under a hash with the prefix of some published clients', () => {
    const artifactHash = `sha256:${REQUEST.body.artifactHash}`;
    const request = { ...REQUEST, body: { ...REQUEST.body, artifactHash } } as typeof REQUEST;
    expect(openRequest(memoryOf(), request, NOW).opened).toMatchObject({ bound: true, canApprove: true });
  });
});

interface Case {
  readonly value?: any;
  readonly sealing?: Sealing;
  readonly memory?: ApproverMemory;
  readonly at?: number;
}

const TRUSTED = { assurance: 'gateway-trusted', signerKeyId: 'key-m2pCJAG3tV0o-l8P' };

describe(rules('APPR-140', 'APPR-150', 'PAIR-250')`what makes approving impossible`, () => {
  it.each<[string, Case, readonly Obstacle[], boolean]>([
    ['an unknown pairing', { sealing: { body: { pairingId: 'pair-x' } } }, ['unknown-pairing'], false],
    ['a revoked pairing', { memory: memoryOf({ pairingKey: null }) }, ['revoked-pairing'], false],
    ['a pairing of another enforcer', { sealing: { body: { enforcerId: 'enf-x' } } }, ['revoked-pairing'], false],
    ['another key', { sealing: { key: 'A'.repeat(43) } }, ['undecryptable'], true],
    [
      'another key before the proof',
      { sealing: { key: 'A'.repeat(43) }, memory: memoryOf({ proven: false }) },
      ['undecryptable', 'waiting-for-proof'],
      false,
    ],
    ['bytes that are no text', { sealing: { bytes: new Uint8Array([0xff, 0xfe]) } }, ['not-text'], true],
    ['another hash', { sealing: { body: { artifactHash: 'ab'.repeat(32) } } }, ['hash-mismatch', 'wrong-aad'], true],
    ['a text that is not canonical', { sealing: { text: `${canonicalize(EXAMPLE)}\n` } }, ['not-canonical'], true],
    ['duplicate keys', { sealing: { text: '{"type":"x","type":"airlock.action"}' } }, ['not-canonical'], true],
    ['an unknown member', { value: again({ ...EXAMPLE, hidden: 'x' }) }, ['unreadable-action'], true],
    ['missing members', { sealing: { text: canonicalize({ type: 'airlock.action' }) } }, ['unreadable-action'], true],
    [
      'a content hash of other content',
      { value: { ...EXAMPLE, argv: ['npm', 'other'] } },
      ['content-hash-mismatch'],
      true,
    ],
    [
      'another request',
      { value: again(EXAMPLE), sealing: { envelope: { requestId: 'req-2' } } },
      ['request-mismatch'],
      true,
    ],
    ['another artifact type', { sealing: { body: { artifactType: 'x' } } }, ['request-mismatch'], true],
    [
      'another expiry',
      { sealing: { envelope: { expiresAt: '2026-03-02T14:09:00.000Z' } } },
      ['request-mismatch'],
      true,
    ],
    ['no aad', { sealing: { aad: false } }, ['wrong-aad'], true],
    ['the aad of another request', { sealing: { aad: { requestId: 'req-2' } } }, ['wrong-aad'], true],
    ['the aad of another expiry', { sealing: { aad: { expiresAt: '2026-03-02T15:00:00.000Z' } } }, ['wrong-aad'], true],
    ['foreign plaintext in a verified pairing', { value: FOREIGN }, ['foreign-plaintext'], true],
    ['its expiry', { at: Date.parse(EXAMPLE.expiresAt) }, ['expired'], false],
  ])('%s', (_, { value = EXAMPLE, sealing, memory = memoryOf(), at = NOW }, obstacles, canReject) => {
    const { opened } = openRequest(memory, requestFor(value, sealing), at);
    expect(opened.obstacles).toEqual(obstacles);
    expect(opened.canApprove).toBe(false);
    expect(opened.canReject).toBe(canReject);
  });
});

describe(rules('PAIR-250')`proof of the enforcer`, () => {
  it('comes with the first artifact that opens, and is remembered', () => {
    const waiting = memoryOf({ proven: false });
    const { memory, opened } = openRequest(waiting, REQUEST, NOW);
    expect(opened.canApprove).toBe(true);
    expect(memory.pairings[0]?.proven).toBe(true);
    expect(waiting.pairings[0]?.proven).toBe(false);
  });

  it('does not come with one that does not open', () => {
    const { memory } = openRequest(memoryOf({ proven: false }), requestFor(EXAMPLE, { key: 'A'.repeat(43) }), NOW);
    expect(memory.pairings[0]?.proven).toBe(false);
  });
});

describe('the name of the workspace', () => {
  const unknown = memoryOf({ workspaceId: null });

  it('comes from an action that is bound to its hash, and stays', () => {
    const { memory } = openRequest(unknown, REQUEST, NOW);
    expect(memory.pairings[0]?.workspaceId).toBe(EXAMPLE.workspaceId);
    expect(openRequest(memory, REQUEST, NOW).memory).toBe(memory);
  });

  it.each<[string, ReturnType<typeof requestFor>]>([
    ['another hash', requestFor(EXAMPLE, { body: { artifactHash: 'ab'.repeat(32) } })],
    ['another request', requestFor(EXAMPLE, { envelope: { requestId: 'req-other' } })],
    ['what does not open', requestFor(EXAMPLE, { key: 'A'.repeat(43) })],
  ])('does not come from %s', (_, request) => {
    expect(openRequest(unknown, request, NOW).memory.pairings[0]?.workspaceId).toBeNull();
  });
});

describe(rules('APPR-160')`foreign plaintext in a gateway-trusted pairing`, () => {
  it('can be approved, shown whole', () => {
    const { opened } = openRequest(memoryOf(TRUSTED), requestFor(FOREIGN, { aad: false }), NOW);
    expect(opened).toMatchObject({ canApprove: true, bound: true, warnings: ['gateway-trusted'] });
    expect(opened.content).toMatchObject({ kind: 'text', rendered: { text: canonicalize(FOREIGN) } });
  });

  it('is called not bound when its hash is another', () => {
    const request = requestFor(FOREIGN, { aad: false, body: { artifactHash: 'ab'.repeat(32) } });
    const { opened } = openRequest(memoryOf(TRUSTED), request, NOW);
    expect(opened).toMatchObject({ canApprove: true, bound: false, warnings: ['gateway-trusted', 'not-bound'] });
  });

  it('that says it is an action must pass every check of one', () => {
    const request = requestFor(EXAMPLE, { aad: false, body: { artifactHash: 'ab'.repeat(32) } });
    const { opened } = openRequest(memoryOf(TRUSTED), request, NOW);
    expect(opened).toMatchObject({ canApprove: false, obstacles: ['hash-mismatch'] });
  });
});

describe(rules('INV-16')`what is shown`, () => {
  it('is a function of the bytes whose hash was recomputed, whatever the gateway says beside them', () => {
    const honest = openRequest(memoryOf(), REQUEST, NOW).opened;
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (label, workspaceName, requestLabel) => {
        const lying = {
          ...REQUEST,
          body: {
            ...REQUEST.body,
            enforcerLabel: label,
            metadata: { workspaceName, requestLabel },
            policyHint: { ui: label },
          },
        };
        expect(openRequest(memoryOf(), lying, NOW).opened.content).toEqual(honest.content);
      }),
    );
  });

  it('a bit that is flipped anywhere in the plaintext or ciphertext is never approved', () => {
    const base = requestFor(EXAMPLE);
    const bytes = Buffer.from(base.body.ciphertextRef.data, 'base64');
    fc.assert(
      fc.property(fc.nat({ max: bytes.length * 8 - 1 }), (bit) => {
        const flipped = Buffer.from(bytes);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const ciphertextRef = { ...base.body.ciphertextRef, data: flipped.toString('base64') };
        const request = { ...base, body: { ...base.body, ciphertextRef } };
        expect(openRequest(memoryOf(), request, NOW).opened.canApprove).toBe(false);
      }),
    );
  });
});

describe(rules('APPR-155')`memory of signed policies`, () => {
  const { policyVersion, policySha256 } = EXAMPLE;
  it.each<[string, ApproverMemory, any, readonly Obstacle[], readonly Warning[]]>([
    ['the same policy', withPolicy(policyVersion, policySha256), EXAMPLE, [], []],
    ['a newer policy than remembered', withPolicy(policyVersion - 1, 'ab'.repeat(32)), EXAMPLE, [], []],
    [
      'an older one',
      withPolicy(policyVersion + 1, 'ab'.repeat(32)),
      EXAMPLE,
      ['policy-rolled-back'],
      ['policy-rolled-back'],
    ],
    [
      'the same version with another hash',
      withPolicy(policyVersion, 'ab'.repeat(32)),
      EXAMPLE,
      ['policy-rolled-back'],
      ['policy-rolled-back'],
    ],
    [
      'none at all any more',
      withPolicy(policyVersion, policySha256),
      again({ ...EXAMPLE, policyVersion: 0, policySha256: 'ab'.repeat(32) }),
      ['policy-rolled-back'],
      ['policy-rolled-back'],
    ],
    [
      'a change that is newer than everything',
      withPolicy(policyVersion + 1, 'ab'.repeat(32)),
      policyChange(),
      [],
      ['policy-rolled-back'],
    ],
    [
      'a change that is not newer',
      withPolicy(1772460000, 'ab'.repeat(32)),
      policyChange(),
      ['policy-version'],
      ['policy-rolled-back'],
    ],
    [
      'a change below the policy in force',
      memoryOf(),
      policyChange({ policy: '{"version":5}' }),
      ['policy-version'],
      [],
    ],
    ['a change without a version', memoryOf(), policyChange({ policy: '{}' }), ['policy-unreadable'], []],
    [
      'a change that is not canonical',
      memoryOf(),
      policyChange({ policy: '{"version":1772460000} ' }),
      ['policy-unreadable'],
      [],
    ],
    [
      'a change with the version of the policy in force',
      memoryOf(),
      policyChange({ policy: `{"version":${policyVersion}}` }),
      ['policy-version'],
      [],
    ],
    [
      'a change one above the newest signed one, under a policy that was rolled back',
      withPolicy(policyVersion + 1, 'ab'.repeat(32)),
      policyChange({ policy: `{"version":${policyVersion + 2}}` }),
      [],
      ['policy-rolled-back'],
    ],
  ])('%s', (_, memory, value, obstacles, warnings) => {
    const { opened } = openRequest(memory, requestFor(value), NOW);
    expect(opened.obstacles).toEqual(obstacles);
    expect(opened.warnings).toEqual(warnings);
    expect(opened.canApprove).toBe(obstacles.length === 0);
  });

  it('is kept per enforcer and workspace', () => {
    const other = {
      ...memoryOf(),
      policies: [
        {
          enforcerId: EXAMPLE.enforcerId,
          workspaceId: 'other',
          version: 9e9,
          sha256: 'ab'.repeat(32),
          text: null,
        } as any,
      ],
    };
    expect(openRequest(other, requestFor(EXAMPLE), NOW).opened.canApprove).toBe(true);
  });
});

describe('approvals that no enforcer would honour', () => {
  it.each([
    ['a gateway-trusted approver', memoryOf(TRUSTED), { aad: false } as const],
    ['an unprotected key', memoryOf({ capabilities: ['unprotected-key'] }), {}],
  ])('of a policy change are not given: %s', (_, memory, sealing) => {
    const { opened } = openRequest(memory, requestFor(policyChange(), sealing), NOW);
    expect(opened.obstacles).toEqual(['cannot-loosen']);
  });
});

describe(rules('APPR-190')`requested actions`, () => {
  const open = (requested: unknown) => {
    const value = again({ ...EXAMPLE, extensions: { 'org.harp.requestedActions': requested } });
    return openRequest(memoryOf(), requestFor(value), NOW).opened;
  };
  const action = (id: string, caption = 'Caption', decision = 'approve') => ({ id, caption, decision });

  it('are shown with the real decision beside every caption', () => {
    const opened = open({
      version: 1,
      actions: [
        action('once'),
        action('no', 'Reject', 'approve'),
        action('a', 'x\u202ey', 'allow'),
        action('b', 'No', 'deny'),
      ],
    });
    expect(opened.choices).toEqual([
      { id: 'once', caption: 'Caption', decision: 'approve' },
      { id: 'no', caption: 'Reject', decision: 'approve' },
      { id: 'a', caption: 'x\\u{202E}y', decision: 'approve' },
      { id: 'b', caption: 'No', decision: 'reject' },
    ]);
    expect(opened.warnings).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['another version', { version: 2, actions: [action('a')] }],
    ['no actions', { version: 1, actions: [] }],
    ['six actions', { version: 1, actions: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => action(id)) }],
    ['ids that differ in case only', { version: 1, actions: [action('a'), action('A')] }],
    ['a blank caption', { version: 1, actions: [action('a', ' \t')] }],
    ['another decision', { version: 1, actions: [action('a', 'x', 'Approve')] }],
    ['one bad among good ones', { version: 1, actions: [action('a'), { id: 'b' }] }],
    ['no object', 'approve'],
  ])('%s: the default pair and a warning', (_, requested) => {
    const opened = open(requested);
    expect(opened.choices).toEqual([{ decision: 'approve' }, { decision: 'reject' }]);
    expect(opened.warnings).toEqual(['invalid-choices']);
  });
});
