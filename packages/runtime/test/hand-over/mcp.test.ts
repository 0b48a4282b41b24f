import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import type { HostCall, HostDesk } from '../../src/host/host-desk.js';
import type { HostAdapter } from '../../src/socket/host-adapter.js';
import { verifyAudit } from '../../src/audit/read-audit.js';
import { ask, lastOf, launch, pairUp } from '../support/daemon.js';
import {
  answered,
  approved,
  type HandOverScene,
  handOverScene,
  type HostChange,
  isHandedOver,
  type ProxyChange,
  proxyBody,
  toolCall,
  toolInput,
} from '../support/hand-over.js';
import { entriesOf, HOST } from '../support/host.js';
import { Human } from '../support/human.js';
import { OTHER_DEFINITION, serverOf } from '../support/mcp-actions.js';
import { auditOf, denial, type PolicyScene, policyScene, until, untilVerdict } from '../support/policy-scene.js';
import { inHours, signed } from '../support/signing.js';

const SLOW = { timeout: 120_000 };

const end = (made: HandOverScene, path: string) =>
  made.desk.ended({ host: HOST, sessionId: 's-1', toolUseId: `toolu_${path}`, result: 'succeeded' });

/** Names of the pairing, for policies of its approver. */
async function pairingOf(made: HandOverScene): Promise<PolicyScene> {
  const [workspace] = (await made.client.status()).workspaces;
  if (workspace === undefined) throw new Error('not paired');
  const { workspaceId, enforcerId } = workspace;
  return { ...made, workspaceId, enforcerId };
}

describe(rules('LOC-147', 'LOC-045')`an approval at the host covers the call that the proxy executes`, () => {
  it('once, under its own id, and on record with what the human approved', SLOW, async () => {
    const made = await handOverScene();
    const given = await approved(made, toolCall(made, '/a'));
    const decided = lastOf(await ask(made, proxyBody('/a')));
    expect(decided).toMatchObject({
      verdict: 'allow',
      outcome: 'approved',
      basis: { kind: 'handed-over', requestId: given.requestId },
      signerKeyId: made.human.signerKeyId,
      assurance: 'verified',
    });
    expect(decided.requestId).not.toBe(given.requestId);
    expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    expect(await made.client.claim(decided.requestId)).toMatchObject({ granted: false, code: 'already_executed' });
    await made.client.outcome(decided.requestId, { result: 'exited', exitCode: 0 });
    end(made, '/a');
    expect(made.relay.artifacts.size).toBe(1);
    const { requestId: fromRequestId } = given;
    const saw = made.human.read(made.relay.artifacts.get(fromRequestId)!);
    expect(auditOf(made, 'approval.handed-over')).toMatchObject([
      {
        requestId: decided.requestId,
        basis: 'handed-over',
        fromRequestId,
        fromArtifactHash: made.relay.artifacts.get(fromRequestId)?.artifactHash,
        fromContentSha256: saw['contentSha256'],
      },
    ]);
    expect(entriesOf(made, decided.requestId)).toEqual([
      'approval.handed-over',
      'execution.granted',
      'execution.outcome',
    ]);
    expect(auditOf(made, 'execution.granted').at(-1)).toMatchObject({ basis: 'handed-over', fromRequestId });
    expect((await verifyAudit(made.paths)).ok).toBe(true);
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });

  it('and no other: each of these is asked anew, the call itself is not', SLOW, async () => {
    const made = await handOverScene();
    const rows: Record<string, ProxyChange> = {
      'another tool': { tool: 'remove' },
      'another server': { server: 'tiny2' },
      'another argument': { inputJson: toolInput('/b') },
      'one more argument': { inputJson: '{"force":true,"path":"/a"}' },
      'another method': { binding: { method: 'prompts/get' } },
      'through a gateway of somebody else': { binding: { server: { transport: 'gateway' } } },
      'by another gate': { source: 'mcp-resources' },
      'by airlock run': { source: 'run' },
      'that is only claimed': { isClaimed: true },
      'without what the proxy binds': { action: await actionOf(toolCall(made, '/a')) },
    };
    await approved(made, toolCall(made, '/a'));
    const found: Record<string, string> = {};
    for (const [what, change] of Object.entries(rows)) found[what] = await isHandedOver(made, proxyBody('/a', change));
    found['the call itself'] = await isHandedOver(made, proxyBody('/a'));
    const asked = Object.fromEntries(Object.keys(rows).map((what) => [what, 'asked']));
    expect(found).toEqual({ ...asked, 'the call itself': 'handed over' });
  });

  it('unless the call of the host was none that hands over', SLOW, async () => {
    const made = await handOverScene();
    const rows: Record<string, HostChange> = {
      'of a host that executes it itself': { handsOver: false },
      'that is only claimed': { isClaimed: true },
    };
    const found: Record<string, string> = {};
    for (const [what, change] of Object.entries(rows)) {
      await approved(made, toolCall(made, `/${what}`, change));
      found[what] = await isHandedOver(made, proxyBody(`/${what}`));
    }
    expect(found).toEqual(Object.fromEntries(Object.keys(rows).map((what) => [what, 'asked'])));
  });

  it('to one of two proxies that ask at once', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    const both = [proxyBody('/a', { sessionId: 'one' }), proxyBody('/a', { sessionId: 'two' })];
    const found = await Promise.all(both.map((body) => isHandedOver(made, body)));
    expect(found.sort()).toEqual(['asked', 'handed over']);
  });

  it('two approvals of the same call cover two', SLOW, async () => {
    const made = await handOverScene();
    const first = await approved(made, toolCall(made, '/a', { toolUseId: 'toolu_1' }));
    const second = await approved(made, toolCall(made, '/a', { toolUseId: 'toolu_2' }));
    const found = [await answered(made, proxyBody('/a')), await answered(made, proxyBody('/a'))];
    expect(found).toEqual([first, second].map(({ requestId }) => `handed over from ${requestId}`));
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });
});

const actionOf = async (call: HostCall) => (await call.describe()).action;

describe(rules('LOC-147', 'LOC-080')`an approval is not handed over when what it was given under does not hold`, () => {
  /** What happens between the approval and the proxy's question, or between that and the claim. */
  const rows: Record<string, [(made: HandOverScene) => unknown, string]> = {
    'after 60 s': [(made) => (made.clocks.mono += 60_000), 'approval_expired'],
    'after 60 s, the wall clock set back': [
      (made) => {
        made.clocks.wall -= 3_600_000;
        made.clocks.mono += 60_000;
      },
      'approval_expired',
    ],
    'when the call of the host is over': [(made) => end(made, '/a'), 'call_over'],
    'when the session of the host is over': [(made) => made.desk.sessionEnded(HOST, 's-1'), 'call_over'],
    'when another layer reported other input': [
      (made) => made.desk.decide(toolCall(made, '/a', { layer: 'tool.run', inputJson: toolInput('/b') })),
      'call_over',
    ],
    'when the user is signed out': [(made) => made.client.signOut(), 'not_signed_in'],
    'when the workspace is not paired any more': [async (made) => made.client.unpair(made.workspace), 'not_paired'],
  };

  it.each(Object.entries(rows))('%s', SLOW, async (_, [happens, code]) => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    await approved(made, toolCall(made, '/late', {}));
    const { requestId, outcome } = lastOf(await ask(made, proxyBody('/late')));
    expect(outcome).toBe('approved');
    if (code === 'call_over') end(made, '/late');
    await happens(made);
    expect(await isHandedOver(made, proxyBody('/a'))).not.toBe('handed over');
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code });
  });

  it('59 s after it, it is', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    made.clocks.mono += 58_000;
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('handed over');
  });

  it('after a start of the daemon', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });

  it.each<[string, Record<string, unknown>]>([
    ['the definition of the tool has changed', { definition: { sha256: OTHER_DEFINITION } }],
    ['the server has changed', { server: serverOf('9'.repeat(64)) }],
  ])('when %s since it was last approved', SLOW, async (_, binding) => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    const { requestId } = lastOf(await ask(made, proxyBody('/a')));
    expect(await made.client.claim(requestId)).toEqual({ granted: true });
    await approved(made, toolCall(made, '/b'));
    expect(await isHandedOver(made, proxyBody('/b', { binding }))).toBe('asked');
    expect(await isHandedOver(made, proxyBody('/b'))).toBe('handed over');
  });

  it('when a policy let the call of the host through, and nobody approved it', SLOW, async () => {
    const made = await handOverScene();
    await signed(made, { kind: 'auto-on', until: inHours(1) });
    expect(await made.desk.decide(toolCall(made, '/a'))).toMatchObject({ permission: 'pass' });
    await made.client.restrictPolicy({ workspace: made.workspace, restriction: { kind: 'auto-off' } });
    made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });

  it('when a standing policy denies it by now: denials win', SLOW, async () => {
    const made = await handOverScene();
    const pairing = await pairingOf(made);
    await approved(made, toolCall(made, '/a'));
    const { requestId } = lastOf(await ask(made, proxyBody('/a')));
    await approved(made, toolCall(made, '/b'));
    made.relay.policies = () => [denial(pairing)];
    await isHandedOver(made, proxyBody('/c'));
    await untilVerdict(made, 'deny', proxyBody('/b'));
    expect(await isHandedOver(made, proxyBody('/b'))).toBe('policy policy_denied');
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'policy_denied' });
  });

  it('when a standing policy denies only what the human saw', SLOW, async () => {
    const made = await handOverScene();
    const pairing = await pairingOf(made);
    const { requestId } = await approved(made, toolCall(made, '/a'));
    const { contentSha256 } = made.human.read(made.relay.artifacts.get(requestId)!);
    const denies = { objectType: 'airlock.dnd.action', actionSelector: { contentSha256 } };
    made.relay.policies = () => [denial(pairing, denies)];
    await made.desk.decide(toolCall(made, '/other'));
    await until(async () => (await made.client.showPolicy(made.workspace)).standing.length > 0);
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });

  it('of an approver that only the gateway vouches for', SLOW, async () => {
    const desks: HostDesk[] = [];
    const adapter = (desk: HostDesk): HostAdapter => {
      desks.push(desk);
      return { host: HOST, handle: async () => ({ permission: 'deny', exit: 2, body: '' }) };
    };
    const trusted = await policyScene({ adapters: [adapter] }, { by: 'nothing' });
    const [desk] = desks;
    if (desk === undefined) throw new Error('the daemon made no adapter');
    const made = Object.assign(trusted, { desk });
    await approved(made, toolCall(made, '/a'));
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });

  it('when the proxy stands in another workspace', SLOW, async () => {
    const made = await handOverScene();
    const other = join(made.workspace, '..', 'other');
    mkdirSync(other);
    await pairUp({ ...made, workspace: other }, new Human(made.relay));
    await approved(made, toolCall(made, '/a'));
    expect(await isHandedOver(made, { ...proxyBody('/a'), workspace: other })).not.toBe('handed over');
    expect(made.relay.artifacts.size).toBe(2);
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('handed over');
  });
});
