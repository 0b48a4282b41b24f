import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CANARY_TOOL, saysModuleHeard } from '../events/canary-call.js';
import type { Environment } from '../install/host-program.js';

/** Whether a block blocks. */
export interface CanaryResult {
  readonly ok: boolean;
  /** What came of it, as a sentence without a full stop. */
  readonly detail: string;
  /** The daemon had heard of our module in the session of the call. */
  readonly isModuleHeard: boolean;
}

/** A tool call that nobody asked for, to see it denied. */
export interface CanaryCall {
  /** Folder of the plugin. */
  readonly plugin: string;
  readonly sessionId: string;
  readonly cwd: string;
  /** Environment that the host gives its hooks. */
  readonly environment: Environment;
}

/** Milliseconds; the host gives the whole report half a minute. */
const PATIENCE = 12_000;
/** Approval wait and the margin of LOC-110, in seconds. */
const SHORTEST_DEADLINE = 310;

const hookSchema = z.object({
  type: z.literal('command'),
  command: z.string().startsWith('/'),
  args: z.array(z.string()),
  timeout: z.number().min(SHORTEST_DEADLINE),
  onFailure: z.literal('block'),
});
const hooksSchema = z.object({
  hooks: z.object({
    PreToolUse: z.tuple([z.object({ matcher: z.literal('*'), hooks: z.tuple([hookSchema]) })]),
  }),
});
const denySchema = z.strictObject({
  hookSpecificOutput: z.strictObject({
    hookEventName: z.literal('PreToolUse'),
    permissionDecision: z.literal('deny'),
    permissionDecisionReason: z.string().min(1),
  }),
});

/** Runs the hook that the plugin's `hooks.json` names, as the host would, on a call that must be denied. Never rejects. */
export async function runCanary(call: CanaryCall): Promise<CanaryResult> {
  try {
    const { command, args } = hookOf(call.plugin);
    return judge(await runHook([command, ...args], call));
  } catch (error) {
    return failed(`the hook cannot be tried: ${error instanceof Error ? error.message : 'error'}`);
  }
}

function hookOf(plugin: string): z.infer<typeof hookSchema> {
  const text = readFileSync(join(plugin, 'hooks', 'hooks.json'), 'utf8');
  const read = hooksSchema.safeParse(JSON.parse(text));
  if (read.success) return read.data.hooks.PreToolUse[0].hooks[0];
  const where = read.error.issues[0]?.path.join('.') ?? '';
  throw new Error(`hooks.json is not as it was built (${where})`, { cause: read.error });
}

interface HookRun {
  readonly code: number | null;
  readonly stdout: string;
}

function runHook([command = '', ...args]: readonly string[], call: CanaryCall): Promise<HookRun> {
  const { plugin, cwd, sessionId } = call;
  const event = {
    session_id: sessionId,
    cwd,
    hook_event_name: 'PreToolUse',
    tool_name: CANARY_TOOL,
    tool_input: {},
  };
  return new Promise((resolve, reject) => {
    const child = spawn(
      command,
      args.map((word) => word.replaceAll('${CLAUDE_PLUGIN_ROOT}', plugin)),
      {
        cwd,
        env: { ...call.environment, CLAUDE_PLUGIN_ROOT: plugin },
        stdio: ['pipe', 'pipe', 'ignore'],
        timeout: PATIENCE,
        killSignal: 'SIGKILL',
      },
    );
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout }));
    child.stdin.end(JSON.stringify(event));
  });
}

function judge({ code, stdout }: HookRun): CanaryResult {
  if (code !== 2) return failed(`the hook ended with ${code ?? 'a signal'}, not with 2: it did not block`);
  const { data } = denySchema.safeParse(asJson(stdout));
  if (data === undefined) return failed('the hook blocked, but its answer has not the form of a deny');
  const isModuleHeard = saysModuleHeard(data.hookSpecificOutput.permissionDecisionReason);
  return { ok: true, detail: 'a call that must be denied was denied', isModuleHeard };
}

function failed(detail: string): CanaryResult {
  return { ok: false, detail, isModuleHeard: false };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
