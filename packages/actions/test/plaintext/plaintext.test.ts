import { createHash } from 'node:crypto';
import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActionContent,
  actionPlaintext,
  commandAction,
  type CommandContent,
  type PlaintextContext,
  policyChangeAction,
} from '../../src/index.js';
import { PLAINTEXTS } from './vectors.js';

const HASH = 'ab'.repeat(32);
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const CONTENT = commandAction({
  argv: ['npm', 'test'],
  cwd: '/srv/widgets',
  program: '/usr/bin/npm',
  programSha256: HASH,
  environment: {},
  stdin: 'none',
});
const CONTEXT: PlaintextContext = {
  requestId: 'req-1',
  artifactType: 'command.review',
  createdAt: Date.UTC(2026, 2, 2, 14),
  expiresAt: Date.UTC(2026, 2, 2, 14, 10),
  salt: new Uint8Array(16),
  enforcerId: 'enf-1',
  workspaceId: '/srv/widgets',
  workspace: 'widgets',
  repoName: 'widgets',
  repoRef: 'repo:example/widgets',
  source: 'run',
  sessionId: 'sess-1',
  policyVersion: 0,
  policySha256: HASH,
};

/** Content and context from which a vector's plaintext must come out, byte for byte. */
function inputsOf(value: any): { content: ActionContent; context: PlaintextContext } {
  const { type: _type, v: _v, contentSha256: _hash, createdAt, expiresAt, salt, ...rest } = value;
  const names = [
    'requestId',
    'artifactType',
    'enforcerId',
    'workspaceId',
    'workspace',
    'repoName',
    'repoRef',
    'source',
    'sessionId',
    'policyVersion',
    'policySha256',
    'notices',
  ];
  const pick = (isContext: boolean) =>
    Object.fromEntries(Object.entries(rest).filter(([name]) => names.includes(name) === isContext));
  return {
    content: pick(false) as any,
    context: {
      ...(pick(true) as any),
      createdAt: Date.parse(createdAt),
      expiresAt: Date.parse(expiresAt),
      salt: Buffer.from(salt, 'base64url'),
    },
  };
}

describe(rules('ART-142', 'ART-150')`plaintexts of the vectors`, () => {
  it.each(PLAINTEXTS.map((vector) => [vector.id, vector] as const))('%s', (_, vector) => {
    const { content, context } = inputsOf(vector.value);
    const made = actionPlaintext(content, context);
    expect(made.text).toBe(vector.canonical);
    expect(made.contentSha256).toBe(vector.contentSha256);
    expect(made.artifactHash).toBe(sha256(vector.canonical));
    if (vector.artifactHash !== '') expect(made.artifactHash).toBe(vector.artifactHash);
    expect(made.action).toEqual(vector.value);
  });
});

describe(rules('INV-13', 'ART-130', 'ART-150')`the hash`, () => {
  it('is over exactly the bytes that are encrypted, which are the canonical text', () => {
    const { bytes, text, artifactHash } = actionPlaintext(CONTENT, CONTEXT);
    expect(new TextDecoder().decode(bytes)).toBe(text);
    expect(artifactHash).toBe(sha256(bytes));
  });

  it('covers every fact and every member of the context', () => {
    const base = actionPlaintext(CONTENT, CONTEXT).artifactHash;
    const contents: Partial<CommandContent>[] = [
      { argv: ['npm', 'tes', 't'] },
      { cwd: '/srv/other' },
      { program: '/usr/bin/npx' },
      { programSha256: 'cd'.repeat(32) },
      { environment: { LD_PRELOAD: '=/x' } },
      { stdin: 'tty' },
      { shell: '/bin/sh' },
      { commandText: 'npm  test' },
      { description: 'x' },
      { extensions: { 'airlock.interpreters': [] } },
    ];
    const contexts: Partial<PlaintextContext>[] = [
      { requestId: 'req-2' },
      { artifactType: 'x' },
      { createdAt: CONTEXT.createdAt + 1 },
      { expiresAt: CONTEXT.expiresAt + 1 },
      { salt: new Uint8Array(16).fill(1) },
      { enforcerId: 'enf-2' },
      { workspaceId: '/srv' },
      { workspace: 'w' },
      { repoName: 'r' },
      { repoRef: 'r' },
      { source: 's' },
      { sessionId: 'sess-2' },
      { policyVersion: 1 },
      { policySha256: 'cd'.repeat(32) },
      { notices: ['same-host'] },
    ];
    const hashes = [
      base,
      ...contents.map((change) => actionPlaintext({ ...CONTENT, ...change }, CONTEXT).artifactHash),
      ...contexts.map((change) => actionPlaintext(CONTENT, { ...CONTEXT, ...change }).artifactHash),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe(rules('INV-14')`two requests`, () => {
  it('never share a hash, also for the same content', () => {
    const salts = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const ids = fc.uuid().map((id) => `req-${id}`);
    fc.assert(
      fc.property(salts, ids, salts, ids, (salt, requestId, otherSalt, otherId) => {
        fc.pre(requestId !== otherId);
        const one = actionPlaintext(CONTENT, { ...CONTEXT, salt, requestId });
        const other = actionPlaintext(CONTENT, { ...CONTEXT, salt: otherSalt, requestId: otherId });
        expect(one.artifactHash).not.toBe(other.artifactHash);
        expect(one.contentSha256).toBe(other.contentSha256);
      }),
    );
  });

  it('need 16 bytes of salt', () => {
    expect(() => actionPlaintext(CONTENT, { ...CONTEXT, salt: new Uint8Array(15) })).toThrow(TypeError);
  });
});

describe(rules('INV-15')`what is executed`, () => {
  it('is what was hashed: the action holds exactly the facts', () => {
    const words = fc.array(
      fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(words, (rest) => {
        const argv = ['prog', ...rest];
        const content = commandAction({ ...CONTENT, argv, shell: undefined, commandText: undefined } as any);
        const { text, action } = actionPlaintext(content, CONTEXT);
        expect(JSON.parse(text).argv).toEqual(argv);
        expect(action).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe(rules('INV-17')`what cannot be bound is refused before anything is hashed`, () => {
  it.each<[string, Partial<CommandContent>]>([
    ['ill-formed Unicode', { argv: ['a\ud800'] }],
    ['a float', { extensions: { x: 1.5 } }],
    ['null', { extensions: { x: null } }],
    ['a key outside the profile', { environment: { 'a b': 'unset' } }],
    ['more than 32 levels', { extensions: { x: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) } }],
  ])('%s', (_, change) => {
    expect(() => actionPlaintext({ ...CONTENT, ...change }, CONTEXT)).toThrowError(
      expect.objectContaining({ code: 'HARP_ERR_CANONICALIZATION' }),
    );
  });

  it('a member that no action has', () => {
    expect(() => actionPlaintext({ ...CONTENT, hidden: 'x' } as any, CONTEXT)).toThrowError(
      expect.objectContaining({ code: 'action_invalid' }),
    );
  });
});

describe(rules('ART-130')`size`, () => {
  it('above the limit denies rather than shortens', () => {
    const policy = `{"version":1,"x":"${'a'.repeat(2 * 1024 * 1024)}"}`;
    expect(() => actionPlaintext(policyChangeAction({ policy, summary: 's' }), CONTEXT)).toThrowError(
      expect.objectContaining({ code: 'action_too_large' }),
    );
  });
});

describe(rules('ART-145')`notices`, () => {
  it('are sorted and named once', () => {
    const notices = ['unprotected-key', 'same-host', 'unprotected-key'];
    expect(actionPlaintext(CONTENT, { ...CONTEXT, notices }).action.notices).toEqual(['same-host', 'unprotected-key']);
    expect(actionPlaintext(CONTENT, { ...CONTEXT, notices: [] }).action.notices).toBeUndefined();
  });
});
