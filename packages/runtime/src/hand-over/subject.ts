import { MCP_TOOL_CALL, mcpBinding } from '@airlock/actions';
import { sha256Hex } from '@airlock/crypto';
import {
  type ActionOf,
  canonicalBytes,
  isJsonObject,
  JsonError,
  type JsonValue,
  type McpBinding,
  parseJson,
} from '@airlock/protocol';
import type { Asked } from '../service/asked.js';
import { invokedCommand } from './invoked-command.js';

/** `source` of the requests of the MCP proxy's calls, and of `airlock run`. */
const [MCP, RUN] = ['mcp', 'run'] as const;

/** Everything that has to be the same, as one hash: what an approved call of a host hands over and what a layer may take. */
type Subject = string;

function mcpSubject(call: { readonly server: string; readonly tool: string; readonly inputJson: string }): Subject {
  const { server, tool, inputJson } = call;
  return sha256Hex(canonicalBytes({ kind: MCP, server, tool, inputJson }));
}

/** Variables by which the code of every program is another; a host's card shows them, so they must be those of the card. */
const LOADS_CODE = /^(?:BASH_ENV|BASH_FUNC_.*|DYLD_INSERT_LIBRARIES|LD_AUDIT|LD_PRELOAD|ZDOTDIR)$/;

function runSubject(
  argv: readonly string[],
  { cwd, environment }: Pick<ActionOf<'command'>, 'cwd' | 'environment'>,
  sessionId: string,
): Subject {
  const loads = Object.fromEntries(Object.entries(environment).filter(([name]) => LOADS_CODE.test(name)));
  return sha256Hex(canonicalBytes({ kind: RUN, argv: [...argv], cwd, loads, sessionId }));
}

/** What a host's call hands over; null for one that is no call of a server's tool and no line of one `airlock run -- …`. */
export function givenSubject(asked: Asked, program: string | null): Subject | null {
  const { plaintext, sessionId, isClaimed } = asked;
  const { action } = plaintext;
  if (sessionId === undefined || isClaimed === true) return null;
  if (action.kind === 'mcp-call') return mcpSubject(action);
  const argv = invokedCommand(asked, program);
  return argv === null || action.kind !== 'command' ? null : runSubject(argv, action, sessionId);
}

/** Members of `_meta` by which every request of 2026-07-28 says what its client is. */
const OF_THE_PROTOCOL = 'io.modelcontextprotocol/';

/** Whether a call goes to the server with more than its arguments: no card of a host's call showed that. */
function saysMore({ metaJson, paramsJson }: McpBinding): boolean {
  if (paramsJson !== undefined) return true;
  const meta = metaJson === undefined ? {} : read(metaJson);
  return !isJsonObject(meta) || !Object.keys(meta).every((key) => key.startsWith(OF_THE_PROTOCOL));
}

function read(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}

/** What a request of the MCP proxy or of `airlock run` is about; null for a request of anybody else. */
export function takenSubject({ plaintext, sessionId, source, isClaimed }: Asked): Subject | null {
  const { action } = plaintext;
  if (isClaimed === true) return null;
  if (action.kind === 'mcp-call') {
    const binding = source === MCP ? mcpBinding(action) : null;
    const isOurs = binding?.method === MCP_TOOL_CALL && binding.server.transport !== 'gateway';
    return isOurs && !saysMore(binding) ? mcpSubject(action) : null;
  }
  if (action.kind !== 'command' || source !== RUN || sessionId === undefined) return null;
  // A host gives the line nothing to read; whoever has something for the command to read is not that invocation.
  const isInvocation = action.shell === undefined && action.inputJson === undefined && action.stdin === 'none';
  return isInvocation ? runSubject(action.argv, action, sessionId) : null;
}
