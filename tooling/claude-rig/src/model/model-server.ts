import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Conversation, Step } from './script.js';
import { answerOf, asEvents, asJson, type Message, type ModelRequest, textOf } from './wire.js';

/** A tool result as the model got it. */
export interface ToolResult {
  /** `prompt` of the conversation it arrived in. */
  readonly conversation: string;
  readonly toolUseId: string;
  readonly tool: string;
  readonly isError: boolean;
  readonly text: string;
}

/** The scripted Messages API on loopback. */
export interface ModelServer {
  readonly url: string;
  /** Every tool result that the model got, in order of arrival. */
  readonly results: readonly ToolResult[];
  /** First user messages of conversations that no script is for; answered `ok`. */
  readonly unscripted: readonly string[];
  /** Everything that the model was shown, as JSON: what must not be in here is not in the transcript. */
  readonly seen: readonly string[];
  /** Adds a conversation, for a prompt that is typed later. */
  add(conversation: Conversation): void;
  close(): Promise<void>;
}

/**
 * Serves `POST /v1/messages` (streaming or not) and `count_tokens`; everything else is 404. A request belongs to the
 * conversation whose prompt its first user message holds, and gets the step after as many as it has answers already,
 * so that a repeated request gets the same answer.
 */
export async function modelServer(...conversations: readonly Conversation[]): Promise<ModelServer> {
  const scripted = new Scripted([...conversations]);
  const server = createServer((request, response) => {
    answer(request, response, scripted).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    results: scripted.results,
    unscripted: scripted.unscripted,
    seen: scripted.seen,
    add: (conversation) => scripted.conversations.push(conversation),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

class Scripted {
  readonly results: ToolResult[] = [];
  readonly unscripted: string[] = [];
  readonly seen: string[] = [];

  constructor(readonly conversations: Conversation[]) {}

  /** The step that answers these messages. */
  take(messages: readonly Message[], hasTools: boolean): Step {
    const opening = openingOf(messages);
    const found = this.conversations.find(({ prompt }) => opening.includes(prompt));
    if (found === undefined || !hasTools) {
      if (hasTools) this.unscripted.push(opening);
      return { text: 'ok' };
    }
    this.#keep(found.prompt, messages);
    const given = messages.filter(({ role }) => role === 'assistant').length;
    return found.steps[given] ?? { text: 'done' };
  }

  #keep(conversation: string, messages: readonly Message[]): void {
    const blocks = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
    const names = new Map(blocks.map(({ id, name }) => [id, name]));
    for (const { type, tool_use_id: toolUseId, is_error: isError = false, content } of blocks) {
      if (type !== 'tool_result' || toolUseId === undefined) continue;
      if (this.results.some((each) => each.toolUseId === toolUseId)) continue;
      const tool = names.get(toolUseId) ?? '';
      this.results.push({ conversation, toolUseId, tool, isError, text: textOf(content) });
    }
  }
}

/** The user's messages before the first answer: the prompt and what the host puts around it. */
function openingOf(messages: readonly Message[]): string {
  const end = messages.findIndex(({ role }) => role === 'assistant');
  const first = end < 0 ? messages : messages.slice(0, end);
  return first.map(({ content }) => textOf(content)).join('\n');
}

async function answer(request: IncomingMessage, response: ServerResponse, scripted: Scripted): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const { pathname } = new URL(request.url ?? '/', 'http://model');
  if (request.method === 'POST' && pathname === '/v1/messages/count_tokens') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"input_tokens":10}');
    return;
  }
  if (request.method !== 'POST' || pathname !== '/v1/messages') {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    return;
  }
  const { messages = [], tools = [], model = '', stream = false } = JSON.parse(body) as ModelRequest;
  scripted.seen.push(JSON.stringify(messages));
  const step = scripted.take(messages, tools.length > 0);
  await step.before?.();
  const made = answerOf(step, randomUUID().replaceAll('-', ''), model);
  response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
  response.end(stream ? asEvents(made) : asJson(made));
}
