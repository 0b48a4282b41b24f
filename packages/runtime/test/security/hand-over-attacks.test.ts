import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ask, lastOf } from '../support/daemon.js';
import {
  approved,
  handOverScene,
  isHandedOver,
  proxyBody,
  runBody,
  shellCall,
  toolCall,
  toolInput,
} from '../support/hand-over.js';
import { auditOf, until } from '../support/policy-scene.js';

const SLOW = { timeout: 60_000 };

describe(rules('LOC-147', 'INV-15')`an agent that takes a hand-over for itself over the socket`, () => {
  it('with other arguments than the human saw gets nothing, and does not use the approval up', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    expect(await isHandedOver(made, proxyBody('/etc/passwd'))).toBe('asked');
    const { action } = proxyBody('/a');
    const respelled = proxyBody('/a', { action: { ...action, inputJson: '{"path":"/a" }' } });
    expect(await isHandedOver(made, respelled)).toBe('asked');
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('handed over');
  });

  it.each([
    ['answers to a question of the server', { paramsJson: '{"inputResponses":{"a":{"action":"accept"}}}' }],
    ['a task', { paramsJson: '{"task":{"ttl":1}}' }],
    ['metadata', { metaJson: '{"acme/force":true}' }],
    ['metadata that is none', { metaJson: '{' }],
  ])('with %s beside the arguments gets nothing, and does not use the approval up', SLOW, async (_what, binding) => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    expect(await isHandedOver(made, proxyBody('/a', { binding }))).toBe('asked');
    const ofTheProtocol = { metaJson: '{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}' };
    expect(await isHandedOver(made, proxyBody('/a', { binding: ofTheProtocol }))).toBe('handed over');
  });

  it('takes it from the proxy, which then asks: the call is never made twice for one approval', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    const stolen = lastOf(await ask(made, proxyBody('/a')));
    expect(stolen.outcome).toBe('approved');
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
    expect(auditOf(made, 'approval.handed-over')).toHaveLength(1);
  });

  it('by the id of the approved request gets nothing: it is used already, and names one request', SLOW, async () => {
    const made = await handOverScene();
    const { requestId } = await approved(made, toolCall(made, '/a'));
    expect(await made.client.claim(requestId)).toMatchObject({ granted: false });
    const [event] = await ask(made, proxyBody('/a', { requestId }));
    expect(event).toMatchObject({ event: 'error', code: 'request_id_used' });
  });

  it('again after it was claimed, and after it was given back, is asked', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    const first = lastOf(await ask(made, proxyBody('/a')));
    expect(await made.client.withdraw(first.requestId)).toEqual({ withdrawn: true });
    expect(await made.client.claim(first.requestId)).toMatchObject({ granted: false });
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
    await approved(made, toolCall(made, '/b'));
    const second = lastOf(await ask(made, proxyBody('/b')));
    expect(await made.client.claim(second.requestId)).toEqual({ granted: true });
    expect(await made.client.claim(second.requestId)).toMatchObject({ granted: false, code: 'already_executed' });
    expect(await isHandedOver(made, proxyBody('/b'))).toBe('asked');
  });

  it('before the human has decided waits for a decision of its own', SLOW, async () => {
    const made = await handOverScene();
    const call = made.desk.decide(toolCall(made, '/a'));
    await until(() => made.relay.artifacts.size === 1);
    const early = ask(made, proxyBody('/a'));
    await until(() => made.relay.artifacts.size === 2);
    const [first, second] = [...made.relay.artifacts.values()];
    made.human.decide(first!, 'approve');
    expect(await call).toMatchObject({ permission: 'allow' });
    made.human.decide(second!, 'reject');
    expect(lastOf(await early).outcome).toBe('rejected');
  });

  it('as the session of another gets nothing', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, shellCall(made, 'airlock run -- npm publish'));
    const body = runBody(made, ['npm', 'publish'], { sessionId: 's-2' });
    expect(await isHandedOver(made, body)).toBe('asked');
  });

  it('through the hook of a host that calls itself the proxy gets nothing', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    const { action } = proxyBody('/a');
    const call = toolCall(made, '/a', { host: 'mcp', sessionId: 's-9', tool: 'touch', ...(action && { action }) });
    expect(await made.desk.decide(call)).toMatchObject({ permission: 'deny', isHuman: true });
  });

  it('cannot make one approval out of another: what was handed over hands nothing over', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, shellCall(made, 'airlock run -- airlock run -- ls'));
    expect(await isHandedOver(made, runBody(made, ['airlock', 'run', '--', 'ls']))).toBe('handed over');
    expect(await isHandedOver(made, runBody(made, ['ls']))).toBe('asked');
  });
});

describe(rules('LOC-147', 'LOC-145')`a host whose layers report different things`, () => {
  it('hands nothing over: the card was about other input than what a later layer reported', SLOW, async () => {
    const made = await handOverScene();
    await approved(made, toolCall(made, '/a'));
    const rewritten = toolCall(made, '/a', { layer: 'tool.check', inputJson: toolInput('/etc/passwd') });
    expect(await made.desk.decide(rewritten)).toMatchObject({ permission: 'deny', code: 'input_changed' });
    expect(await isHandedOver(made, proxyBody('/etc/passwd'))).toBe('asked');
    expect(await isHandedOver(made, proxyBody('/a'))).toBe('asked');
  });
});
