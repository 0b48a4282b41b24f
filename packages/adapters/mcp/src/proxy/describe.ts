import { createHash } from 'node:crypto';
import { type McpCallContent, mcpCallAction } from '@airlock/actions';
import {
  hostInputJson,
  type HexSha256,
  isJsonObject,
  type JsonObject,
  type McpBinding,
  type McpDefinition,
  type McpServer,
  parseHexSha256,
  parseJson,
  rfc8785,
} from '@airlock/protocol';
import type { Request, Response } from '../jsonrpc/message.js';
import { CallError } from './call-error.js';
import { gateOf } from './gates.js';
import { readsInOneWay } from './spelling.js';

/** Where a gated message goes. */
export interface CallPlace {
  /** Name of the server as the client knows it. */
  readonly serverName: string;
  readonly server: McpServer;
  /** Real path. */
  readonly folder: string;
}

/** A gated request in its place. */
export interface GatedCall extends CallPlace {
  readonly request: Request;
  readonly definition: McpDefinition | null;
}

/** A client's answer to a request of the server, in its place. */
export interface GatedAnswer extends CallPlace {
  readonly question: Request;
  readonly answer: Response;
}

/** Members of `_meta` that name the request or its trace, and change nothing about what it does. */
const NAMES_ONLY = new Set(['progressToken', 'claudecode/toolUseId', 'traceparent', 'tracestate']);

/** Parameters that are bound by a member of their own; a second spelling of one would be read as it by some servers. */
const OWN_MEMBERS = new Set(['name', 'arguments', '_meta', 'uri']);

/**
 * What a gated request will do, complete (ART-130).
 * @throws JsonError for parameters that read in more than one way, and CallError `call_invalid` for what is no call
 */
export function describeCall(call: GatedCall): McpCallContent {
  const { request } = call;
  parseJson(request.raw, { exactNumbers: true });
  const params = request.params ?? {};
  if (!readsInOneWay(params, OWN_MEMBERS))
    throw new CallError('A parameter is spelled so that servers read it in different ways');
  return gateOf(request.method) === 'mcp' ? describeToolCall(call, params) : describeRead(call, params);
}

function describeToolCall(call: GatedCall, params: JsonObject): McpCallContent {
  const { request, definition } = call;
  const { name, arguments: _arguments, _meta, ...others } = params;
  if (typeof name !== 'string' || name === '') throw new CallError('A call must name its tool');
  const source = request.argumentsText;
  if (source !== null && !isJsonObject(params['arguments'])) throw new CallError('The arguments must be an object');
  return content(call, {
    ...{ tool: name, inputJson: source === null ? '{}' : hostInputJson(source) },
    ...{ description: 'Call a tool of a server', definition },
    binding: {
      method: request.method,
      rawSha256: sha256(source ?? ''),
      ...metaMember(_meta),
      ...paramsMember(others),
    },
  });
}

/** Everything but a tool call: the method stands for the tool, its parameters for the arguments. */
function describeRead(call: GatedCall, params: JsonObject): McpCallContent {
  const { _meta, ...others } = params;
  const inputJson = rfc8785(others);
  return content(call, {
    ...{ tool: call.request.method, inputJson, description: 'Ask a server for something', definition: null },
    binding: { method: call.request.method, rawSha256: sha256(inputJson), ...metaMember(_meta) },
  });
}

/**
 * What the client answers a server, with the question in `paramsJson`.
 * @throws JsonError, CallError
 */
export function describeAnswer(call: GatedAnswer): McpCallContent {
  const { question, answer } = call;
  parseJson(question.raw, { exactNumbers: true });
  const source = answer.resultText ?? '';
  const { _meta, ...asked } = question.params ?? {};
  return content(call, {
    ...{ tool: question.method, inputJson: hostInputJson(source), definition: null },
    description: 'Answer a question of a server',
    binding: {
      method: question.method,
      rawSha256: sha256(source),
      ...metaMember(_meta),
      ...paramsMember(asked),
    },
  });
}

interface Described {
  readonly tool: string;
  readonly inputJson: string;
  readonly description: string;
  readonly definition: McpDefinition | null;
  readonly binding: Omit<McpBinding, 'server' | 'definition'>;
}

function content({ serverName, server, folder }: CallPlace, described: Described): McpCallContent {
  const { definition, binding, ...rest } = described;
  return mcpCallAction({
    ...rest,
    server: serverName,
    cwd: folder,
    binding: { ...binding, server, ...(definition === null ? {} : { definition }) },
  });
}

function metaMember(meta: unknown): { readonly metaJson?: string } {
  if (meta === undefined) return {};
  if (!isJsonObject(meta)) throw new CallError('The parameter _meta must be an object');
  const kept = Object.fromEntries(
    Object.entries(meta).filter(([key, value]) => !NAMES_ONLY.has(key) || !isName(value)),
  );
  return Object.keys(kept).length === 0 ? {} : { metaJson: rfc8785(kept) };
}

/** Whether a value can be no more than a name; anything else under the key of one is shown and hashed. */
function isName(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^[ -~]{0,512}$/.test(value));
}

function paramsMember(params: JsonObject): { readonly paramsJson?: string } {
  return Object.keys(params).length === 0 ? {} : { paramsJson: rfc8785(params) };
}

function sha256(text: string): HexSha256 {
  return parseHexSha256(createHash('sha256').update(text, 'utf8').digest('hex'));
}
