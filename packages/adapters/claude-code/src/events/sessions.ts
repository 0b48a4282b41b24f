import type { ExpectedFile } from '../tools/tool-call.js';

/** A call that somebody described, and what it was approved to leave behind. */
export interface DescribedCall {
  /** `hex64` of the input in the form of ART-140. */
  readonly inputSha256: string;
  readonly leaves: ExpectedFile | null;
  /** A signature or a signed policy let it through. */
  isAllowed: boolean;
}

interface Session {
  readonly calls: Map<string, DescribedCall>;
  /** Events by which our modules showed that they are loaded. */
  readonly moduleEvents: Set<string>;
}

/** More sessions than a user has at a time; the one longest without an event is forgotten. */
const MOST_SESSIONS = 256;
/** More calls than a session has open at a time. */
const MOST_CALLS = 512;

/** What is remembered about the sessions of the host, in memory only: it decides nothing. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** Events of our modules seen in a session: `session.start`, `tool.check`, `tool.run`. Empty: no module is loaded. */
  moduleEvents(sessionId: string): ReadonlySet<string> {
    return this.#sessions.get(sessionId)?.moduleEvents ?? new Set();
  }

  noteModule(sessionId: string, event: string): void {
    this.#session(sessionId).moduleEvents.add(event);
  }

  noteDescribed(sessionId: string, toolUseId: string, call: DescribedCall): void {
    const { calls } = this.#session(sessionId);
    calls.set(toolUseId, call);
    dropOldest(calls, MOST_CALLS);
  }

  noteAllowed(sessionId: string, toolUseId: string): void {
    const call = this.#sessions.get(sessionId)?.calls.get(toolUseId);
    if (call !== undefined) call.isAllowed = true;
  }

  /** The call that ended, once; null for one that was not let through by us. */
  takeAllowed(sessionId: string, toolUseId: string): DescribedCall | null {
    const calls = this.#sessions.get(sessionId)?.calls;
    const call = calls?.get(toolUseId);
    calls?.delete(toolUseId);
    return call?.isAllowed === true ? call : null;
  }

  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  #session(sessionId: string): Session {
    const session = this.#sessions.get(sessionId) ?? { calls: new Map(), moduleEvents: new Set() };
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, session);
    dropOldest(this.#sessions, MOST_SESSIONS);
    return session;
  }
}

function dropOldest(entries: Map<string, unknown>, most: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= most) return;
    entries.delete(key);
  }
}
