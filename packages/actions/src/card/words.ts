import { type ActionKind, type AirlockAction, type Assurance, NOTICES, type Notice } from '@airlock/protocol';
import { MCP_TOOL_CALL, mcpBinding } from '../tool/mcp-call.js';
import { render } from '../render/render.js';

const TITLES: Readonly<Record<ActionKind, string>> = {
  command: 'Run a command',
  'file-edit': 'Change files',
  'mcp-call': 'Call a tool of a server',
  'git-commit': 'Create git commits',
  'git-push': 'Push to a git repository',
  'policy.change': 'Change the policy of this enforcer',
  tool: 'Call a tool of the host',
};

const NOTICE_WORDS: Readonly<Record<Notice, string>> = {
  'claimed-by-agent':
    'Claimed by the agent: Airlock does not execute this. It cannot tell whether this is what will happen.',
  'command-approved': 'The command line of this commit was approved before; this is about its content.',
  'content-not-shown': 'Content not shown: some files are bound by their object id only.',
  'recovery-used': 'A recovery code was used to pair this workspace in the last 7 days.',
  'same-host': 'Your approver runs on the computer of the agent.',
  'tool-changed':
    'This server or its tool is not what was approved last under this name, or that is not known any more.',
  'touches-gate': 'This touches the gate itself: its files, settings, hooks or processes.',
  'unprotected-key': 'Your signing key is not protected by a passphrase or by the device.',
  'user-side-facts': 'The facts were collected by the user, not by the protected daemon.',
};

/** What MCP messages other than a call of a tool are. */
const MCP_TITLES = new Map([
  ['resources/read', 'Read a resource of a server'],
  ['prompts/get', 'Get a prompt of a server'],
  ['sampling/createMessage', 'Send a server what a model answered'],
  ['elicitation/create', 'Send a server what a user answered'],
]);

/** Heading of a card. */
export function titleOf(action: AirlockAction): string {
  const method = mcpBinding(action)?.method ?? MCP_TOOL_CALL;
  if (method === MCP_TOOL_CALL) return TITLES[action.kind];
  return MCP_TITLES.get(method) ?? 'Send a message to a server';
}

/** A notice in our own words, an unknown one by its name (ART-145). */
export function noticeWords(name: string): string {
  const known = NOTICES.find((notice) => notice === name);
  return known === undefined ? `Unknown notice: ${render(name, 'command').text}` : NOTICE_WORDS[known];
}

/** What the pairing itself warns about (PAIR-210, PAIR-225). */
export function pairingWarnings(pairing: {
  readonly assurance: Assurance;
  readonly capabilities: readonly string[];
}): readonly string[] {
  const warnings: string[] = [];
  if (pairing.assurance === 'gateway-trusted') {
    warnings.push('Gateway-trusted pairing: the gateway could have taken part. Pair again with the full code.');
  }
  if (pairing.capabilities.includes('unprotected-key')) {
    warnings.push('This approver announced an unprotected signing key.');
  }
  if (pairing.capabilities.includes('same-host')) {
    warnings.push('This approver announced that it runs on the computer of the agent.');
  }
  return warnings;
}
