import type {
  HookCall,
  HostAdapter,
  HostAction,
  HostCall,
  HostDesk,
  HostOutcome,
  HostVerdict,
} from '@airlock/runtime/client';
import { claudeCodeAdapter } from '../../src/index.js';

/** A desk that describes every call and gives the verdict it was told to. */
export class ScriptedDesk implements HostDesk {
  readonly calls: HostCall[] = [];
  readonly described: HostAction[] = [];
  readonly outcomes: HostOutcome[] = [];
  readonly endedSessions: string[] = [];
  readonly incidents: string[] = [];

  constructor(public verdict: HostVerdict = { permission: 'allow', requestId: 'r1', basis: null }) {}

  async decide(call: HostCall): Promise<HostVerdict> {
    this.calls.push(call);
    this.described.push(await call.describe());
    return this.verdict;
  }

  ended(outcome: HostOutcome): void {
    this.outcomes.push(outcome);
  }

  sessionEnded(_host: string, sessionId: string): void {
    this.endedSessions.push(sessionId);
  }

  incident(entry: { readonly code: string }): void {
    this.incidents.push(entry.code);
  }

  status(): never {
    throw new Error('not asked');
  }
}

export interface Sent {
  readonly event?: string;
  readonly environment?: Readonly<Record<string, string>> | null;
}

/** What a tool call of the host looks like. */
export function toolEventOf(tool: string, input: unknown, more: Readonly<Record<string, unknown>> = {}): object {
  return {
    session_id: 's-1',
    transcript_path: '/nowhere/t.jsonl',
    cwd: '/',
    permission_mode: 'default',
    hook_event_name: 'PreToolUse',
    tool_name: tool,
    tool_input: input,
    tool_use_id: 'toolu_1',
    ...more,
  };
}

export function bytesOf(event: unknown): Uint8Array {
  return new TextEncoder().encode(typeof event === 'string' ? event : JSON.stringify(event));
}

const adapters = new WeakMap<HostDesk, HostAdapter>();

/** Hands an event to the adapter as the daemon would: one adapter for as long as the desk lives. */
export async function send(
  desk: HostDesk,
  event: unknown,
  { event: name = 'PreToolUse', environment = {} }: Sent = {},
) {
  const call: HookCall = {
    event: name,
    input: event instanceof Uint8Array ? event : bytesOf(event),
    environment,
    signal: new AbortController().signal,
  };
  const adapter = adapters.get(desk) ?? claudeCodeAdapter(desk);
  adapters.set(desk, adapter);
  return await adapter.handle(call);
}
