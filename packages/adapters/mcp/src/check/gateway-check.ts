import { ActionError, type McpCallContent } from '@airlock/actions';
import { JsonError } from '@airlock/protocol';
import type { CheckAnswer, CheckedMessage, GatewayCheck, HostDesk, HostVerdict } from '@airlock/runtime/client';
import { errorText, REFUSED, type Refusal } from '../jsonrpc/answers.js';
import { type Malformed, type Message, readMessage, type Request, type Response } from '../jsonrpc/message.js';
import { problemOf } from '../jsonrpc/problems.js';
import { CallError } from '../proxy/call-error.js';
import type { Denial } from '../proxy/decision.js';
import { type CallPlace, describeAnswer, describeCall } from '../proxy/describe.js';
import { type AnswerGate, gateOfReply, gatesOf, type McpGate } from '../proxy/gates.js';
import { refusedText } from '../proxy/refused-text.js';
import { denialWords, inert, refusal } from '../proxy/words.js';

/** JSON-RPC code of a message that is none. */
const INVALID_REQUEST = -32600;

const LF = 0x0a;
const CR = 0x0d;

const PASS: CheckAnswer = { permission: 'pass', body: '' };

/** Gates of their own: what is switched off for the proxy is not switched off for gateways of others. */
const GATES = {
  mcp: 'gateway',
  'mcp-elicitation': 'gateway-elicitation',
  'mcp-prompts': 'gateway-prompts',
  'mcp-resources': 'gateway-resources',
  'mcp-sampling': 'gateway-sampling',
} as const satisfies Readonly<Record<McpGate, string>>;

/** Judges messages that an MCP gateway is about to forward (docs/authorize.md): what the proxy gates, it gates. */
export const mcpCheck: GatewayCheck = (desk) => async (checked) => {
  const message = read(checked.message);
  switch (message.kind) {
    case 'malformed':
      return denied(malformedText(message));
    case 'batch':
      return batch(message.members);
    case 'notification':
      return gatesOf(message).length === 0 ? PASS : denied(errorText(null, INVALID_REQUEST, noAnswerWanted()));
    case 'request':
      return await new Check(desk, checked).request(message);
    case 'response':
      return await new Check(desk, checked).response(message);
  }
};

/** One message, which a line end may follow. Behind a gateway that writes it to a program, each line would be one of its own. */
function read(bytes: Uint8Array): Message {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end -= 1;
  const raw = bytes.subarray(0, end);
  if (!raw.includes(LF)) return readMessage(raw);
  const detail = 'A line break inside a message';
  return { kind: 'malformed', code: INVALID_REQUEST, problem: 'request_invalid', detail, id: null, raw };
}

/** All of it or nothing, as with the proxy. */
function batch(members: readonly Message[]): CheckAnswer {
  if (members.every(isFree)) return PASS;
  const refused = members.flatMap((member) => {
    if (member.kind === 'malformed') return [malformedText(member)];
    return member.kind === 'request' ? [errorText(member.id, INVALID_REQUEST, gatedBatch())] : [];
  });
  return denied(refused.length === 0 ? errorText(null, INVALID_REQUEST, gatedBatch()) : `[${refused.join(',')}]`);
}

function isFree(message: Message): boolean {
  switch (message.kind) {
    case 'request':
    case 'notification':
      return gatesOf(message).length === 0;
    case 'response':
      return gateOfReply(message) === null;
    case 'batch':
    case 'malformed':
      return false;
  }
}

/** What a client may be answering. The server's question itself does not come by here, so that the result has to tell. */
const QUESTIONS = {
  'mcp-elicitation': 'elicitation/create',
  'mcp-sampling': 'sampling/createMessage',
} as const satisfies Readonly<Record<AnswerGate, string>>;

/** One message that may have to be asked about. */
class Check {
  readonly #desk: HostDesk;
  readonly #checked: CheckedMessage;

  constructor(desk: HostDesk, checked: CheckedMessage) {
    this.#desk = desk;
    this.#checked = checked;
  }

  async request(request: Request): Promise<CheckAnswer> {
    const gates = gatesOf(request);
    if (gates.length === 0) return PASS;
    const content = described(() => describeCall({ ...this.#place(), request, definition: null }));
    if ('code' in content) return denied(refusedText(request, content));
    const name = request.params?.['name'];
    const what = gates[0] === 'mcp' && typeof name === 'string' ? `the call of ${inert(name)}` : inert(request.method);
    return this.#answer(await this.#ask(gates, content), (verdict) =>
      refusedText(request, denialWords(what, denialOf(verdict))),
    );
  }

  async response(response: Response): Promise<CheckAnswer> {
    const gate = gateOfReply(response);
    if (gate === null) return PASS;
    const [{ id }, method] = [response, QUESTIONS[gate]];
    const question = { kind: 'request', id, method, params: null, argumentsText: null, raw: EMPTY } as const;
    const content = described(() => describeAnswer({ ...this.#place(), question, answer: response }));
    if ('code' in content) return denied(errorText(null, REFUSED, content));
    return this.#answer(await this.#ask([gate], content), (verdict) =>
      errorText(null, REFUSED, denialWords(`the answer to ${method}`, denialOf(verdict))),
    );
  }

  /** Of the server only the name is known that the gateway has for it. */
  #place(): CallPlace {
    const { server, workspace } = this.#checked;
    return { serverName: server, server: { transport: 'gateway' }, folder: workspace };
  }

  /** Every gate must let it through; one that is switched off leaves the next one to be asked. */
  async #ask(gates: readonly McpGate[], content: McpCallContent): Promise<HostVerdict> {
    let verdict: HostVerdict = NOTHING_ASKED;
    for (const gate of gates) {
      verdict = await this.#decide(GATES[gate], content);
      if (verdict.permission !== 'pass' || verdict.basis.kind !== 'gate-off') break;
    }
    return verdict;
  }

  async #decide(host: string, content: McpCallContent): Promise<HostVerdict> {
    const { sessionId, signal, timeoutSeconds, workspace } = this.#checked;
    const { inputJson, tool } = content;
    return await this.#desk.decide({
      ...{ host, layer: 'ext-authz', sessionId, toolUseId: null, agentId: null, cwd: workspace, tool, inputJson },
      describe: async () => ({ action: { ...content }, isClaimed: true, recheck: async () => null, workspace }),
      timeoutSeconds,
      signal,
    });
  }

  #answer(verdict: HostVerdict, refused: (verdict: Denied) => string): CheckAnswer {
    switch (verdict.permission) {
      case 'allow':
      case 'pass':
        return { permission: verdict.permission, body: '' };
      case 'deny':
        return denied(refused(verdict));
      case 'pending':
        return denied(refused(NOTHING_ASKED));
    }
  }
}

type Denied = Extract<HostVerdict, { readonly permission: 'deny' }>;

/** Stands for the question of a server, which gateways do not show. */
const EMPTY: Uint8Array = new TextEncoder().encode('{}');

const NOTHING_ASKED: Denied = {
  ...{ permission: 'deny', requestId: null, code: 'internal_error', reason: 'nothing was decided', isHuman: false },
};

function denialOf({ code, fix, isHuman, reason }: Denied): Denial {
  const said = { code, fix, reason: reason === '' ? undefined : reason };
  if (isHuman) return { answer: 'deny', outcome: 'rejected', ...said };
  if (code === 'deadline_passed') return { answer: 'deny', outcome: 'timeout', ...said };
  return { answer: 'deny', outcome: code === 'policy_denied' ? 'policy' : 'failed', ...said };
}

/** The content of a message, or why it cannot be described. */
function described(describe: () => McpCallContent): McpCallContent | Refusal {
  try {
    return describe();
  } catch (error) {
    if (error instanceof JsonError) return refusal(problemOf(error.problem), error.message);
    if (error instanceof CallError || error instanceof ActionError) return refusal(error.code, error.message);
    throw error;
  }
}

function denied(body: string): CheckAnswer {
  return { permission: 'deny', body };
}

function malformedText({ id, code, problem, detail }: Malformed): string {
  return errorText(id, code, refusal(problem, detail));
}

function gatedBatch(): Refusal {
  return refusal('batch_gated', 'a batch with a message that needs an approval is not forwarded; send it alone');
}

function noAnswerWanted(): Refusal {
  return refusal('request_invalid', 'a call that wants no answer is not forwarded');
}
