import { createHash } from 'node:crypto';
import {
  isJsonObject,
  JsonError,
  type JsonObject,
  type JsonValue,
  type McpDefinition,
  parseHexSha256,
  parseJson,
  rfc8785,
} from '@airlock/protocol';

/** Tools whose definitions are kept; more than that come without one. */
const MOST_TOOLS = 4096;

/** What the tools of a server said about themselves in the lists that the client has seen last. */
export class Definitions {
  #known = new Map<string, McpDefinition | null>();

  /** Null for a tool that no list has shown, or one list in two ways. */
  of(tool: string): McpDefinition | null {
    return this.#known.get(tool) ?? null;
  }

  /**
   * Takes an answer to `tools/list`. One that reads in more than one way leaves no definition: it is not known what the
   * client saw.
   *
   * @param isFirstPage - it replaces what was known
   */
  learn(raw: Uint8Array, isFirstPage: boolean): void {
    const tools = toolsIn(raw);
    if (tools === null) {
      this.forget();
      return;
    }
    const page = new Map<string, McpDefinition | null>();
    for (const tool of tools) {
      const name = tool['name'];
      if (typeof name === 'string') page.set(name, page.has(name) ? null : definitionOf(tool));
    }
    if (isFirstPage) this.#known.clear();
    for (const [name, definition] of page) {
      if (this.#known.size < MOST_TOOLS) this.#known.set(name, definition);
    }
  }

  forget(): void {
    this.#known.clear();
  }
}

function toolsIn(raw: Uint8Array): readonly JsonObject[] | null {
  let message: JsonValue;
  try {
    message = parseJson(raw);
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
  const result = isJsonObject(message) ? message['result'] : null;
  const tools = isJsonObject(result) ? result['tools'] : null;
  return Array.isArray(tools) ? tools.filter(isJsonObject) : [];
}

function definitionOf(tool: JsonObject): McpDefinition {
  const { title, description, annotations } = tool;
  const hinted = isJsonObject(annotations) ? annotations['title'] : undefined;
  const shown = typeof title === 'string' ? title : hinted;
  return {
    sha256: parseHexSha256(createHash('sha256').update(rfc8785(tool), 'utf8').digest('hex')),
    ...(typeof shown === 'string' ? { title: shown } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(annotations === undefined ? {} : { annotationsJson: rfc8785(annotations) }),
  };
}
