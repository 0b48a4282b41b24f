import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '@airlock/protocol';
import type { Response } from '../jsonrpc/message.js';
import { folded } from './spelling.js';

/** Layer of the gate a method belongs to, the `source` of its requests; null for what is not gated. */
export type McpGate = 'mcp' | 'mcp-resources' | 'mcp-prompts' | 'mcp-sampling' | 'mcp-elicitation';

/** Gates of what a client answers a server. */
export type AnswerGate = Extract<McpGate, 'mcp-sampling' | 'mcp-elicitation'>;

const OF_REQUESTS: ReadonlyMap<string, McpGate> = new Map([
  ['tools/call', 'mcp'],
  ['resources/read', 'mcp-resources'],
  ['prompts/get', 'mcp-prompts'],
]);

const OF_ANSWERS: ReadonlyMap<string, AnswerGate> = new Map([
  ['sampling/createmessage', 'mcp-sampling'],
  ['elicitation/create', 'mcp-elicitation'],
]);

/** The gate of a client's request by its method alone. */
export function gateOf(method: string): McpGate | null {
  return OF_REQUESTS.get(folded(method)) ?? null;
}

/** The gate of the client's answer to a request of the server with this method. */
export function gateOfAnswer(method: string): AnswerGate | null {
  return OF_ANSWERS.get(folded(method)) ?? null;
}

/** Members of results that answer nothing which a human was asked: of `ping`, `roots/list`, and what tells the state of tasks. */
const UNASKED = new Set([
  ...['_meta', 'resultType', 'roots', 'nextCursor', 'tasks', 'taskId', 'status', 'statusMessage', 'createdAt'],
  ...['lastUpdatedAt', 'ttl', 'pollInterval'],
]);

/** Members of a result of `elicitation/create`. */
const ELICITED = new Set(['_meta', 'resultType', 'action', 'content']);

/**
 * The gate of a client's result by what it holds, whatever was asked: the answer to a question may be fetched by another
 * (`tasks/result`), and what a client takes for the question need not be what anybody else read.
 */
export function gateOfResult(result: JsonValue): AnswerGate | null {
  const keys = isJsonObject(result) ? Object.keys(result) : [];
  if (isJsonObject(result) && keys.every((key) => UNASKED.has(key))) return null;
  return keys.includes('action') && keys.every((key) => ELICITED.has(key)) ? 'mcp-elicitation' : 'mcp-sampling';
}

/** The gate of a client's answer, also by the method of the question where that is known; errors are no answers. */
export function gateOfReply({ isError, resultText }: Response, method = ''): AnswerGate | null {
  if (isError || resultText === null) return null;
  return gateOfAnswer(method) ?? gateOfResult(parseJson(resultText));
}

/**
 * Every gate that a message of the client goes through; none: it is not gated. Answers to a server may also ride in a request
 * that is sent again (`inputResponses`, 2026-07-28). One that is switched off leaves the next one to be asked.
 */
export function gatesOf({
  method,
  params,
}: {
  readonly method: string;
  readonly params: JsonObject | null;
}): readonly McpGate[] {
  const own = gateOf(method);
  const answers = Object.entries(params ?? {}).filter(([key]) => folded(key) === 'inputresponses');
  if (answers.length === 0) return own === null ? [] : [own];
  const given = answers.flatMap(([, value]) => (isJsonObject(value) ? Object.values(value) : [value]));
  const isSampling = given.some((value) => gateOfResult(value) === 'mcp-sampling');
  return [...(own === null ? [] : [own]), isSampling ? 'mcp-sampling' : 'mcp-elicitation'];
}
