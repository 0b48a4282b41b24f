import { rules } from '@airlock/conformance';
import * as p from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { loadVectors } from '../vectors.js';

const decisions = loadVectors('decision-signature');
const deliver = decisions.harp.valid.find((c: any) => c.id === 'harp-approve').envelope;
const policies = loadVectors('gateway-messages').messages.find((m: any) => m.id === 'dnd.policy.list').value.body;
const plaintexts = [decisions.plaintext, ...decisions.plaintexts].map((c: any) => c.value);

interface Strict {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example: any;
  readonly optional: readonly string[];
}

const OPTIONAL_ACTION = 'sessionId notices extensions shell tool inputJson'.split(' ');
const strict: readonly Strict[] = [
  {
    name: 'harpDecision',
    schema: p.harpDecisionSchema,
    example: { ...deliver.body.harpDecision, policyHints: { reason: 'r', actionId: 'a', sessionId: 's' } },
    optional: ['policyHints'],
  },
  {
    name: 'harpDecision, form only',
    schema: p.harpDecisionFormSchema,
    example: deliver.body.harpDecision,
    optional: [],
  },
  {
    name: 'decision body of ours',
    schema: p.decisionBodySchema,
    example: { ...deliver.body, reason: 'no' },
    optional: ['reason', 'harpDecision'],
  },
  ...policies.map((example: any, i: number) => ({
    name: `policy ${i}`,
    schema: p.dndPolicySchema,
    example,
    optional: ['actionSelector', 'selectorHash', 'signerKeyId', 'signature'],
  })),
  ...plaintexts.map((example: any, i: number) => ({
    name: `plaintext ${i} (${example.kind})`,
    schema: p.airlockActionSchema,
    example,
    optional: OPTIONAL_ACTION.filter(
      (member) =>
        !((example.kind === 'mcp-call' || example.kind === 'tool') && (member === 'tool' || member === 'inputJson')),
    ),
  })),
];

const accepts = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

describe(rules('INV-2', 'CRYP-180')`objects that are signed or hashed`, () => {
  const any = fc.constantFrom(...strict);
  const member = (s: Strict, index: number): string => {
    const names = Object.keys(s.example);
    return names[index % names.length]!;
  };

  test.each(strict.map((s) => [s.name, s] as const))('%s is accepted as it is', (_name, s) => {
    expect(s.schema.parse(s.example)).toEqual(s.example);
  });

  test('a missing member refuses', () => {
    fc.assert(
      fc.property(any, fc.nat(), (s, index) => {
        const name = member(s, index);
        const { [name]: _gone, ...rest } = s.example;
        expect(accepts(s.schema, rest)).toBe(s.optional.includes(name));
      }),
      { numRuns: 500 },
    );
  });

  test('an extra member refuses, whatever it holds', () => {
    fc.assert(
      fc.property(any, fc.string({ minLength: 1 }), fc.jsonValue(), (s, name, value) => {
        fc.pre(!Object.hasOwn(s.example, name) && name !== '__proto__' && !OPTIONAL_ACTION.includes(name));
        expect(accepts(s.schema, { ...s.example, [name]: value })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a member under another case or with white space refuses, beside the right one and instead of it', () => {
    const respell = fc.constantFrom<(name: string) => string>(
      (name) => name.charAt(0).toUpperCase() + name.slice(1),
      (name) => name.toUpperCase(),
      (name) => ` ${name}`,
      (name) => `${name} `,
      (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    );
    fc.assert(
      fc.property(any, fc.nat(), respell, (s, index, change) => {
        const name = member(s, index);
        const other = change(name);
        fc.pre(other !== name);
        const { [name]: value, ...rest } = s.example;
        expect(accepts(s.schema, { ...rest, [other]: value })).toBe(false);
        expect(accepts(s.schema, { ...s.example, [other]: value })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a member of another type refuses: nothing is converted', () => {
    const wrong = fc.constantFrom<(value: any) => unknown>(
      () => null,
      (value) => [value],
      (value) => ({ value }),
      (value) => (typeof value === 'number' ? String(value) : 7),
      (value) => (typeof value === 'boolean' ? 'true' : true),
    );
    fc.assert(
      fc.property(any, fc.nat(), wrong, (s, index, change) => {
        const name = member(s, index);
        expect(accepts(s.schema, { ...s.example, [name]: change(s.example[name]) })).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('fixed words are exact', () => {
    const harp = strict[0]!;
    for (const [name, words] of Object.entries({
      decision: ['Approve', 'APPROVE', 'approve ', 'approved', 'allow', 'yes', ''],
      scope: ['Once', 'session', 'always', ''],
      sigAlg: ['ed25519', 'EdDSA', 'none', ''],
      artifactHashAlg: ['sha-256', 'SHA256', 'none', ''],
      artifactHash: [harp.example.artifactHash.toUpperCase(), `sha256:${harp.example.artifactHash}`, ''],
      nonce: ['short', `${harp.example.nonce}|`, `${harp.example.nonce}=`],
    })) {
      for (const word of words) expect(accepts(harp.schema, { ...harp.example, [name]: word })).toBe(false);
    }
  });
});

describe(rules('INV-2', 'ENF-070')`frame of a delivered decision`, () => {
  const names = [
    'artifactHash',
    'decision',
    'reason',
    'signerKeyId',
    'nonce',
    'signature',
    'harpDecision',
    'decisionHash',
  ];

  test('passes the values on unjudged, so that later steps refuse them with their own codes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { noNullPrototype: true }), (body) => {
        const frame = p.decisionFrameSchema.parse({ msgType: 'decision.deliver', body });
        expect(frame.body).toEqual(body);
      }),
    );
  });

  test('refuses every other member, spelling and form of the body', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (name, value) => {
        fc.pre(!names.includes(name) && name !== '__proto__');
        expect(accepts(p.decisionFrameSchema, { ...deliver, body: { ...deliver.body, [name]: value } })).toBe(false);
      }),
    );
    for (const name of ['status', 'approved', 'Decision', 'DECISION', 'artifacthash', 'SignerKeyId']) {
      expect(accepts(p.decisionFrameSchema, { ...deliver, body: { ...deliver.body, [name]: 'approve' } })).toBe(false);
    }
    for (const body of [null, undefined, [], [deliver.body], 'approve', 1]) {
      expect(accepts(p.decisionFrameSchema, { ...deliver, body })).toBe(false);
    }
    expect(accepts(p.decisionFrameSchema, { ...deliver, msgType: 'Decision.deliver' })).toBe(false);
  });
});

describe('plaintexts of every kind', () => {
  const command = plaintexts[0];

  test('a member of another kind refuses', () => {
    for (const [name, value] of Object.entries({ files: [], server: 's', policy: '{}', refs: [], commits: [] })) {
      expect(accepts(p.airlockActionSchema, { ...command, [name]: value })).toBe(false);
    }
    for (const kind of ['Command', 'shell', '', null, undefined]) {
      expect(accepts(p.airlockActionSchema, { ...command, kind })).toBe(false);
    }
  });

  test('a generic tool call is one of the kinds', () => {
    const { kind: _kind, argv: _a, cwd: _c, program: _p, programSha256: _s, environment: _e, ...rest } = command;
    const { stdin: _stdin, shell: _shell, ...tool } = rest;
    expect(accepts(p.airlockActionSchema, { ...tool, kind: 'tool' })).toBe(true);
    expect(accepts(p.airlockActionSchema, { ...tool, kind: 'tool', inputJson: undefined })).toBe(false);
  });

  test('notices are sorted and there once each', () => {
    const withNotices = (notices: unknown) => accepts(p.airlockActionSchema, { ...command, notices });
    expect(withNotices([...p.NOTICES])).toBe(true);
    expect(withNotices(['same-host', 'content-not-shown'])).toBe(false);
    expect(withNotices(['same-host', 'same-host'])).toBe(false);
    expect(withNotices(['some-future-notice'])).toBe(true);
    expect(withNotices('same-host')).toBe(false);
  });

  test('a policy document with a member that this version does not know is unreadable', () => {
    expect(p.policyDocumentSchema.parse({ version: 1772373600 })).toEqual({ version: 1772373600 });
    for (const bad of [{}, { version: 0 }, { version: 1.5 }, { version: '1' }, { version: 1, failMode: 'open' }, []]) {
      expect(accepts(p.policyDocumentSchema, bad)).toBe(false);
    }
  });

  test.each([
    ['an Ed25519 key', 'A'.repeat(43), true],
    ['a shorter one', 'A'.repeat(42), false],
    ['a longer one', 'A'.repeat(44), false],
    ['padding', `${'A'.repeat(43)}=`, false],
    ['the other alphabet', `${'A'.repeat(42)}+`, false],
    ['bits beyond the last byte', `${'A'.repeat(42)}B`, false],
    ['something else', 1, false],
  ])('a policy document may name the next approver by its key: %s', (_title, approverKey, accepted) => {
    expect(accepts(p.policyDocumentSchema, { approverKey, version: 1 })).toBe(accepted);
    const text = p.canonicalize({ approverKey, version: 1 });
    expect(p.readPolicyDocument(text)).toEqual(accepted ? { approverKey, version: 1 } : null);
    expect(p.readPolicyDocument(` ${text}`)).toBeNull();
  });
});
