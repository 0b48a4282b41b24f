import type { RequestService } from '../service/requests.js';
import type { Core } from '../service/core.js';
import type { HostCall, HostDesk, HostOutcome, HostVerdict } from './host-desk.js';

/** Calls of hosts that several layers report: one request, one question, one verdict per layer (LOC-145). */
export class JoinedCalls {
  constructor(
    private readonly core: Core,
    private readonly requests: RequestService,
  ) {}

  decide(call: HostCall): Promise<HostVerdict> {
    throw new Error(`not built yet ${call.layer} ${String(this.requests)}`);
  }

  ended(outcome: HostOutcome): void {
    throw new Error(`not built yet ${outcome.result}`);
  }

  sessionEnded(host: string, sessionId: string): void {
    throw new Error(`not built yet ${host} ${sessionId}`);
  }

  incident(entry: Parameters<HostDesk['incident']>[0]): void {
    throw new Error(`not built yet ${entry.code} ${String(this.core)}`);
  }
}
