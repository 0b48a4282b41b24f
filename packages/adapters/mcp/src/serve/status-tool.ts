import { type StatusAnswer, workspaceAround } from '@airlock/runtime/client';
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { type Desk, readInput } from './approval-tools.js';
import type { Caller } from './caller.js';
import type { ServePorts } from './ports.js';
import { type statusAnswerSchema, statusSchema } from './tool-list.js';
import { shown } from './words.js';

type Status = Omit<z.infer<typeof statusAnswerSchema>, 'message'>;

/** `airlock_status`. */
export async function airlockStatus({ ports }: Desk, input: unknown, { signal }: Caller): Promise<CallToolResult> {
  readInput(statusSchema, input);
  const daemon = await ports.connect(signal);
  const status = statusOf(await daemon.status({ signal }), ports);
  const message = linesOf(status, ports).join('\n');
  return { content: [{ type: 'text', text: message }], structuredContent: { ...status, message } };
}

function statusOf(answer: StatusAnswer, { folder, asTyped }: ServePorts): Status {
  const workspace = workspaceAround(answer, folder);
  return {
    signedIn: answer.signedIn,
    gatewayUrl: answer.gatewayUrl,
    presence: answer.presence,
    folder,
    workspace: workspace?.path ?? null,
    paired: workspace?.paired ?? false,
    assurance: workspace?.assurance ?? null,
    autoMode: workspace?.auto ?? false,
    failMode: workspace?.failMode ?? 'closed',
    patterns: workspace?.patterns.length ?? 0,
    openRequests: answer.openRequests,
    problems: answer.problems.map(({ code, message, fix }) => ({
      code,
      message,
      ...(fix === undefined ? {} : { fix: asTyped(fix) }),
    })),
  };
}

function linesOf(status: Status, { asTyped }: Pick<ServePorts, 'asTyped'>): readonly string[] {
  const { signedIn, paired, workspace, assurance, autoMode, failMode, patterns, problems } = status;
  return [
    signedIn
      ? `Signed in to ${shown(status.gatewayUrl ?? '')} (${status.presence}).`
      : `Not signed in: every request is denied. Next: ${asTyped('airlock sign-in')}`,
    paired
      ? `${shown(workspace ?? '')} is paired with an approver (${assurance ?? 'unknown'}).`
      : `${shown(status.folder)} is not paired: every request is denied. Next: ${asTyped('airlock pair')}`,
    ...problems.map(
      ({ code, message, fix }) =>
        `Problem ${shown(code)}: ${shown(message)}${fix === undefined ? '' : `. Next: ${shown(fix)}`}`,
    ),
    `Auto mode is ${autoMode ? 'on: most calls are not gated' : 'off'}; fail mode is ${failMode}; ${patterns} signed patterns.`,
    'This server only asks: it stops nothing by itself. What is gated is what passes through a hook of the host, the MCP proxy, git hooks or airlock run.',
  ];
}
