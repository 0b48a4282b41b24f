import type { JsonObject } from '@airlock/protocol';
import type { HookAnswer, HookCall, HookPending, HostDesk, HostOutcome, HostVerdict } from '@airlock/runtime/client';
import { z } from 'zod';
import { denyAnswer, goOn, refuseEvent, verdictAnswer } from '../answers/answers.js';
import { incidentNotice, refusalReason, settingsReason } from '../answers/reason.js';
import { AdapterFailure } from '../failure.js';
import { describeTool } from '../tools/describe-tool.js';
import { approvalSeconds } from './approval-wait.js';
import { CANARY_TOOL, canaryMessage } from './canary-call.js';
import { refusedChange } from './config-change.js';
import { loadsModules } from './host-agent.js';
import { inputSha256, MODULE_NOT_LOADED, mismatchOf } from './outcome.js';
import { idSchema, members, readEvent } from './read-event.js';
import { type SeenCall, Sessions } from './sessions.js';
import { type ToolEvent, toolEvent } from './tool-event.js';

/** The layer right before a tool runs. */
const LAST_LAYER = 'tool.run';

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
      case LAST_LAYER:
        this.#sessions.noteModule(sessionOf(event));
        return await this.#decide(call, toolEvent(event), SLICE_MS);
      case 'PostToolUse':
        return await this.#ended(call, toolEvent(event), 'succeeded');
      case 'PostToolUseFailure':
        return await this.#ended(call, toolEvent(event), 'failed');
      case 'session.start':
        this.#sessions.noteModule(sessionOf(event));
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
    if (event.tool === CANARY_TOOL) {
      const message = canaryMessage(this.#sessions.hasModule(event.sessionId));
      return denyAnswer(refusalReason({ code: 'canary', message }));
    }
    const { sessionId, toolUseId, agentId, cwd, tool, inputJson } = event;
    const seen = this.#sessions.call(sessionId, toolUseId, inputSha256(inputJson));
    const verdict = await this.desk.decide({
      host: this.host,
      layer: call.event,
      sessionId,
      toolUseId,
      agentId,
      cwd,
      tool,
      inputJson,
      describe: async () => {
        const { leaves, ...action } = await describeTool(event, call.environment);
        seen.leaves = leaves;
        return action;
      },
      timeoutSeconds: approvalSeconds(),
      ...(waitMs === undefined ? {} : { waitMs }),
      signal: call.signal,
    });
    noteVerdict(seen, call.event, verdict.permission);
    return verdictAnswer(verdict);
  }

  async #ended(call: HookCall, event: ToolEvent, result: HostOutcome['result']): Promise<HookAnswer> {
    const { sessionId, toolUseId, inputJson } = event;
    if (toolUseId === null) return goOn();
    const seen = this.#sessions.take(sessionId, toolUseId);
    const hasModule = this.#sessions.hasModule(sessionId);
    const mismatch = seen === null ? null : await mismatchOf(seen, { inputJson, result, hasModule });
    const ended = { host: this.host, sessionId, toolUseId, result };
    if (mismatch?.incident === 'ran_without_approval') this.#incident(sessionId, mismatch.incident);
    else this.desk.ended(mismatch === null ? ended : { ...ended, incident: mismatch.incident });
    if (mismatch !== null) return goOn(incidentNotice(call.event, mismatch));
    if (seen === null || !loadsModules(call.environment) || !this.#sessions.missesModule(sessionId)) return goOn();
    this.#incident(sessionId, MODULE_NOT_LOADED.incident);
    return goOn(incidentNotice(call.event, MODULE_NOT_LOADED));
  }

  #incident(sessionId: string, code: string): void {
    this.desk.incident({ host: this.host, sessionId, code });
  }

  #sessionEnded(sessionId: string): HookAnswer {
    this.#sessions.forget(sessionId);
    this.desk.sessionEnded(this.host, sessionId);
    return goOn();
  }

  async #configChange(event: JsonObject): Promise<HookAnswer> {
    const refused = await refusedChange(event);
    if (refused === null) return goOn();
    this.#incident(sessionOf(event), refused.code);
    return refuseEvent(settingsReason(refused));
  }
}

/** What a layer was told, for the comparison after the call. */
function noteVerdict(seen: SeenCall, layer: string, permission: HostVerdict['permission']): void {
  if (permission === 'pending' || seen.verdict === 'deny') return;
  seen.verdict = permission;
  if (layer === LAST_LAYER) seen.isCheckedLast = true;
}

function sessionOf(event: JsonObject): string {
  return members(event, sessionSchema).session_id;
}
