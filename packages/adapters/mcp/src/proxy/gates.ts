import type { JsonObject } from '@airlock/protocol';
import { isJsonObject } from '@airlock/protocol';

/** Layer of the gate a method belongs to, the `source` of its requests; null for what is not gated. */
export type McpGate = 'mcp' | 'mcp-resources' | 'mcp-prompts' | 'mcp-sampling' | 'mcp-elicitation';

const OF_REQUESTS: ReadonlyMap<string, McpGate> = new Map([
  ['tools/call', 'mcp'],
  ['resources/read', 'mcp-resources'],
  ['prompts/get', 'mcp-prompts'],
]);

const OF_ANSWERS: ReadonlyMap<string, McpGate> = new Map([
  ['sampling/createmessage', 'mcp-sampling'],
  ['elicitation/create', 'mcp-elicitation'],
]);

/** As the most lenient reader would take a name: without case, forms of one letter the same, at an end where a NUL is. */
export function folded(name: string): string {
  const nul = name.indexOf('\0');
  return (nul === -1 ? name : name.slice(0, nul)).normalize('NFKC').toLowerCase().trim();
}

/** The gate of a client's request by its method alone. */
export function gateOf(method: string): McpGate | null {
  return OF_REQUESTS.get(folded(method)) ?? null;
}

/** The gate of the client's answer to a request of the server with this method. */
export function gateOfAnswer(method: string): McpGate | null {
  return OF_ANSWERS.get(folded(method)) ?? null;
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
  const isSampling = answers.some(([, value]) => !isJsonObject(value) || Object.values(value).some(isSampled));
  return [...(own === null ? [] : [own]), isSampling ? 'mcp-sampling' : 'mcp-elicitation'];
}

/** Result of `sampling/createMessage`: what is no other known answer counts as one. */
function isSampled(value: unknown): boolean {
  return !isJsonObject(value) || !(Object.hasOwn(value, 'action') || Object.hasOwn(value, 'roots'));
}
