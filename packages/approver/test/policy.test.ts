import { rules } from '@airlock/conformance';
import { contentSha256, nobleVerifier, sha256Hex, verifyPolicySignature } from '@airlock/crypto';
import { canonicalBytes, canonicalize, dndPolicySchema, utf8Encode } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApproverMemory, type DenialInput, openRequest, signDenial } from '../src/index.js';
import { DECISION, KEYS, memoryOf, NOW, requestFor } from './device.js';

const CHANGE = DECISION.plaintexts.find(({ id }: any) => id === 'policy-change').value;
const VERSION = Math.floor(NOW / 1000);
const AUTO = { auto: { until: '2026-03-02T22:00:00.000Z' } };
const PATTERN = {
  text: 'npm test',
  cwd: '/home/ada/widgets',
  shell: '/bin/bash',
  program: { path: '/usr/bin/npm', device: '1', inode: '2', sha256: 'ab'.repeat(32) },
  configuration: [],
  environmentSha256: 'cd'.repeat(32),
};
const TOOL = {
  server: 'search',
  serverSha256: 'ab'.repeat(32),
  tool: 'query',
  definitionSha256: 'cd'.repeat(32),
};
const OTHER = { ...PATTERN, text: 'npm run lint' };

function memoryWith(document: Record<string, unknown> | null): ApproverMemory {
  const text = document === null ? null : canonicalize({ version: VERSION - 100, ...document });
  const sha256 = sha256Hex(utf8Encode(text ?? '{}'));
  const { enforcerId, workspaceId } = CHANGE;
  return { ...memoryOf(), policies: [{ enforcerId, workspaceId, version: VERSION - 100, sha256, text }] };
}

function read(document: Record<string, unknown>, memory: ApproverMemory = memoryOf()) {
  const value = { ...CHANGE, policy: canonicalize({ version: VERSION, ...document }) };
  const request = requestFor({ ...value, contentSha256: contentSha256(value) });
  const { content } = openRequest(memory, request, NOW).opened;
  if (content.kind !== 'action' || content.policy === undefined) throw new Error('not read');
  return content.policy;
}

describe(rules('APPR-155', 'APPR-170')`a policy document in words`, () => {
  it('says everything that it permits', () => {
    const { permits, version, replacesApprover } = read({ ...AUTO, patterns: [PATTERN], unmanaged: ['/srv/x'] });
    const text = permits.join('\n');
    for (const part of ['npm test', '/home/ada/widgets', '/usr/bin/npm', '2026-03-02 22:00 UTC', '/srv/x'])
      expect(text).toContain(part);
    expect({ version, replacesApprover }).toEqual({ version: VERSION, replacesApprover: false });
  });

  it('says of a tool which hashes hold it, so that they can be compared with the card of its call', () => {
    expect(read({ tools: [TOOL] }).permits).toEqual([
      'Called without asking, the tool: query',
      '  of the server that is named: search',
      `  while its program, files and arguments, or its address, stay the same: ${TOOL.serverSha256}`,
      `  while description and schema of the tool stay the same: ${TOOL.definitionSha256}`,
    ]);
  });

  it('that allows a tool under a condition of a later version is none: it cannot be approved', () => {
    expect(() => read({ tools: [{ ...TOOL, onlyArguments: '{}' }] })).toThrow('not read');
  });

  it('without any permission says so', () => {
    expect(read({}).permits).toEqual(['Everything is asked but reading in the workspace.']);
  });

  it('that names the next approver is told apart', () => {
    const { replacesApprover, permits } = read({ approverKey: 'A'.repeat(43) });
    expect(replacesApprover).toBe(true);
    expect(permits.join()).toContain('A'.repeat(43));
  });

  it('shows no character of the document as it is that could mislead', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (text) => {
        const { permits } = read({ patterns: [{ ...PATTERN, text: `x${text}`.toWellFormed() }] });
        for (const line of permits) expect(line).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

describe(rules('APPR-155')`what a new document changes`, () => {
  it('is everything when none was signed before', () => {
    expect(read(AUTO).comparison).toEqual({ kind: 'first' });
  });

  it('is unknown when only the hash of the old one was kept', () => {
    expect(read(AUTO, memoryWith(null)).comparison).toEqual({ kind: 'unknown', version: VERSION - 100 });
  });

  const lines = (reading: ReturnType<typeof read>) => {
    if (reading.comparison.kind !== 'changes') throw new Error(reading.comparison.kind);
    const { added, removed, pinnedAnew } = reading.comparison;
    return { added, removed, pinnedAnew };
  };
  const first = (all: readonly string[]) => all.filter((line) => !line.startsWith(' '));

  it.each<[string, Record<string, unknown>, Record<string, unknown>, [string[], string[], string[]]]>([
    ['nothing', { patterns: [PATTERN] }, { patterns: [PATTERN] }, [[], [], []]],
    [
      'a pattern more',
      { patterns: [PATTERN] },
      { patterns: [OTHER, PATTERN] },
      [['Approved without asking: npm run lint'], [], []],
    ],
    [
      'a pattern less',
      { patterns: [OTHER, PATTERN] },
      { patterns: [PATTERN] },
      [[], ['Approved without asking: npm run lint'], []],
    ],
    [
      'another program behind the same words',
      { patterns: [PATTERN] },
      {
        patterns: [{ ...PATTERN, program: { ...PATTERN.program, sha256: 'ef'.repeat(32) } }],
      },
      [[], [], ['Approved without asking: npm test']],
    ],
    [
      'a tool more, beside a pattern',
      { patterns: [PATTERN] },
      { patterns: [PATTERN], tools: [TOOL] },
      [['Called without asking, the tool: query'], [], []],
    ],
    [
      'another definition of a tool: one is new and one is gone, for their hashes are read',
      { tools: [TOOL] },
      { tools: [{ ...TOOL, definitionSha256: 'ef'.repeat(32) }] },
      [['Called without asking, the tool: query'], ['Called without asking, the tool: query'], []],
    ],
    [
      'another server behind the same names',
      { tools: [TOOL] },
      { tools: [{ ...TOOL, serverSha256: 'ef'.repeat(32) }] },
      [['Called without asking, the tool: query'], ['Called without asking, the tool: query'], []],
    ],
    ['a tool less', { tools: [TOOL] }, {}, [[], ['Called without asking, the tool: query'], []]],
    [
      'auto mode for the strictest policy',
      {},
      AUTO,
      [['Auto mode on until 2026-03-02 22:00 UTC: nothing is asked but what touches the gate itself.'], [], []],
    ],
    [
      'the end of auto mode',
      AUTO,
      {},
      [[], ['Auto mode on until 2026-03-02 22:00 UTC: nothing is asked but what touches the gate itself.'], []],
    ],
    [
      'a requirement less',
      { requirements: ['harp-decision'] },
      {},
      [[], ['Required: decisions in the signed HARP form.'], []],
    ],
  ])('%s', (_, before, after, [added, removed, pinnedAnew]) => {
    const found = lines(read(after, memoryWith(before)));
    expect(first(found.added)).toEqual(added);
    expect(first(found.removed)).toEqual(removed);
    expect(first(found.pinnedAnew)).toEqual(pinnedAnew);
  });
});

describe(rules('DND-050', 'DND-030')`a denial`, () => {
  const [pairing] = memoryOf().pairings;
  const make = (change: Partial<DenialInput> = {}) =>
    signDenial(
      { pairing: pairing!, workspaceId: 'ws-example', forMs: 3_600_000, policyId: 'dnd-1', at: NOW, ...change },
      KEYS.signer,
    );

  it('of everything has the scope of the workspace', async () => {
    const policy = await make();
    expect(policy).toEqual({
      requestId: 'dnd-1',
      objectType: 'airlock.dnd.workspace',
      enforcerId: pairing?.enforcerId,
      workspaceId: 'ws-example',
      policyMode: 'deny_all',
      createdAt: '2026-03-02T14:00:30.000Z',
      expiresAt: '2026-03-02T15:00:30.000Z',
      signerKeyId: pairing?.signerKeyId,
      signature: expect.any(String),
    });
    expect(verifyPolicySignature({ verifier: nobleVerifier, publicKey: KEYS.signer.publicKey }, policy)).toBe(true);
  });

  it('of some commands has the scope of an action, and the hash of its selector', async () => {
    const policy = await make({ argvPrefix: ['git', 'push'] });
    expect(policy).toMatchObject({
      objectType: 'airlock.dnd.action',
      actionSelector: { argvPrefix: ['git', 'push'] },
      selectorHash: sha256Hex(canonicalBytes({ argvPrefix: ['git', 'push'] })),
    });
    expect(dndPolicySchema.safeParse(policy).success).toBe(true);
    expect(verifyPolicySignature({ verifier: nobleVerifier, publicKey: KEYS.signer.publicKey }, policy)).toBe(true);
  });

  it.each<[string, Partial<DenialInput>]>([
    ['longer than a day', { forMs: 24 * 3_600_000 + 1 }],
    ['no time', { forMs: 0 }],
    ['part of a millisecond', { forMs: 1.5 }],
    ['no words', { argvPrefix: [] }],
    ['a blank word', { argvPrefix: ['git', ' '] }],
  ])('is refused for %s', async (_, change) => {
    await expect(make(change)).rejects.toMatchObject({ code: 'denial_impossible' });
  });
});
