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
import { readsInOneWay } from './spelling.js';

/** Tools whose definitions are kept; more than that come without one. */
const MOST_TOOLS = 4096;

/** By which it is told what tools a list has. */
const OWN_MEMBERS = new Set(['tools', 'name']);

/** What the tools of a server said about themselves in the lists that the client has seen last. */
export class Definitions {
  #known = new Map<string, McpDefinition | null>();

  /** Null for a tool that no list has shown, or one list in two ways, on whatever pages. */
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
    if (isFirstPage) this.#known.clear();
    for (const tool of tools) this.#add(tool);
  }

  #add(tool: JsonObject): void {
    const name = tool['name'];
    if (typeof name !== 'string') return;
    const known = this.#known.get(name);
    if (known === undefined && this.#known.size >= MOST_TOOLS) return;
    const definition = definitionOf(tool);
    this.#known.set(name, known === undefined || known?.sha256 === definition.sha256 ? definition : null);
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
  if (!isJsonObject(result)) return [];
  const tools = Array.isArray(result['tools']) ? result['tools'].filter(isJsonObject) : [];
  return [result, ...tools].every((each) => readsInOneWay(each, OWN_MEMBERS)) ? tools : null;
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
