import { EMPTY_MEMORY, readMemory, rememberGrant, signPolicy } from '@airlock/approver';
import { rules } from '@airlock/conformance';
import { ed25519PublicKey, ed25519Sign } from '@airlock/crypto';
import { dndPolicySchema, type JsonObject } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { grantLines } from '../../src/commands/approver/grants.js';
import { standingRows } from '../../src/device/standing-words.js';

const AT = Date.parse('2026-01-01T00:00:00.000Z');
const SEED = new Uint8Array(32).fill(5);
const SIGNER = { publicKey: ed25519PublicKey(SEED), sign: async (text: Uint8Array) => ed25519Sign(SEED, text) };
const HASH = 'ab'.repeat(32);
const ID = 'dnd-11111111-1111-4111-8111-111111111111';

const policy = (change: Record<string, unknown> = {}) => ({
  requestId: ID,
  objectType: 'airlock.dnd.action',
  enforcerId: 'enf-1',
  workspaceId: '/home/ada/widgets',
  policyMode: 'approve_all',
  actionSelector: { contentSha256: HASH },
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T00:30:00.000Z',
  ...change,
});

const signed = async (change: Record<string, unknown> = {}): Promise<JsonObject> => {
  const made = await signPolicy(dndPolicySchema.parse({ ...policy(change), signerKeyId: 'key-1' }), SIGNER);
  return JSON.parse(JSON.stringify(made));
};

const read = (listed: readonly JsonObject[], memory = EMPTY_MEMORY) =>
  standingRows(listed, { memory, publicKey: SIGNER.publicKey });

describe(rules('APPR-220')`a standing policy in words`, () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['content that is not remembered', {}, 'exactly one action again, with content abababababababab…'],
    [
      'content in one session',
      { actionSelector: { contentSha256: HASH, sessionId: 's-1' } },
      'exactly one action again, with content abababababababab…, only in session s-1',
    ],
    ['first words', { actionSelector: { argvPrefix: ['git', 'a b'] } }, "commands that begin with git 'a b'"],
    ['a whole command', { actionSelector: { argv: ['npm', 'test'] } }, 'exactly the command npm test'],
    ['a family', { actionSelector: { commandFamily: 'npm' } }, 'every command of npm'],
    ['no selector', { actionSelector: undefined }, 'nothing'],
    ['a workspace', { objectType: 'airlock.dnd.workspace', actionSelector: undefined }, 'everything'],
    [
      'a type of artifact',
      { objectType: 'airlock.dnd.workspace', actionSelector: undefined, targetArtifactType: 'command.review' },
      'everything, only of type command.review',
    ],
    ['words that would draw', { actionSelector: { commandFamily: 'a\u001b[2J' } }, 'every command of a\\u{1B}[2J'],
  ])('%s', (_, change, words) => {
    expect(read([JSON.parse(JSON.stringify(policy(change)))]).rows[0]?.selects).toBe(words);
  });

  test('names what was granted from its own memory, and the workspace from its own record', () => {
    const pairing = {
      pairingId: 'pair-1',
      pairingNonce: 'pn-aaaaaaaaaaaaaaaaaaaaaa',
      enforcerId: 'enf-1',
      deviceId: 'd',
      enforcerLabel: 'laptop',
      workspaceName: 'widgets',
      signerKeyId: 'key-1',
      assurance: 'verified',
      capabilities: [],
      safetyNumber: '0',
      pairingKey: null,
      proven: true,
      pairedAt: 1,
      workspaceId: '/home/ada/widgets',
    };
    const known = readMemory({ ...EMPTY_MEMORY, pairings: [pairing] });
    const memory = rememberGrant(known, dndPolicySchema.parse(policy()), 'npm test');
    const { rows } = read([policy()], memory);
    expect(rows[0]).toMatchObject({
      workspace: 'widgets',
      enforcerLabel: 'laptop',
      selects: 'exactly this again: npm test',
    });
    expect(read([policy({ workspaceId: '/elsewhere' })], memory).rows[0]?.workspace).toBe('/elsewhere');
  });

  test('an approval that is not signed by this approver says so; a refusal need not be signed', async () => {
    const own = await signed();
    const altered = { ...own, expiresAt: '2026-01-01T01:00:00.000Z' };
    const denial = policy({ policyMode: 'deny_all' });
    const { rows } = read([own, altered, policy(), denial]);
    expect(rows.map(({ signedHere }) => signedHere)).toEqual([true, false, false, false]);
    expect(grantLines(rows, AT).map((line) => line.includes('NOT SIGNED BY THIS APPROVER'))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('what is no policy is counted, not guessed', () => {
    expect(read([{ requestId: 'dnd-1' }, { ...policy(), allowMore: true }, policy()])).toMatchObject({ unreadable: 2 });
  });

  test('the list is aligned, with effect, scope, place and end', async () => {
    const { rows } = read([
      await signed(),
      policy({ policyMode: 'deny_all', actionSelector: { commandFamily: 'rm' } }),
    ]);
    expect(grantLines(rows, AT)).toEqual([
      'POLICY                                    EFFECT    SCOPE   WORKSPACE          ENDS         WHAT',
      `${ID}  approves  action  /home/ada/widgets  30 min left  exactly one action again, with content abababababababab…`,
      `${ID}  refuses   action  /home/ada/widgets  30 min left  every command of rm`,
    ]);
  });
});
