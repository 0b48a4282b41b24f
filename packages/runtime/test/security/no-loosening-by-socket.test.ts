import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/socket/routes.js';
import { bodyFor, launch, paired } from '../support/daemon.js';
import { inHours, logged, type Paired, pattern, permitted, show, signed, take } from '../support/signing.js';
import { raw } from '../support/serve.js';

const SLOW = { timeout: 120_000 };

/** Bodies for every route, well-formed and hostile, of somebody who speaks to the socket and holds no key. */
function bodies(made: Paired): Readonly<Record<string, readonly unknown[]>> {
  const { workspace } = made;
  const until = inHours(1);
  const changes = [
    { kind: 'auto-on', until },
    { kind: 'fail-open', until },
    { kind: 'add-pattern', pattern: pattern(made) },
    { kind: 'unmanage', path: workspace },
    { kind: 'gate-off', gate: 'run' },
    { kind: 'lift-requirement', requirement: 'verified-pairing' },
    { kind: 'renew' },
  ];
  const restrictions = [
    { kind: 'auto-on' },
    { kind: 'gate-off', gate: 'run' },
    { kind: 'lift', requirement: 'verified-pairing' },
    { kind: 'require', requirement: 'nothing' },
    { kind: 'policy', workspaceId: 'x', version: 4_000_000_000, sha256: 'a'.repeat(64) },
    { kind: 'auto-off', version: -1 },
    { kind: 'start' },
  ];
  const asking = bodyFor(workspace, { timeoutSeconds: 1 });
  const policy = { kind: 'policy.change', policy: '{"version":4000000000}', commandText: '', description: '' };
  return {
    '/v1/sign-in': [{ gatewayUrl: 'http://127.0.0.1:1', method: 'device', loosen: true }],
    '/v1/sign-out': [{ policy: null }],
    '/v1/pairings': [{ workspace, mode: 'initiate', requireVerifiedPairing: false }],
    '/v1/pairings/{id}/confirm': [{ accept: true }],
    '/v1/unpair': [{ workspace, forget: true }],
    '/v1/requests': [asking, { ...asking, action: policy }, { ...asking, action: policy, source: 'airlock' }],
    '/v1/requests/{id}/claim': [{}, { granted: true }],
    '/v1/requests/{id}/outcome': [{ result: 'exited', exitCode: 0 }],
    '/v1/requests/{id}/withdraw': [{}],
    '/v1/policy/changes': changes.map((change) => ({ workspace, change, timeoutSeconds: 1 })),
    '/v1/policy/restrictions': restrictions.map((restriction) => ({ workspace, restriction })),
    '/v1/authorize': [
      { workspace, source: 'mcp', sessionId: 's', tool: 't', inputJson: '{}', timeoutSeconds: 1, allow: true },
      { workspace, source: 'mcp', sessionId: 's', tool: 't', inputJson: '{}', timeoutSeconds: 1 },
      {
        workspace,
        source: 'x',
        sessionId: 's',
        tool: 'policy.change',
        inputJson: '{"policy":"{}"}',
        timeoutSeconds: 1,
      },
    ],
    '/v1/endpoint': [{ state: 'on', workspace: '/', port: 0 }, { state: 'on', workspace, port: 0 }, { state: 'off' }],
    '/v1/policy/show': [{ workspace }, { workspace, policy: { autoUntil: until } }],
    '/v1/policy/explain': [{ workspace, action: { ...asking.action }, source: 'run' }],
    '/v1/status': [undefined],
  };
}

/** What ends the sign-in or the pairing comes last: without them everything else would be refused for that alone. */
const rank = (path: string) => ['/v1/sign-in', '/v1/pairings', '/v1/unpair', '/v1/sign-out'].indexOf(path);

/** Sends it and gives up on answers that stay open. */
async function send(made: Paired, call: { method: string; path: string; body: unknown }): Promise<void> {
  const { method, path, body } = call;
  await Promise.race([
    raw(made.paths, { method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }).catch(
      () => undefined,
    ),
    new Promise((resolve) => setTimeout(resolve, 400)),
  ]);
}

describe(rules('LOC-060', 'LOC-080', 'INV-38', 'INV-26')`a hostile client of the socket`, () => {
  it('loosens nothing by any route while the approver signs nothing', SLOW, async () => {
    const made = await paired();
    await signed(made, { kind: 'gate-off', gate: 'git' });
    await take(made, { kind: 'require', requirement: 'verified-pairing' });
    const before = await permitted(made);
    const { version, sha256 } = await show(made);
    const changed = logged(made, 'policy.changed').length;
    let requestId = 'req-x';
    made.relay.onArtifact = (artifact) => {
      ({ requestId } = artifact);
      made.relay.deliver(requestId, made.human.sign(artifact.artifactHash, 'approve', { signature: 'A'.repeat(86) }));
    };
    const covered: string[] = [];
    for (const { method, path } of [...ROUTES].sort((one, other) => rank(one.path) - rank(other.path))) {
      for (const body of bodies(made)[path] ?? [{}]) {
        await send(made, { method, path: path.replace('{id}', requestId), body: method === 'GET' ? undefined : body });
      }
      covered.push(path);
      const now = await permitted(made);
      expect({ path, ...now }).toEqual({
        path,
        autoUntil: null,
        failOpenUntil: null,
        patterns: [],
        unmanaged: [],
        requirements: ['verified-pairing'],
        gatesOff: expect.toSatisfy((gates: string[]) => gates.every((gate) => before.gatesOff.includes(gate))),
      });
    }
    expect(covered).toEqual(expect.arrayContaining(Object.keys(bodies(made))));
    expect(logged(made, 'policy.changed')).toHaveLength(changed);
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect((await permitted(made)).requirements).toEqual(['verified-pairing']);
    const after = await show(made);
    expect([0, version]).toContain(after.version);
    if (after.version !== 0) expect(after.sha256).toBe(sha256);
  });

  it('gets no answer of a kind that the list does not know', SLOW, async () => {
    const made = await paired();
    for (const restriction of [
      { kind: 'auto-on' },
      { kind: 'require', requirement: 'x' },
      { kind: 'auto-off', version: 9 },
      {},
    ]) {
      const body = JSON.stringify({ workspace: made.workspace, restriction });
      const answer = await raw(made.paths, { path: '/v1/policy/restrictions', body });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { code: 'bad_request' } });
    }
    expect(logged(made, 'policy.narrowed')).toEqual([]);
  });
});
