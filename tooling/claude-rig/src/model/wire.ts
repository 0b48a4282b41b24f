import type { Step } from './script.js';

/** A block of a message, as far as the rig reads it. */
export interface Block {
  readonly type: string;
  readonly text?: string;
  readonly tool_use_id?: string;
  readonly is_error?: boolean;
  readonly content?: string | readonly Block[];
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
}

export interface Message {
  readonly role: string;
  readonly content: string | readonly Block[];
}

/** A request to the Messages API, as far as the rig reads it. */
export interface ModelRequest {
  readonly model?: string;
  readonly stream?: boolean;
  readonly tools?: ReadonlyArray<{ readonly name?: string }>;
  readonly messages?: readonly Message[];
}

/** What the model answers, before it is put in one of the two forms of the API. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly blocks: readonly Block[];
  readonly stop: 'end_turn' | 'tool_use';
}

/** All text of a message or of a tool result. */
export function textOf(content: string | readonly Block[] | undefined): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return content;
  return content.map((block) => block.text ?? '').join('\n');
}

/** The answer of one step; ids are unique per request. */
export function answerOf(step: Step, id: string, model: string): Answer {
  const { calls = [], text } = step;
  const said: Block[] = text === undefined ? [] : [{ type: 'text', text }];
  const used = calls.map(({ tool, input }, index) => ({
    type: 'tool_use',
    id: `toolu_${id}_${index}`,
    name: tool,
    input,
  }));
  return { id: `msg_${id}`, model, blocks: [...said, ...used], stop: used.length > 0 ? 'tool_use' : 'end_turn' };
}

function messageOf({ id, model }: Answer, rest: object): object {
  return { id, type: 'message', role: 'assistant', model, ...rest };
}

/** The whole message as JSON. */
export function asJson(answer: Answer): string {
  const usage = { input_tokens: 10, output_tokens: 5 };
  return JSON.stringify(
    messageOf(answer, { content: answer.blocks, stop_reason: answer.stop, stop_sequence: null, usage }),
  );
}

/** The message as server-sent events, one delta per block. */
export function asEvents(answer: Answer): string {
  const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
  const empty = { content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 10, output_tokens: 1 } };
  const blocks = answer.blocks.flatMap((block, index) => [
    event('content_block_start', {
      index,
      content_block: block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} },
    }),
    event('content_block_delta', {
      index,
      delta:
        block.type === 'text'
          ? { type: 'text_delta', text: block.text }
          : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) },
    }),
    event('content_block_stop', { index }),
  ]);
  return [
    event('message_start', { message: messageOf(answer, empty) }),
    ...blocks,
    event('message_delta', { delta: { stop_reason: answer.stop, stop_sequence: null }, usage: { output_tokens: 5 } }),
    event('message_stop', {}),
  ].join('');
}
