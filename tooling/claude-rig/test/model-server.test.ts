import { afterEach, describe, expect, test } from 'vitest';
import { call, calls, type Conversation, modelServer, type ModelServer, say } from '../src/index.js';

interface Blocks {
  readonly content: ReadonlyArray<Record<string, unknown>>;
  readonly stop_reason: string;
}

const USER = {
  role: 'user',
  content: [
    { type: 'text', text: 'reminders' },
    { type: 'text', text: 'go north' },
  ],
};
const TOOLS = [{ name: 'Bash' }];

describe('the scripted model', () => {
  let server: ModelServer | undefined;
  afterEach(() => server?.close());

  async function post(body: object, path = '/v1/messages?beta=true'): Promise<Response> {
    return fetch(`${server?.url}${path}`, { method: 'POST', body: JSON.stringify({ model: 'm', ...body }) });
  }

  async function ask(messages: readonly object[], tools: readonly object[] = TOOLS): Promise<Blocks> {
    return (await (await post({ messages, tools })).json()) as Blocks;
  }

  async function serve(...conversations: Conversation[]): Promise<ModelServer> {
    server = await modelServer(...conversations);
    return server;
  }

  test('takes the steps in turn, by how many answers there are, and then is done', async () => {
    await serve({ prompt: 'go north', steps: [call('Bash', { command: 'true' }), say('bye')] });
    const first = await ask([USER]);
    expect(first).toMatchObject({ stop_reason: 'tool_use', content: [{ name: 'Bash', input: { command: 'true' } }] });
    expect(await ask([USER])).toMatchObject({ stop_reason: 'tool_use' });
    const turn = [USER, { role: 'assistant', content: first.content }];
    expect(await ask([...turn, USER])).toMatchObject({ content: [{ type: 'text', text: 'bye' }] });
    expect(await ask([...turn, USER, { role: 'assistant', content: 'bye' }, USER])).toMatchObject({
      content: [{ type: 'text', text: 'done' }],
    });
  });

  test('tells conversations apart by their first message alone', async () => {
    await serve({ prompt: 'go north', steps: [say('north')] }, { prompt: 'go south', steps: [say('south')] });
    const south = { role: 'user', content: 'please go south' };
    expect(await ask([south])).toMatchObject({ content: [{ text: 'south' }] });
    expect(await ask([USER, { role: 'assistant', content: 'x' }, south])).toMatchObject({
      content: [{ text: 'done' }],
    });
  });

  test('answers ok to what no script is for, and remembers it; what has no tools is a title or the like', async () => {
    const { unscripted } = await serve({ prompt: 'go north', steps: [say('north')] });
    expect(await ask([{ role: 'user', content: 'go west' }])).toMatchObject({ content: [{ text: 'ok' }] });
    expect(await ask([{ role: 'user', content: 'a title' }], [])).toMatchObject({ content: [{ text: 'ok' }] });
    expect(unscripted).toEqual(['go west']);
  });

  test('keeps each tool result once, with the tool it is of', async () => {
    const { results } = await serve({
      prompt: 'go north',
      steps: [calls({ tool: 'Bash', input: {} }, { tool: 'Read', input: {} })],
    });
    const { content } = await ask([USER]);
    const [one, two] = content.map(({ id }) => id);
    const answer = {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: one, is_error: true, content: 'no' },
        { type: 'tool_result', tool_use_id: two, content: [{ type: 'text', text: 'yes' }] },
      ],
    };
    for (let again = 0; again < 2; again += 1) await ask([USER, { role: 'assistant', content }, answer]);
    expect(results).toEqual([
      { conversation: 'go north', toolUseId: one, tool: 'Bash', isError: true, text: 'no' },
      { conversation: 'go north', toolUseId: two, tool: 'Read', isError: false, text: 'yes' },
    ]);
  });

  test('streams the same message as events', async () => {
    await serve({ prompt: 'go north', steps: [call('Bash', { command: 'true' })] });
    const answer = await post({ messages: [USER], tools: TOOLS, stream: true });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const events = (await answer.text()).trim().split('\n\n');
    expect(events.map((event) => /^event: (\w+)\ndata: /.exec(event)?.[1])).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[2]).toContain(JSON.stringify('{"command":"true"}'));
    expect(events[4]).toContain('"stop_reason":"tool_use"');
  });

  test('counts tokens and knows nothing else', async () => {
    await serve();
    expect(await (await post({}, '/v1/messages/count_tokens')).json()).toEqual({ input_tokens: 10 });
    expect((await post({}, '/api/event_logging/batch')).status).toBe(404);
    expect((await fetch(`${server?.url}/v1/messages`)).status).toBe(404);
  });

  test('waits where a step says so', async () => {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await serve({ prompt: 'go north', steps: [{ text: 'late', before: () => gate }] });
    const answer = ask([USER]);
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve('waits'), 50))]);
    expect(first).toBe('waits');
    goOn();
    expect(await answer).toMatchObject({ content: [{ text: 'late' }] });
  });
});
