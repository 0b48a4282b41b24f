import type { ExpectedFile } from '../tools/tool-call.js';

/** What is remembered of one tool call until it ends. */
export interface SeenCall {
  /** `hex64` of the input in the form of ART-140. */
  readonly inputSha256: string;
  /** What it leaves behind as it was described; null where that cannot be told. */
  leaves: ExpectedFile | null;
  /** Last verdict that a layer was given; a denial stays. Null while nobody has one. */
  verdict: 'allow' | 'pass' | 'deny' | null;
  /** The layer right before the tool runs asked about it. */
  isCheckedLast: boolean;
}

interface Session {
  readonly calls: Map<string, SeenCall>;
  /** A layer of our modules was heard of. */
  hasModule: boolean;
  /** It was said that none was. */
  isModuleMissed: boolean;
}

/** More sessions than a user has at a time; the one longest without an event is forgotten. */
const MOST_SESSIONS = 256;
/** More calls than a session has open at a time. */
const MOST_CALLS = 512;

/** What is remembered about the sessions of the host, in memory only: it decides nothing. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  noteModule(sessionId: string): void {
    this.#session(sessionId).hasModule = true;
  }

  /** Whether a layer of our modules was heard of in a session. */
  hasModule(sessionId: string): boolean {
    return this.#sessions.get(sessionId)?.hasModule ?? false;
  }

  /** True once per session. */
  missesModule(sessionId: string): boolean {
    const session = this.#session(sessionId);
    if (session.hasModule || session.isModuleMissed) return false;
    session.isModuleMissed = true;
    return true;
  }

  /** The call as it was first seen. Without an id of its own a call is remembered by nobody. */
  call(sessionId: string, toolUseId: string | null, inputSha256: string): SeenCall {
    const fresh: SeenCall = { inputSha256, leaves: null, verdict: null, isCheckedLast: false };
    if (toolUseId === null) return fresh;
    const { calls } = this.#session(sessionId);
    const seen = calls.get(toolUseId) ?? fresh;
    calls.set(toolUseId, seen);
    dropOldest(calls, MOST_CALLS);
    return seen;
  }

  /** The call that ended, once. */
  take(sessionId: string, toolUseId: string): SeenCall | null {
    const calls = this.#sessions.get(sessionId)?.calls;
    const call = calls?.get(toolUseId) ?? null;
    calls?.delete(toolUseId);
    return call;
  }

  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  #session(sessionId: string): Session {
    const session = this.#sessions.get(sessionId) ?? { calls: new Map(), hasModule: false, isModuleMissed: false };
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
