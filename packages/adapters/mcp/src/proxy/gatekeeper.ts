import { isJsonObject, JsonError } from '@airlock/protocol';
import { ActionError, type McpCallContent } from '@airlock/actions';
import { errorText, progressText, REFUSED, type Refusal } from '../jsonrpc/answers.js';
import type { Request, Response } from '../jsonrpc/message.js';
import { problemOf } from '../jsonrpc/problems.js';
import { Approval } from './approval.js';
import { CallError } from './call-error.js';
import { DaemonLink } from './daemon-link.js';
import type { Decision, Granted } from './decision.js';
import { type CallPlace, describeAnswer, describeCall } from './describe.js';
import { gateOf, gateOfReply, gatesOf, type McpGate } from './gates.js';
import { PENDING_SECONDS, type ProxyOptions, type ProxyPorts } from './ports.js';
import { refusedText } from './refused-text.js';
import { waitFor } from './wait-for.js';
import { WaitingRoom } from './waiting-room.js';
import { denialWords, goneWords, inert, pendingWords, refusal } from './words.js';
import type { Definitions } from './definitions.js';
import type { OpenIds } from './open-ids.js';

/** Messages that may wait for an approval at once; each may be as large as a message can be. */
const MOST_HELD = 64;

/** What the gatekeeper shares with the proxy around it. */
export interface Scene {
  readonly options: ProxyOptions;
  readonly ports: ProxyPorts;
  readonly open: OpenIds;
  readonly definitions: Definitions;
  /** Answers the client; a client that has gone hears nothing. */
  readonly answer: (text: string) => Promise<void>;
  /** Sends a message that is not the client's own to the server. */
  readonly tellServer: (text: string) => Promise<void>;
  /** Goes on without anybody waiting; what goes wrong in it is said, forwards nothing and ends nothing. */
  readonly background: (work: Promise<void>) => void;
  /** Why the server is gone; null as long as it is not. */
  readonly goneReason: () => string | null;
}

/** Holds gated messages until they are approved, and lets exactly those through. */
export class Gatekeeper {
  readonly #link: DaemonLink;
  readonly #room = new WaitingRoom();
  readonly #answersHeld = new Set<Approval>();
  #held = 0;

  constructor(private readonly scene: Scene) {
    this.#link = new DaemonLink(scene.ports);
  }

  /** The server has answered an approved request. */
  answered(requestId: string, isError: boolean): void {
    this.#link.report(requestId, { result: 'exited', exitCode: isError ? 1 : 0 });
  }

  /** An approved request will not be answered any more. */
  lost(requestId: string, wasSent: boolean): void {
    const outcome = wasSent ? ({ result: 'unknown' } as const) : ({ result: 'not-started', code: 'not_sent' } as const);
    this.#link.report(requestId, outcome);
  }

  /** Nobody is left to use an approval. */
  withdrawAll(): void {
    for (const approval of [...this.#room.takeAll(), ...this.#answersHeld]) approval.withdraw();
  }

  /** Resolves when the daemon was told everything. */
  async settled(): Promise<void> {
    await this.#link.settled();
  }

  /** Holds a gated request; resolves when it has been forwarded or answered. */
  async request(request: Request): Promise<void> {
    const described = this.#describe(() =>
      describeCall({ ...this.#place(), request, definition: this.#definitionFor(request) }),
    );
    if ('code' in described) return await this.#refuse(request, described);
    const gates = gatesOf(request);
    const key = JSON.stringify([gates, described]);
    const approval = this.#room.take(key) ?? this.#ask(gates, described, key);
    if (approval === null) return await this.#refuse(request, tooMany());
    this.#held += 1;
    try {
      await this.#hold(request, { approval, key, what: whatOf(request) });
    } finally {
      this.#held -= 1;
    }
  }

  /** Holds the client's answer to a question of the server. */
  async response(question: Request, response: Response): Promise<void> {
    const what = `the answer to ${inert(question.method)}`;
    const refuse = async ({ code, text }: Refusal) =>
      await this.scene.tellServer(errorText(question.id, REFUSED, { code, text }));
    const described = this.#describe(() => describeAnswer({ ...this.#place(), question, answer: response }));
    if ('code' in described) return await refuse(described);
    const gate = gateOfReply(response, question.method);
    const approval = gate === null ? null : this.#ask([gate], described, null);
    if (approval === null) return await refuse(tooMany());
    this.#held += 1;
    this.#answersHeld.add(approval);
    try {
      const decision = await this.#claimed(approval, await approval.decision);
      if (decision.answer === 'deny') return await refuse(denialWords(what, decision));
      if (this.scene.goneReason() !== null) return this.lost(decision.requestId, false);
      await this.scene.ports.upstream.send(response);
      this.answered(decision.requestId, false);
    } finally {
      this.#held -= 1;
      this.#answersHeld.delete(approval);
    }
  }

  async #hold(request: Request, held: { approval: Approval; key: string; what: string }): Promise<void> {
    const { approval, key, what } = held;
    const { open, ports } = this.scene;
    const ended = new AbortController();
    open.set(request.id, { kind: 'held', end: (why) => ended.abort(why) });
    const stopProgress = this.#showProgress(request, what);
    const end = await waitFor(approval.decision, { ended: ended.signal, ports, pendingMs: this.#pendingMs(request) });
    stopProgress();
    if (end === 'pending') {
      this.#room.park(key, approval);
      open.close(request.id);
      return await this.#refuse(request, pendingWords(what));
    }
    if (end === 'ended') {
      approval.withdraw();
      return await this.#over(request, ended.signal.reason);
    }
    const decision = await this.#claimed(approval, end);
    if (decision.answer === 'deny') {
      open.close(request.id);
      if (ended.signal.aborted) return await this.#over(request, ended.signal.reason);
      return await this.#refuse(request, denialWords(what, decision));
    }
    if (ended.signal.aborted) {
      this.#link.report(decision.requestId, { result: 'not-started', code: String(ended.signal.reason) });
      return await this.#over(request, ended.signal.reason);
    }
    await this.#forward(request, decision);
  }

  /** The server gets the request exactly as the client wrote it. */
  async #forward(request: Request, { requestId }: Granted): Promise<void> {
    const { open, ports } = this.scene;
    open.set(request.id, { kind: 'approved', requestId });
    try {
      await ports.upstream.send(request);
    } catch (error) {
      // Where the end of the server was noticed first, the request is answered and on record.
      if (open.close(request.id) === undefined) return;
      this.lost(requestId, true);
      await this.#refuse(request, goneWords(error instanceof Error ? error.message : 'it cannot be reached', true));
    }
  }

  /** A held request that is not waited for any more; it is no longer open. */
  async #over(request: Request, why: unknown): Promise<void> {
    this.scene.open.close(request.id);
    if (why !== 'server_gone') return;
    await this.#refuse(request, goneWords(this.scene.goneReason() ?? 'it has ended', false));
  }

  async #claimed(approval: Approval, decision: Decision): Promise<Decision> {
    return decision.answer === 'go' ? await approval.claim(decision.requestId) : decision;
  }

  #ask(gates: readonly McpGate[], action: McpCallContent, key: string | null): Approval | null {
    if (this.#held + this.#room.size >= MOST_HELD) return null;
    const { options, ports } = this.scene;
    const approval: Approval = new Approval({ gates, action }, this.#link, {
      options,
      ports,
      onLate: () => {
        if (key !== null) this.#room.drop(key, approval);
      },
    });
    return approval;
  }

  async #refuse(request: Request, why: Refusal): Promise<void> {
    await this.scene.answer(refusedText(request, why));
  }

  #describe(describe: () => McpCallContent): McpCallContent | Refusal {
    try {
      return describe();
    } catch (error) {
      if (error instanceof JsonError) return refusal(problemOf(error.problem), error.message);
      if (error instanceof CallError || error instanceof ActionError) return refusal(error.code, error.message);
      throw error;
    }
  }

  #place(): CallPlace {
    const { options, ports } = this.scene;
    return { serverName: options.name, server: ports.upstream.identity, folder: ports.folder };
  }

  #definitionFor({ method, params }: Request) {
    const name = params?.['name'];
    return gateOf(method) === 'mcp' && typeof name === 'string' ? this.scene.definitions.of(name) : null;
  }

  #pendingMs(request: Request): number | null {
    const { pendingAfterSeconds } = this.scene.options;
    if (pendingAfterSeconds !== null) return pendingAfterSeconds * 1000;
    return progressTokenOf(request) === null ? PENDING_SECONDS * 1000 : null;
  }

  /** Says at once and then every {@link PROGRESS_MS} that the human is waited for. */
  #showProgress(request: Request, what: string): () => void {
    const token = progressTokenOf(request);
    if (token === null) return () => undefined;
    const { ports, answer, background } = this.scene;
    const startedAt = ports.mono();
    let count = 0;
    let stop = (): void => undefined;
    const show = () => {
      const seconds = Math.round((ports.mono() - startedAt) / 1000);
      // Less than any step of the server's own, which comes after.
      background(answer(progressText(token, count / 1_000_000, `Waiting for approval of ${what} (${seconds} s)`)));
      count += 1;
      stop = ports.timer(PROGRESS_MS, show);
    };
    show();
    return () => stop();
  }
}

/** Milliseconds between two signs of life for a client that takes them. */
const PROGRESS_MS = 10_000;

function progressTokenOf({ params }: Request): string | number | null {
  const meta = params?.['_meta'];
  const token = isJsonObject(meta) ? meta['progressToken'] : null;
  return typeof token === 'string' || Number.isSafeInteger(token) ? (token as string | number) : null;
}

function whatOf({ method, params }: Request): string {
  const name = params?.['name'];
  return gateOf(method) === 'mcp' && typeof name === 'string' ? `the call of ${inert(name)}` : inert(method);
}

function tooMany(): Refusal {
  return refusal('too_many_calls', `${MOST_HELD} messages wait for the approver already; send this one again later`);
}
