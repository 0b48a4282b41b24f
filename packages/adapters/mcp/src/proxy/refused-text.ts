import { isJsonObject } from '@airlock/protocol';
import { errorText, REFUSED, type Refusal, toolRefusalText } from '../jsonrpc/answers.js';
import type { Request } from '../jsonrpc/message.js';
import { gateOf } from './gates.js';

/** What the client gets for a request that is refused: a tool's result, which reaches the model, or an error. */
export function refusedText({ id, method, params }: Request, why: Refusal): string {
  const meta = params?.['_meta'];
  const isStateless = isJsonObject(meta) && Object.hasOwn(meta, 'io.modelcontextprotocol/protocolVersion');
  const isTool = gateOf(method) === 'mcp' && params !== null && !Object.hasOwn(params, 'task');
  return isTool ? toolRefusalText(id, why, isStateless) : errorText(id, REFUSED, why);
}
