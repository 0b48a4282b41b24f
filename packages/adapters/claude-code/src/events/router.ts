import type { HookAnswer, HookCall, HookPending, HostDesk } from '@airlock/runtime/client';
import { denyAnswer, goOn, verdictAnswer } from '../answers/answers.js';
import { refusalReason } from '../answers/reason.js';
import { AdapterFailure } from '../failure.js';
import { describeTool } from '../tools/describe-tool.js';
import { approvalSeconds } from './approval-wait.js';
import { readEvent } from './read-event.js';
import { toolEvent } from './tool-event.js';

/** Tool name by which a session proves that a block blocks. */
const CANARY = 'AirlockCanary';

/** Milliseconds after which a module layer, which cannot wait long, is told to ask again. */
const SLICE_MS = 20_000;

/** Answers the events of Claude Code, one host process or many. */
export class EventRouter {
  constructor(
    private readonly host: string,
    private readonly desk: HostDesk,
  ) {}

  /** @throws AdapterFailure and whatever describing a call throws; each of them means: block */
  async answer(call: HookCall): Promise<HookAnswer | HookPending> {
    switch (call.event) {
      case 'PreToolUse':
        return await this.#decide(call);
      case 'tool.check':
      case 'tool.run':
        return await this.#decide(call, SLICE_MS);
      case 'UserPromptExpansion':
        return goOn();
      default:
        throw new AdapterFailure('event_unknown', `There is no answer for the event ${call.event}`);
    }
  }

  async #decide(call: HookCall, waitMs?: number): Promise<HookAnswer | HookPending> {
    const event = toolEvent(readEvent(call.input));
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
      describe: () => describeTool(event, call.environment),
      timeoutSeconds: approvalSeconds(),
      ...(waitMs === undefined ? {} : { waitMs }),
      signal: call.signal,
    });
    return verdictAnswer(verdict);
  }
}
