import { isJsonObject, type JsonObject, type JsonValue } from '@airlock/protocol';
import type { Message } from '../../jsonrpc/message.js';
import { headerValue } from './request-headers.js';

/** An argument that a tool wants repeated in the header `Mcp-Param-…` (2026-07-28, `x-mcp-header`). */
interface Declaration {
  readonly path: readonly string[];
  /** Lower case, whole. */
  readonly header: string;
}

const MAX_TOOLS = 4096;
const MAX_HEADERS = 64;
const MAX_DEPTH = 32;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const TYPES: ReadonlySet<JsonValue | undefined> = new Set(['string', 'integer', 'boolean']);

/** Remembers which arguments the tools of a server want as headers, out of the lists that passed by. */
export class ParameterHeaders {
  readonly #tools = new Map<string, readonly Declaration[]>();

  /** Reads the answer to a `tools/list`; what it does not understand it leaves out: the server says what it misses. */
  learn(list: Extract<Message, { kind: 'request' }>, answer: JsonObject): void {
    if (list.params?.['cursor'] === undefined) this.#tools.clear();
    const result = answer['result'];
    const tools = isJsonObject(result) ? result['tools'] : undefined;
    if (!Array.isArray(tools)) return;
    for (const tool of tools) {
      if (!isJsonObject(tool) || typeof tool['name'] !== 'string' || this.#tools.size >= MAX_TOOLS) continue;
      const declared = declarationsIn(tool['inputSchema']);
      if (declared.length > 0) this.#tools.set(tool['name'], declared);
    }
  }

  /** Headers of one call; none for a tool without declarations. */
  of(message: Message): Readonly<Record<string, string>> {
    if (message.kind !== 'request' || message.method !== 'tools/call') return {};
    const name = message.params?.['name'];
    const declared = typeof name === 'string' ? (this.#tools.get(name) ?? []) : [];
    const headers: Record<string, string> = {};
    for (const { path, header } of declared) {
      const text = textOf(path.reduce<JsonValue | undefined>(member, message.params?.['arguments']));
      if (text !== undefined) headers[header] = headerValue(text);
    }
    return headers;
  }
}

/** None where two would share one header. */
function declarationsIn(schema: JsonValue | undefined): readonly Declaration[] {
  const found: Declaration[] = [];
  collect(schema, [], found);
  const names = new Set(found.map(({ header }) => header));
  return names.size === found.length && found.length <= MAX_HEADERS ? found : [];
}

/** Only what a chain of `properties` reaches is an argument of the call for certain. */
function collect(schema: JsonValue | undefined, path: readonly string[], found: Declaration[]): void {
  if (!isJsonObject(schema) || path.length > MAX_DEPTH) return;
  const wanted = schema['x-mcp-header'];
  if (typeof wanted === 'string' && path.length > 0 && TOKEN.test(wanted) && TYPES.has(schema['type'])) {
    found.push({ path, header: `mcp-param-${wanted.toLowerCase()}` });
  }
  const properties = schema['properties'];
  if (!isJsonObject(properties)) return;
  for (const [key, inner] of Object.entries(properties)) collect(inner, [...path, key], found);
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
