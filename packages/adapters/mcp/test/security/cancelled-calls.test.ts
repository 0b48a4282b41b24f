import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { scene } from '../support/scene.js';

describe(rules('INV-1')`a call that its client has cancelled`, () => {
  it.each([
    ['a number', '1', '1'],
    ['a number in two spellings', '1', '1.0'],
    ['a text', '"a"', '"\\u0061"'],
  ])('never runs, whatever is approved afterwards: its id is %s', async (_what, id, cancelled) => {
    const at = scene();
    let approve: (verdict: 'approve') => void = () => undefined;
    at.daemon.answers(
      () =>
        new Promise((resolve) => {
          approve = resolve;
        }),
    );
    at.send(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"a"}}`);
    await at.settle();
    at.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${cancelled}}}`);
    await at.settle();
    approve('approve');
    await at.settle();
    expect([at.server, at.daemon.withdrawn, at.client]).toEqual([[], ['req-1'], []]);
  });
});
