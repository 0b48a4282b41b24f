import type { JsonObject } from '@airlock/protocol';
import type { HookAnswer, HookCall, HookPending, HostDesk, HostOutcome } from '@airlock/runtime/client';
import { z } from 'zod';
import { denyAnswer, goOn, refuseEvent, verdictAnswer } from '../answers/answers.js';
import { incidentNotice, refusalReason, settingsReason } from '../answers/reason.js';
import { AdapterFailure } from '../failure.js';
import { describeTool } from '../tools/describe-tool.js';
import type { DescribedTool } from '../tools/tool-call.js';
import { approvalSeconds } from './approval-wait.js';
import { refusedChange } from './config-change.js';
import { inputSha256, mismatchOf } from './outcome.js';
import { idSchema, members, readEvent } from './read-event.js';
import { Sessions } from './sessions.js';
import { type ToolEvent, toolEvent } from './tool-event.js';

/** Tool name by which a session proves that a block blocks. */
const CANARY = 'AirlockCanary';

/** Milliseconds after which a module layer, which cannot wait long, is told to ask again. */
const SLICE_MS = 20_000;

const sessionSchema = z.object({ session_id: idSchema });

/** Answers the events of Claude Code, of all its sessions. */
export class EventRouter {
  readonly #sessions = new Sessions();

  constructor(
    private readonly host: string,
    private readonly desk: HostDesk,
  ) {}

  /** @throws AdapterFailure and whatever looking at a call throws; each of them means: block */
  async answer(call: HookCall): Promise<HookAnswer | HookPending> {
    const event = readEvent(call.input);
    switch (call.event) {
      case 'PreToolUse':
        return await this.#decide(call, toolEvent(event));
      case 'tool.check':
      case 'tool.run':
        this.#sessions.noteModule(sessionOf(event), call.event);
        return await this.#decide(call, toolEvent(event), SLICE_MS);
      case 'PostToolUse':
        return await this.#ended(call.event, toolEvent(event), 'succeeded');
      case 'PostToolUseFailure':
        return await this.#ended(call.event, toolEvent(event), 'failed');
      case 'session.start':
        this.#sessions.noteModule(sessionOf(event), call.event);
        return goOn();
      case 'SessionEnd':
        return this.#sessionEnded(sessionOf(event));
      case 'ConfigChange':
        return await this.#configChange(event);
      // Our own commands are executed by another program, never here (LOC-060).
      case 'SessionStart':
      case 'UserPromptExpansion':
        return goOn();
      default:
        throw new AdapterFailure('event_unknown', `There is no answer for the event ${call.event}`);
    }
  }

  async #decide(call: HookCall, event: ToolEvent, waitMs?: number): Promise<HookAnswer | HookPending> {
    if (event.tool === CANARY) {
      return denyAnswer(refusalReason({ code: 'canary', message: 'This tool is always denied: the gate works' }));
    }
    const { sessionId, toolUseId, agentId, cwd, tool, inputJson } = event;
    const verdict = await this.desk.decide({
      host: this.host,
      layer: call.event,
      sessionId,
      toolUseId,
      agentId,
      cwd,
      tool,
      inputJson,
      describe: () => this.#describe(event, call.environment),
      timeoutSeconds: approvalSeconds(),
      ...(waitMs === undefined ? {} : { waitMs }),
      signal: call.signal,
    });
    if (verdict.permission === 'allow' && toolUseId !== null) this.#sessions.noteAllowed(sessionId, toolUseId);
    return verdictAnswer(verdict);
  }

  async #describe(event: ToolEvent, environment: HookCall['environment']): Promise<Omit<DescribedTool, 'leaves'>> {
    const { leaves, ...action } = await describeTool(event, environment);
    const { sessionId, toolUseId, inputJson } = event;
    if (toolUseId !== null) {
      this.#sessions.noteDescribed(sessionId, toolUseId, {
        inputSha256: inputSha256(inputJson),
        leaves,
        isAllowed: false,
      });
    }
    return action;
  }

  async #ended(name: string, event: ToolEvent, result: HostOutcome['result']): Promise<HookAnswer> {
    const { sessionId, toolUseId, inputJson } = event;
    if (toolUseId === null) return goOn();
    const approved = this.#sessions.takeAllowed(sessionId, toolUseId);
    const mismatch = approved === null ? null : await mismatchOf(approved, { inputJson, result });
    const incident = mismatch === null ? {} : { incident: mismatch.incident };
    this.desk.ended({ host: this.host, sessionId, toolUseId, result, ...incident });
    return mismatch === null ? goOn() : goOn(incidentNotice(name, mismatch));
  }

  #sessionEnded(sessionId: string): HookAnswer {
    this.#sessions.forget(sessionId);
    this.desk.sessionEnded(this.host, sessionId);
    return goOn();
  }

  async #configChange(event: JsonObject): Promise<HookAnswer> {
    const refused = await refusedChange(event);
    if (refused === null) return goOn();
    this.desk.incident({ host: this.host, sessionId: sessionOf(event), code: refused.code });
    return refuseEvent(settingsReason(refused));
  }
}

function sessionOf(event: JsonObject): string {
  return members(event, sessionSchema).session_id;
}
