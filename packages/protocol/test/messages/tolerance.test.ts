import { rules } from '@airlock/conformance';
import * as p from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadVectors } from '../vectors.js';

const v = loadVectors('gateway-messages');
const message = (id: string): any => v.messages.find((m: any) => m.id === id).value;
const submit = message('artifact.submit');
const decision = message('decision.submit');

describe(rules('GW-080')`null and unknown members of requests`, () => {
  test('null is absent, at every level of the message', () => {
    const parsed = p.artifactSubmitSchema.parse({
      ...submit,
      msgId: null,
      body: {
        ...submit.body,
        expiresAt: null,
        ciphertext: { ...submit.body.ciphertext, aad: null },
        metadata: { ...submit.body.metadata, repoName: null },
      },
    });
    const { repoName: _repoName, ...metadata } = submit.body.metadata;
    expect(JSON.parse(JSON.stringify(parsed.body))).toEqual({
      artifactType: submit.body.artifactType,
      artifactHash: submit.body.artifactHash,
      ciphertext: { ...submit.body.ciphertext, aad: undefined },
      metadata,
    });
    expect(p.artifactSubmitSchema.parse({ ...submit, body: { ...submit.body, metadata: null } }).body.metadata).toBe(
      undefined,
    );
  });

  test('a required member does not become optional by being null', () => {
    for (const member of ['artifactType', 'artifactHash', 'ciphertext']) {
      expect(p.artifactSubmitSchema.safeParse({ ...submit, body: { ...submit.body, [member]: null } }).success).toBe(
        false,
      );
    }
  });

  test('unknown members are ignored', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (name, value) => {
        fc.pre(!Object.hasOwn(submit, name) && !Object.hasOwn(submit.body, name) && name !== '__proto__');
        const parsed = p.artifactSubmitSchema.parse({
          ...submit,
          [name]: value,
          body: { ...submit.body, [name]: value },
        });
        expect(JSON.parse(JSON.stringify(parsed))).toEqual(submit);
      }),
    );
  });

  test('signed objects pass unchanged: unknown members, nulls and all', () => {
    const harpDecision = { ...decision.body.harpDecision, extra: null, more: [1.5] };
    const body = { ...decision.body, harpDecision, future: { a: null } };
    expect(p.decisionSubmitSchema.parse({ ...decision, body }).body).toEqual(body);
  });
});

describe('message ids on input', () => {
  test.each([undefined, null, '', 7, {}, [], 'x'.repeat(5000)])('%j', (msgId) => {
    expect(p.artifactSubmitSchema.safeParse({ ...submit, msgId }).success).toBe(true);
    expect(p.decisionSubmitSchema.safeParse({ ...decision, msgId }).success).toBe(true);
  });
});

describe(rules('GW-070')`requests without a required member`, () => {
  test('nothing, null and the empty object are the same', () => {
    for (const body of [undefined, null, {}]) expect(p.noBodySchema.parse(body)).toEqual({});
    for (const body of [[], 'x', 1, true]) expect(p.noBodySchema.safeParse(body).success).toBe(false);
  });
});

describe('acknowledgements that change nothing are no errors', () => {
  const ack = message('ack.submit');
  test.each([
    { ...ack, sender: {} },
    { ...ack, sender: null },
    { ...ack, sender: undefined },
    { ...ack, body: {} },
    { ...ack, body: { msgId: '', status: '', ackAt: '' } },
    { ...ack, body: { msgId: null, status: null, ackAt: null } },
    { ...ack, body: { msgId: 7, status: 'seen', ackAt: 'yesterday' } },
    { ...ack, body: null },
  ])('%#', (value) => {
    expect(p.ackReceivedSchema.safeParse(value).success).toBe(true);
  });
});

describe(rules('ID-020', 'ART-050', 'ART-040', 'APPR-040')`members of requests`, () => {
  const withBody = (change: object) =>
    p.artifactSubmitSchema.safeParse({ ...submit, body: { ...submit.body, ...change } });

  test.each([
    ['a', true],
    ['~'.repeat(200), true],
    ['...', true],
    ['a|b/c%20"', true],
    ['', false],
    ['.', false],
    ['..', false],
    ['~'.repeat(201), false],
    ['a b', false],
    ['a\n', false],
    ['\u007f', false],
    ['é', false],
  ])('requestId %j: %s', (requestId, accepted) => {
    expect(p.artifactSubmitSchema.safeParse({ ...submit, requestId }).success).toBe(accepted);
    expect(p.isRequestId(requestId)).toBe(accepted);
  });

  test.each([
    ['0'.repeat(64), true],
    [`sha256:${'0'.repeat(64)}`, true],
    ['x'.repeat(128), true],
    ['{}~', true],
    ['', false],
    ['x'.repeat(129), false],
    ['a|b', false],
    ['a b', false],
    ['é', false],
  ])('artifactHash %j: %s', (artifactHash, accepted) => {
    expect(withBody({ artifactHash }).success).toBe(accepted);
  });

  test.each([
    [Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`k${i}`, 'v'])), true],
    [Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v'])), false],
    [{ ['k'.repeat(64)]: 'v'.repeat(1024) }, true],
    [{ ['k'.repeat(65)]: 'v' }, false],
    [{ k: 'v'.repeat(1025) }, false],
    [{ k: '😀'.repeat(1024) }, true],
    [{ k: 7 }, false],
    [{ k: { a: 'b' } }, false],
    [[], false],
  ])('metadata %#: %s', (metadata, accepted) => {
    expect(withBody({ metadata }).success).toBe(accepted);
  });

  test.each(['Approve', 'APPROVE', 'approved', 'allow', 'deny', 'yes', '', 'approve ', null, true])(
    'decision %j',
    (word) => {
      const body = { ...decision.body, decision: word };
      expect(p.decisionSubmitSchema.safeParse({ ...decision, body }).success).toBe(false);
    },
  );

  test.each([
    ['A'.repeat(22), true],
    ['A'.repeat(128), true],
    ['A'.repeat(21), false],
    ['A'.repeat(129), false],
    [`${'A'.repeat(21)}|`, false],
    [`${'A'.repeat(22)}=`, false],
  ])('nonce %j: %s', (nonce, accepted) => {
    const body = { ...decision.body, nonce };
    expect(p.decisionSubmitSchema.safeParse({ ...decision, body }).success).toBe(accepted);
  });
});

describe(rules('ART-030')`ciphertexts`, () => {
  const good = submit.body.ciphertext;
  const codeOf = (change: object): string => {
    try {
      p.decodeCiphertext({ ...good, ...change });
      return 'accepted';
    } catch (error) {
      return (error as p.CiphertextError).code;
    }
  };

  test.each([
    [{}, 'accepted'],
    [{ alg: 'aes-256-gcm' }, 'accepted'],
    [{ alg: 'XCHACHA20-poly1305', nonce: Buffer.alloc(24).toString('base64') }, 'accepted'],
    [{ alg: 'none' }, 'HARP_ERR_UNSUPPORTED'],
    [{ alg: 'AES-128-GCM' }, 'HARP_ERR_UNSUPPORTED'],
    [{ alg: ' AES-256-GCM' }, 'HARP_ERR_UNSUPPORTED'],
    [{ alg: '' }, 'HARP_ERR_UNSUPPORTED'],
    [{ nonce: Buffer.alloc(24).toString('base64') }, 'invalid_request'],
    [{ alg: 'XChaCha20-Poly1305' }, 'invalid_request'],
    [{ tag: Buffer.alloc(12).toString('base64') }, 'invalid_request'],
    [{ tag: '' }, 'invalid_request'],
    [{ data: 'A' }, 'invalid_request'],
    [{ data: '!' }, 'invalid_request'],
    [{ aad: 'A' }, 'invalid_request'],
  ])('%j: %s', (change, code) => {
    expect(codeOf(change)).toBe(code);
  });
});

describe('naming what is wrong', () => {
  test('the path, never the value', () => {
    const bad = { ...submit, body: { ...submit.body, artifactHash: 'a secret|value' } };
    const error = (() => {
      try {
        return p.parseMessage(p.artifactSubmitSchema, bad);
      } catch (caught) {
        return caught as p.MessageError;
      }
    })() as p.MessageError;
    expect(error).toBeInstanceOf(p.MessageError);
    expect([error.code, error.path, error.message]).toEqual([
      'invalid_request',
      'body.artifactHash',
      'body.artifactHash is missing or wrong',
    ]);
    expect(error.cause).toBeDefined();
  });
});
