import {
  EncodingError,
  isJsonObject,
  JsonError,
  type JsonObject,
  type JsonValue,
  LIMITS,
  parseJson,
  utf8Decode,
} from '@airlock/protocol';
import { type MessageProblem, problemOf } from './problems.js';
import { itemTexts, memberText, memberTexts } from './source-text.js';

/** Id of a request, as the other side has to get it back: JSON text; equal for equal ids. */
export type IdText = string;

/** What a JSON-RPC 2.0 message is; `raw` are its bytes as they came, without the line end. */
export type Message =
  | {
      readonly kind: 'request';
      readonly id: IdText;
      readonly method: string;
      /** Null without any. */
      readonly params: JsonObject | null;
      /** Text of the member `arguments` of `params` exactly as it stands in the message; null without one. */
      readonly argumentsText: string | null;
      readonly raw: Uint8Array;
    }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly params: JsonObject | null;
      readonly raw: Uint8Array;
    }
  | {
      readonly kind: 'response';
      readonly id: IdText;
      readonly isError: boolean;
      /** Text of the member `result` exactly as it stands in the message; null for an error. */
      readonly resultText: string | null;
      readonly raw: Uint8Array;
    }
  /** Of 2025-03-26 only. */
  | { readonly kind: 'batch'; readonly members: readonly Message[]; readonly raw: Uint8Array }
  | {
      readonly kind: 'malformed';
      /** JSON-RPC: -32700 where it is no JSON, else -32600. */
      readonly code: -32700 | -32600;
      readonly problem: MessageProblem;
      /** Our own words, nothing of the message. */
      readonly detail: string;
      /** Of a request where one can be told; else null, as JSON-RPC wants it. */
      readonly id: IdText | null;
      readonly raw: Uint8Array;
    };

export type Request = Extract<Message, { readonly kind: 'request' }>;
export type Notification = Extract<Message, { readonly kind: 'notification' }>;
export type Response = Extract<Message, { readonly kind: 'response' }>;
export type Malformed = Extract<Message, { readonly kind: 'malformed' }>;

/** Longest message of a client that is read, bytes: what is gated goes to the daemon whole. */
export const MESSAGE_BYTES: number = LIMITS.localRequestBytes;

const CR = 0x0d;

/** Id of an answer that cannot say which request it answers. */
const NO_ID: IdText = 'null';

/**
 * Reads one message strictly: what two parsers could read in two ways (a duplicate key, a lone surrogate, a byte order mark,
 * a member that JSON-RPC does not have) is malformed. Never throws.
 */
export function readMessage(raw: Uint8Array): Message {
  const carriageReturn = raw.indexOf(CR);
  // JSON takes it for a space; Python's text streams end a line there, and read what follows as a message of its own.
  if (carriageReturn !== -1 && carriageReturn !== raw.length - 1)
    return invalid('A line break inside a message', null, raw);
  let text = '';
  try {
    if (raw.length > MESSAGE_BYTES) throw new JsonError('The message is too large', { problem: 'too_large' });
    text = decoded(raw);
    const value = parseJson(text);
    return isList(value) ? batchOf(value, text, raw) : single(value, text, raw);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const problem = problemOf(error.problem);
    const isJson = problem !== 'json_malformed' && problem !== 'json_not_utf8' && problem !== 'message_too_large';
    const code = isJson ? -32600 : -32700;
    return { kind: 'malformed', code, problem, detail: error.message, id: isJson ? requestIdOf(text) : null, raw };
  }
}

function decoded(raw: Uint8Array): string {
  try {
    return utf8Decode(raw);
  } catch (cause) {
    if (!(cause instanceof EncodingError)) throw cause;
    throw new JsonError('The message is not UTF-8', { problem: 'not_utf8', cause });
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function batchOf(values: readonly JsonValue[], text: string, raw: Uint8Array): Message {
  if (values.length === 0) return invalid('An empty batch', null, raw);
  const members = [...itemTexts(text)].map((item, index) => single(values[index] ?? null, item, Buffer.from(item)));
  return { kind: 'batch', members, raw };
}

const REQUEST_MEMBERS = new Set(['jsonrpc', 'id', 'method', 'params']);
const RESPONSE_MEMBERS = new Set(['jsonrpc', 'id', 'result', 'error']);

function single(value: JsonValue, text: string, raw: Uint8Array): Message {
  if (!isJsonObject(value)) return invalid('A message must be a JSON object', null, raw);
  const isCall = Object.hasOwn(value, 'method');
  const id = isCall || !Object.hasOwn(value, 'id') ? idOf(value, text) : answeredId(value, text);
  const told = isCall && id !== 'invalid' ? id : null;
  if (value['jsonrpc'] !== '2.0') return invalid('The member jsonrpc must be "2.0"', told, raw);
  // A reader that ignores case, or takes the first of two meanings, would see another message in it.
  const known = isCall ? REQUEST_MEMBERS : RESPONSE_MEMBERS;
  if (!Object.keys(value).every((key) => known.has(key))) return invalid('A member that JSON-RPC has not', told, raw);
  if (id === 'invalid') return invalid('An id must be a string or a whole number', null, raw);
  return isCall ? callOf(value, { id, text, raw }) : responseOf(value, { id, text, raw });
}

interface Source {
  readonly id: IdText | null;
  readonly text: string;
  readonly raw: Uint8Array;
}

function callOf(value: JsonObject, { id, text, raw }: Source): Message {
  const { method, params = null } = value;
  if (typeof method !== 'string') return invalid('The member method must be a string', id, raw);
  if (params !== null && !isJsonObject(params)) return invalid('The member params must be an object', id, raw);
  if (id === null) return { kind: 'notification', method, params, raw };
  return { kind: 'request', id, method, params, argumentsText: argumentsOf(params, text), raw };
}

function argumentsOf(params: JsonObject | null, text: string): string | null {
  if (params === null || !Object.hasOwn(params, 'arguments')) return null;
  return memberText(memberText(text, 'params') ?? '{}', 'arguments');
}

function responseOf(value: JsonObject, { id, text, raw }: Source): Message {
  const isError = Object.hasOwn(value, 'error');
  if (isError === Object.hasOwn(value, 'result')) {
    return invalid('A message must have a method, a result or an error', null, raw);
  }
  if (isError) return { kind: 'response', id: id ?? NO_ID, isError, resultText: null, raw };
  if (id === null || id === NO_ID) return invalid('A result must have an id', null, raw);
  return { kind: 'response', id, isError, resultText: memberText(text, 'result'), raw };
}

/** Only of an error: JSON-RPC answers what it cannot read with an id of null. */
function answeredId(value: JsonObject, text: string): IdText | 'invalid' | null {
  return value['id'] === null ? NO_ID : idOf(value, text);
}

function idOf(value: JsonObject, text: string): IdText | 'invalid' | null {
  if (!Object.hasOwn(value, 'id')) return null;
  const { id } = value;
  if (typeof id === 'string') return JSON.stringify(id);
  if (typeof id !== 'number' || !Number.isInteger(id)) return 'invalid';
  if (Number.isSafeInteger(id)) return String(id);
  const source = memberText(text, 'id') ?? '';
  return /^-?\d+$/.test(source) ? source : 'invalid';
}

/** The id that an error may name although the message is refused: of what is a request and nothing else to every reader. */
function requestIdOf(text: string): IdText | null {
  if (!isObjectText(text)) return null;
  const members = [...memberTexts(text)];
  const one = (key: string): string | null => {
    const found = members.filter(([each]) => each === key);
    return found.length === 1 ? (found[0]?.[1] ?? null) : null;
  };
  const id = one('id');
  if (id === null || one('method') === null || !members.every(([key]) => REQUEST_MEMBERS.has(key))) return null;
  return /^(?:-?\d+|"[ !#-[\]-~]*")$/.test(id) ? id : null;
}

function isObjectText(text: string): boolean {
  try {
    return isJsonObject(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function invalid(detail: string, id: IdText | null, raw: Uint8Array): Malformed {
  return { kind: 'malformed', code: -32600, problem: 'request_invalid', detail, id, raw };
}
