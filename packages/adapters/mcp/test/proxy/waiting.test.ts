import { rules } from '@airlock/conformance';
import { describe, expect, it, test } from 'vitest';
import { requestText } from '../support/messages.js';
import { scriptedDaemon, type Verdict } from '../support/scripted-daemon.js';
import { scene, type SceneOptions } from '../support/scene.js';

const SECOND = 1000;
const call = (id: unknown, args: object = { a: 1 }, _meta?: object) =>
  requestText('tools/call', { name: 'write', arguments: args, ...(_meta === undefined ? {} : { _meta }) }, id);
const cancel = (requestId: unknown) =>
  JSON.stringify({ method: 'notifications/cancelled', params: { requestId }, jsonrpc: '2.0' });

/** A daemon whose human answers when the test says so. */
function waiting(options: SceneOptions = {}) {
  const daemon = options.daemon ?? scriptedDaemon();
  const humans: ((verdict: Verdict) => void)[] = [];
  daemon.answers(() => new Promise((resolve) => humans.push(resolve)));
  const at = scene({ ...options, daemon });
  return {
    ...at,
    human: async (index: number, verdict: Verdict) => {
      humans[index]?.(verdict);
      await at.settle();
    },
    does: async (...texts: readonly string[]) => {
      at.send(...texts);
      await at.settle();
    },
    after: async (seconds: number) => {
      at.clock.advance(seconds * SECOND);
      await at.settle();
    },
    codes: () =>
      at.answers().map((each) => each.result?._meta?.['airlock/code'] ?? each.error?.data.code ?? each.method),
  };
}

describe('a client that would give up before the human decides', () => {
  test('is told after 50 s that nothing has run, and the same call goes on waiting', async () => {
    const at = waiting();
    await at.does(call(1));
    await at.after(49);
    expect(at.client).toEqual([]);
    await at.after(1);
    expect(at.answers()[0]).toMatchObject({ id: 1, result: { isError: true, _meta: { 'airlock/code': 'pending' } } });
    expect(at.answers()[0].result.content[0].text).toMatch(
      /not decided yet\. Nothing has run.*call again with exactly the same arguments/,
    );
    await at.does(call(2));
    expect(at.daemon.asked).toHaveLength(1);
    await at.human(0, 'approve');
    expect([at.server, at.daemon.claimed]).toEqual([[call(2)], ['req-1']]);
  });

  test('gets the decision that was made meanwhile, once', async () => {
    const at = waiting();
    await at.does(call(1));
    await at.after(50);
    await at.human(0, 'approve');
    expect([at.server, at.daemon.claimed]).toEqual([[], []]);
    await at.does(call(2));
    expect([at.server, at.daemon.claimed]).toEqual([[call(2)], ['req-1']]);
    await at.does(call(3));
    expect(at.daemon.asked).toHaveLength(2);
    expect(at.server).toEqual([call(2)]);
  });

  test('hears of a rejection when it comes back, once', async () => {
    const at = waiting();
    await at.does(call(1));
    await at.after(50);
    await at.human(0, 'reject');
    await at.does(call(2), call(3));
    expect(at.codes()).toEqual(['pending', 'rejected']);
    expect(at.daemon.asked).toHaveLength(2);
  });

  it.each([
    ['other arguments', call(2, { a: 2 })],
    ['the same arguments in other bytes', call(2).replace('"a":1', '"a": 1')],
    ['another tool', call(2).replace('write', 'delete')],
    ['something else in _meta', call(2, { a: 1 }, { tenant: 'other' })],
    ['another method', requestText('prompts/get', { name: 'write', arguments: { a: 1 } }, 2)],
  ])('that comes back with %s is asked anew', async (_name, other) => {
    const at = waiting();
    await at.does(call(1));
    await at.after(50);
    await at.human(0, 'approve');
    await at.does(other);
    expect([at.server, at.daemon.claimed]).toEqual([[], []]);
    expect(at.daemon.asked).toHaveLength(2);
  });

  test('may come back with another progress token and another id of its tool use', async () => {
    const at = waiting({ pendingAfterSeconds: 5 });
    await at.does(call(1, { a: 1 }, { progressToken: 1, 'claudecode/toolUseId': 'a' }));
    await at.after(5);
    const again = call(2, { a: 1 }, { progressToken: 2, 'claudecode/toolUseId': 'b' });
    await at.does(again);
    await at.human(0, 'approve');
    expect(at.server).toEqual([again]);
    expect(at.daemon.asked).toHaveLength(1);
  });

  test('never comes back: what was approved is given back, what is open withdrawn', async () => {
    const at = waiting({ timeoutSeconds: 100 });
    await at.does(call(1), call(2, { a: 2 }));
    await at.after(50);
    await at.human(0, 'approve');
    await at.after(55);
    expect(at.daemon.withdrawn.toSorted()).toEqual(['req-1', 'req-2']);
    await at.does(call(3));
    expect(at.daemon.asked).toHaveLength(3);
    expect([at.server, at.daemon.claimed]).toEqual([[], []]);
  });

  test('makes two calls of the same: each needs an approval of its own', async () => {
    const at = waiting();
    await at.does(call(1), call(2));
    expect(at.daemon.asked).toHaveLength(2);
    await at.after(50);
    await at.does(call(3), call(4));
    expect(at.daemon.asked).toHaveLength(2);
    await at.human(0, 'approve');
    expect(at.server).toEqual([call(3)]);
    await at.human(1, 'approve');
    expect(at.server).toEqual([call(3), call(4)]);
  });

  test('of something that is no tool gets an error', async () => {
    const at = waiting();
    await at.does(requestText('resources/read', { uri: 'a:b' }, 1));
    await at.after(50);
    expect(at.answers()[0]).toMatchObject({ id: 1, error: { code: -32001, data: { code: 'pending' } } });
  });
});

describe('a client that takes progress', () => {
  test('hears at once and every 10 s, ever more, and waits as long as it takes', async () => {
    const at = waiting();
    await at.does(call(1, {}, { progressToken: 'tok' }));
    expect(at.answers()[0]).toMatchObject({
      ...{ jsonrpc: '2.0', method: 'notifications/progress' },
      params: { progressToken: 'tok', progress: 0, message: 'Waiting for approval of the call of write (0 s)' },
    });
    await at.after(100);
    const progress = at.answers().map(({ params }) => params.progress);
    expect(progress).toHaveLength(11);
    expect(progress).toEqual([...new Set(progress)].toSorted((a, b) => a - b));
    expect(at.answers().at(-1).params.message).toMatch(/\(100 s\)$/);
    await at.human(0, 'approve');
    await at.after(100);
    expect(at.client).toHaveLength(11);
    expect(at.server).toHaveLength(1);
  });

  test('is told to call again all the same where that was asked for', async () => {
    const at = waiting({ pendingAfterSeconds: 5 });
    await at.does(call(1, {}, { progressToken: 0 }));
    await at.after(5);
    await at.after(25);
    expect(at.codes()).toEqual(['notifications/progress', 'pending']);
  });

  it.each([null, true, {}, 1.5])('not by the token %j', async (progressToken) => {
    const at = waiting();
    await at.does(call(1, {}, { progressToken }));
    await at.after(10);
    expect(at.client).toEqual([]);
  });

  test('a daemon that never answers is given up after the deadline', async () => {
    const at = waiting({ timeoutSeconds: 60 });
    await at.does(call(1, {}, { progressToken: 1 }));
    await at.after(70);
    expect(at.codes().at(-1)).toBe('timeout');
    expect(at.daemon.withdrawn).toEqual(['req-1']);
    expect(at.clock.size).toBe(0);
  });
});

describe(rules('INV-22')`ends while something waits`, () => {
  test('a cancelled call is withdrawn, and the server never hears of it', async () => {
    const at = waiting();
    await at.does(call('x'), cancel('x'));
    expect(at.daemon.withdrawn).toEqual(['req-1']);
    await at.human(0, 'approve');
    expect([at.server, at.client, at.daemon.claimed]).toEqual([[], [], []]);
    await at.does(requestText('ping', undefined, 'x'));
    expect(at.server).toEqual([requestText('ping', undefined, 'x')]);
  });

  test('an approval that comes after the call was cancelled is given back', async () => {
    const daemon = scriptedDaemon();
    let decide: () => void = () => undefined;
    daemon.request = async function* () {
      yield { event: 'submitted', requestId: 'req-late', expiresAt: 0, artifactHash: '' };
      await new Promise<void>((resolve) => {
        decide = resolve;
      });
      yield { event: 'decided', requestId: 'req-late', verdict: 'allow', outcome: 'approved' };
    };
    const at = waiting({ daemon });
    await at.does(call(1), cancel(1));
    decide();
    await at.settle();
    expect([daemon.withdrawn, daemon.claimed, at.server, at.client]).toEqual([['req-late'], [], [], []]);
  });

  test('a call that is cancelled while its approval is claimed does not run', async () => {
    const at = waiting();
    let grant: () => void = () => undefined;
    at.daemon.beforeClaim = () =>
      new Promise((resolve) => {
        grant = () => resolve(true);
      });
    await at.does(call(1));
    await at.human(0, 'approve');
    await at.does(cancel(1));
    grant();
    await at.settle();
    expect([at.server, at.client]).toEqual([[], []]);
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'not-started', code: 'cancelled' } }]);
  });

  test('a cancellation of what the server has goes to the server', async () => {
    const at = waiting();
    await at.does(call(1));
    await at.human(0, 'approve');
    await at.does(cancel(1), cancel(99));
    expect(at.server).toEqual([call(1), cancel(1), cancel(99)]);
    at.reply('{"result":{"content":[]},"jsonrpc":"2.0","id":1}');
    await at.settle();
    expect(at.daemon.outcomes[0]?.outcome).toEqual({ result: 'exited', exitCode: 0 });
  });

  test('a client that leaves withdraws everything that is open', async () => {
    const at = waiting();
    await at.does(call(1));
    await at.after(50);
    await at.does(call(2, { b: 1 }));
    await at.human(0, 'approve');
    expect(await at.leave()).toBe(0);
    await at.settle();
    expect(at.daemon.withdrawn.toSorted()).toEqual(['req-1', 'req-2']);
    expect([at.server, at.clock.size]).toEqual([[], 0]);
  });

  test('a signal withdraws everything that is open', async () => {
    const at = waiting();
    at.reply(requestText('elicitation/create', {}, 7));
    await at.settle();
    await at.does(call(1), '{"result":{},"jsonrpc":"2.0","id":7}');
    at.interrupt();
    expect(await at.exit).toBe(0);
    await at.settle();
    expect(at.daemon.withdrawn.toSorted()).toEqual(['req-1', 'req-2']);
    await at.human(0, 'approve');
    expect([at.server, at.daemon.claimed]).toEqual([[], []]);
  });

  test('a call that was with the server when the client left is put on record as unknown', async () => {
    const at = waiting();
    await at.does(call(1));
    await at.human(0, 'approve');
    await at.leave();
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'unknown' } }]);
  });

  test('a call that the server still answers after the client left is put on record as it ended', async () => {
    const at = waiting({
      onClose: () => at.reply('{"result":{"content":[]},"jsonrpc":"2.0","id":1}'),
    });
    await at.does(call(1));
    await at.human(0, 'approve');
    await at.leave();
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'exited', exitCode: 0 } }]);
  });

  test('the proxy does not end before the daemon knows, but not for ever', async () => {
    const at = waiting();
    let tell: () => void = () => undefined;
    at.daemon.withdraw = (requestId) => {
      at.daemon.withdrawn.push(requestId);
      return new Promise((resolve) => {
        tell = () => resolve({ withdrawn: true });
      });
    };
    await at.does(call(1));
    await at.after(50);
    await at.human(0, 'approve');
    let isOver = false;
    const leaving = at.leave().then(() => {
      isOver = true;
    });
    await at.settle();
    expect([at.daemon.withdrawn, isOver]).toEqual([['req-1'], false]);
    tell();
    await leaving;
    expect(isOver).toBe(true);
  });

  test('a server that ends: every open call is told, and the proxy stays until the client leaves', async () => {
    const at = waiting();
    await at.does(call(1), call(2, { b: 1 }), requestText('ping', undefined, 3), requestText('tools/list', {}, 4));
    await at.human(0, 'approve');
    at.serverEnds();
    await at.settle();
    const told = Object.fromEntries(at.answers().map((each) => [each.id, each]));
    expect(told[1].error).toMatchObject({ code: -32001, data: { code: 'server_gone' } });
    expect(told[1].error.message).toMatch(/it ended with code 3\. It is unknown whether the request took effect/);
    expect(told[2].result.content[0].text).toMatch(/Nothing has run/);
    expect([told[3].error.data.code, told[4].error.data.code]).toEqual(['server_gone', 'server_gone']);
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'unknown' } }]);
    expect(at.daemon.withdrawn).toEqual(['req-2']);
    await at.does(requestText('ping', undefined, 5), call(6), '{"jsonrpc":"2.0","method":"notifications/initialized"}');
    expect(at.answers().slice(-2)).toMatchObject([
      { id: 5, error: { data: { code: 'server_gone' } } },
      { id: 6, error: { data: { code: 'server_gone' } } },
    ]);
    expect(at.daemon.asked).toHaveLength(2);
    expect(await at.leave()).toBe(1);
  });

  test('a server that cannot be read any more is ended', async () => {
    const messages = {
      [Symbol.asyncIterator]: () => ({ next: async () => await Promise.reject(new Error('read EIO')) }),
    };
    const at = waiting({ messages });
    await at.settle();
    expect(at.said[0]).toBe('server_gone read EIO');
    await at.does(requestText('ping', undefined, 1));
    expect(at.codes()).toEqual(['server_gone']);
    expect(await at.leave()).toBe(1);
  });

  test('a server that takes no more messages', async () => {
    const at = waiting({ onSend: async () => await Promise.reject(new Error('write EPIPE')) });
    await at.does(call(1), requestText('ping', undefined, 2));
    await at.human(0, 'approve');
    expect(at.codes()).toEqual(['server_gone', 'server_gone']);
    expect(at.daemon.outcomes).toEqual([{ requestId: 'req-1', outcome: { result: 'unknown' } }]);
  });

  test.each([
    [true, { result: 'unknown' }, /unknown whether the request took effect/],
    [false, { result: 'not-started', code: 'not_sent' }, /Nothing has run/],
  ])('a call that the way to the server lost (sent: %s)', async (wasSent, outcome, words) => {
    const at = waiting();
    await at.does(call(1));
    await at.human(0, 'approve');
    at.reply({ lost: '1', code: 'http_status', reason: 'the server answered 503', wasSent });
    await at.settle();
    expect(at.codes()).toEqual(['http_status']);
    expect(at.client[0]).toMatch(words);
    expect(at.daemon.outcomes[0]?.outcome).toEqual(outcome);
  });
});

describe('limits', () => {
  test('at most 64 messages wait; the next is refused, and there is room again when one is decided', async () => {
    const at = waiting();
    await at.does(...Array.from({ length: 65 }, (_, id) => call(id, { id })));
    expect(at.codes()).toEqual(['too_many_calls']);
    await at.after(50);
    await at.does(call('more', { more: 1 }));
    expect(at.codes().at(-1)).toBe('too_many_calls');
    await at.does(call('again', { id: 3 }));
    await at.human(3, 'reject');
    await at.does(call('more', { more: 1 }));
    expect(at.daemon.asked).toHaveLength(65);
  });

  test('a server that takes nothing holds the client back, and what is approved too', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const at = waiting({ onSend: async () => await gate });
    await at.does(...Array.from({ length: 5 }, (_, id) => requestText('ping', undefined, id)));
    expect(at.server).toEqual([]);
    open();
    await at.settle();
    expect(at.server).toHaveLength(5);
  });

  test('a client that reads nothing holds the server back', async () => {
    let written = 0;
    const at = waiting({
      toClient: async () => {
        written += 1;
        await new Promise(() => undefined);
      },
    });
    for (let index = 0; index < 5; index += 1) at.reply('{"jsonrpc":"2.0","method":"notifications/message"}');
    await at.settle();
    expect(written).toBe(1);
    at.interrupt();
    expect(await at.exit).toBe(0);
  });
});
