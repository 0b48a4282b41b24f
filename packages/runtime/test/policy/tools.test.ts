import { mcpServerSha256 } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import { type McpServer, mcpServerSchema } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import type { RequestBody, RequestEvent } from '../../src/socket/api.js';
import { ask, bodyFor, lastOf, launch, paired } from '../support/daemon.js';
import { callBody, DEFINITION, OTHER_DEFINITION, serverOf } from '../support/mcp-actions.js';
import { asked, logged, newestArtifact, type Paired, show, signed, take } from '../support/signing.js';

const SLOW = { timeout: 60_000 };
const ALLOW = { kind: 'allow-tool', server: 'search', tool: 'query' } as const;
const SERVER: McpServer = mcpServerSchema.parse(serverOf());
const ENTRY = {
  server: 'search',
  serverSha256: mcpServerSha256(SERVER),
  tool: 'query',
  definitionSha256: DEFINITION,
};
const CHANGED = { definition: { sha256: OTHER_DEFINITION } };

type Decided = Extract<RequestEvent, { event: 'decided' }>;

/** Asks; whoever is asked about it rejects. */
async function decided(made: Paired, over: Partial<RequestBody>): Promise<Decided> {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'reject');
  return lastOf(await ask(made, over));
}

/** Asks, has the human approve, and claims. */
async function approved(made: Paired, over: Partial<RequestBody>): Promise<void> {
  made.relay.onArtifact = (artifact) => made.human.decide(artifact, 'approve');
  const { requestId } = lastOf(await ask(made, over));
  expect(await made.client.claim(requestId)).toEqual({ granted: true });
}

/** A tool that was approved once and then allowed. */
async function allowed(): Promise<Paired & { readonly id: string }> {
  const made = await paired();
  await approved(made, callBody());
  await signed(made, ALLOW);
  const [tool] = (await show(made)).tools ?? [];
  return Object.assign(made, { id: tool?.id ?? '' });
}

async function explained(made: Paired, over: Partial<RequestBody>) {
  const { timeoutSeconds: _, ...body } = bodyFor(made.workspace, over);
  return await made.client.explainPolicy(body);
}

describe(rules('LOC-080', 'LOC-082')`a tool that is allowed by signature`, () => {
  it('is the one whose call was approved last; the approver signs its names and hashes', SLOW, async () => {
    const made = await paired();
    await approved(made, callBody());
    const [submitted] = await asked(made, ALLOW);
    expect(submitted).toMatchObject({ summary: 'Call without asking: the tool "query" of the server "search"' });
    expect(JSON.parse(newestArtifact(made)['policy']).tools).toEqual([ENTRY]);
    expect((await show(made)).tools).toEqual([{ id: expect.stringMatching(/^tool-[0-9a-f]{16}$/), tool: ENTRY }]);
  });

  it('is called without asking, on record with its id, claimed once, over a restart too', SLOW, async () => {
    const made = await allowed();
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    const sent = made.relay.artifacts.size;
    const verdict = await decided(made, callBody({ rawSha256: '5'.repeat(64) }));
    expect(verdict).toMatchObject({ verdict: 'allow', basis: { kind: 'pattern', patternIds: [made.id] } });
    expect(made.relay.artifacts.size).toBe(sent);
    expect(await made.client.claim(verdict.requestId)).toEqual({ granted: true });
    expect(await made.client.claim(verdict.requestId)).toMatchObject({ granted: false, code: 'already_executed' });
    expect(logged(made, 'policy.allowed').at(-1)).toMatchObject({ requestId: verdict.requestId, patternIds: made.id });
    expect(await explained(made, callBody())).toMatchObject({ verdict: 'allow', basis: { patternIds: [made.id] } });
  });

  it(
    'is asked again, at once and by nobody’s leave, when it is taken away; also one that was not claimed',
    SLOW,
    async () => {
      const made = await allowed();
      const { requestId } = await decided(made, callBody());
      expect(await take(made, { kind: 'pattern-removed', patternId: made.id })).toBe(true);
      expect(await take(made, { kind: 'pattern-removed', patternId: made.id })).toBe(false);
      expect(await made.client.claim(requestId)).toMatchObject({ granted: false, code: 'policy_changed' });
      expect((await show(made)).tools).toEqual([]);
      expect((await show(made)).restrictions).toEqual([{ kind: 'pattern-removed', what: made.id }]);
      expect((await decided(made, callBody())).outcome).toBe('rejected');
      await made.daemon.close();
      made.daemon = await launch(made.paths);
      expect((await decided(made, callBody())).outcome).toBe('rejected');
      await signed(made, { kind: 'renew' });
      expect((await show(made)).tools).toEqual([]);
    },
  );

  it('takes the place of what it was: allowed anew after a change, the old one is asked', SLOW, async () => {
    const made = await allowed();
    await approved(made, callBody(CHANGED));
    await signed(made, ALLOW);
    expect((await show(made)).tools?.map(({ tool }) => tool)).toEqual([
      { ...ENTRY, definitionSha256: OTHER_DEFINITION },
    ]);
    expect((await decided(made, callBody(CHANGED))).verdict).toBe('allow');
    expect((await decided(made, callBody())).outcome).toBe('rejected');
  });
});

describe(rules('LOC-080', 'INV-26')`a tool that nobody can be asked to allow`, () => {
  const refused = async (made: Paired, change: Parameters<typeof asked>[1] = ALLOW) => {
    const sent = made.relay.artifacts.size;
    const events = await asked(made, change);
    expect(made.relay.artifacts.size).toBe(sent);
    return events;
  };

  it.each<[string, (made: Paired) => Promise<unknown>]>([
    ['was never called', async () => undefined],
    ['was only rejected', (made) => decided(made, callBody())],
    ['was approved under another name', (made) => approved(made, { ...callBody(), action: renamed('query2') })],
    ['was approved as a resource of that name', (made) => approved(made, callBody({ method: 'resources/read' }))],
    ['was only claimed by an agent', (made) => approved(made, callBody({}, { isClaimed: true }))],
    ['was approved without its definition', (made) => approved(made, callBody({ definition: undefined }))],
    ['was approved through a gateway', (made) => approved(made, callBody({ server: { transport: 'gateway' } }))],
  ])('%s', SLOW, async (_, happened) => {
    const made = await paired();
    await happened(made);
    expect(await refused(made)).toMatchObject([
      { event: 'error', code: 'tool_unknown', message: expect.any(String), fix: expect.any(String) },
    ]);
  });

  const renamed = (tool: string) => ({ ...callBody().action, tool }) as RequestBody['action'];

  it('has a name that no document can hold', SLOW, async () => {
    const made = await paired();
    const change = { ...ALLOW, tool: 'x'.repeat(201) };
    await expect(refused(made, change)).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('is rejected: nothing is allowed', SLOW, async () => {
    const made = await paired();
    await approved(made, callBody());
    const events = await asked(made, ALLOW, (artifact) => made.human.decide(artifact, 'reject'));
    expect(events.at(-1)).toMatchObject({ event: 'refused', outcome: 'rejected' });
    expect((await show(made)).tools).toEqual([]);
  });
});

describe(rules('LOC-045', 'LOC-090', 'ART-145')`an MCP server that was allowed once`, () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['swaps the definition of its tool', CHANGED, 'pin_changed'],
    ['takes its definition away', { definition: undefined }, 'pin_changed'],
    ['is another program under the same name', { server: serverOf('9'.repeat(64)) }, 'pin_changed'],
    ['moves to an address', { server: { transport: 'http', url: 'https://mcp.example/mcp' } }, 'pin_changed'],
    ['is called through a gateway', { server: { transport: 'gateway' } }, 'pin_changed'],
    ['offers a resource of that name', { method: 'resources/read' }, 'no_rule'],
  ])('%s: the human is asked', SLOW, async (_, change, reason) => {
    const made = await allowed();
    expect(await explained(made, callBody(change))).toMatchObject({ verdict: 'ask', reason });
    expect(await decided(made, callBody(change))).toMatchObject({ verdict: 'deny', outcome: 'rejected' });
  });

  it('is what it was again after another one was approved under its name: asked, and marked', SLOW, async () => {
    const made = await allowed();
    await approved(made, callBody(CHANGED));
    expect(await explained(made, callBody())).toMatchObject({ verdict: 'ask', reason: 'tool_changed' });
    await approved(made, callBody());
    expect((await decided(made, callBody())).verdict).toBe('allow');
  });

  it('offers another tool at the same address', SLOW, async () => {
    const made = await paired();
    const at = { server: { transport: 'http', url: 'https://mcp.example/mcp' } };
    await approved(made, callBody(at));
    await signed(made, ALLOW);
    expect((await decided(made, callBody(at))).verdict).toBe('allow');
    const other = { ...callBody(at), action: { ...callBody(at).action, tool: 'delete' } as RequestBody['action'] };
    expect((await decided(made, other)).outcome).toBe('rejected');
  });

  it('is given arguments that touch the gate', SLOW, async () => {
    const made = await allowed();
    const action = { ...callBody().action, inputJson: '{"path":"/x/.claude/settings.json"}' } as RequestBody['action'];
    expect((await decided(made, { ...callBody(), action })).outcome).toBe('rejected');
    expect(newestArtifact(made)['notices']).toEqual(['touches-gate']);
  });

  it('is only claimed to be called', SLOW, async () => {
    const made = await allowed();
    expect((await decided(made, callBody({}, { isClaimed: true }))).outcome).toBe('rejected');
  });

  it('is asked where nobody says what its arguments lead to', SLOW, async () => {
    const made = await allowed();
    const { facts: _, ...blind } = callBody();
    expect((await decided(made, blind)).outcome).toBe('rejected');
  });
});
