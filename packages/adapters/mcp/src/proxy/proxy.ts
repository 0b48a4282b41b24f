import { errorText, REFUSED } from '../jsonrpc/answers.js';
import { linesOf, TOO_LONG } from '../jsonrpc/lines.js';
import { type IdText, type Malformed, MESSAGE_BYTES, readMessage } from '../jsonrpc/message.js';
import type { LostCall } from '../upstream/upstream.js';
import { ClientSide } from './client-side.js';
import { Definitions } from './definitions.js';
import { Gatekeeper, type Scene } from './gatekeeper.js';
import { type Open, OpenIds } from './open-ids.js';
import type { ProxyOptions, ProxyPorts } from './ports.js';
import { hear } from './server-side.js';
import { ServerQuestions } from './server-questions.js';
import { goneWords, refusal } from './words.js';

/** Milliseconds that the end of the proxy may take once its client and its server are gone. */
const SETTLE_MS = 2_000;

/**
 * Carries messages between a client and a server, byte for byte, and holds back what has to be approved first.
 * @returns the exit code for the process: 1 when the server went before its client did
 */
export async function runProxy(options: ProxyOptions, ports: ProxyPorts): Promise<number> {
  return await new Session(options, ports).run();
}

class Session {
  readonly #open = new OpenIds();
  readonly #definitions = new Definitions();
  readonly #questions = new ServerQuestions();
  readonly #gatekeeper: Gatekeeper;
  readonly #client: ClientSide;
  readonly #running = new Set<Promise<void>>();
  #goneReason: string | null = null;
  #isClientGone = false;
  #stop = (): void => undefined;

  constructor(
    options: ProxyOptions,
    private readonly ports: ProxyPorts,
  ) {
    const scene: Scene = {
      ...{ options, ports, open: this.#open, definitions: this.#definitions },
      answer: (text) => this.#answer(text),
      tellServer: (text) => this.#tellServer(text),
      background: (work) => this.#background(work),
      goneReason: () => this.#goneReason,
    };
    this.#gatekeeper = new Gatekeeper(scene);
    this.#client = new ClientSide(scene, this.#gatekeeper, this.#questions);
  }

  async run(): Promise<number> {
    const { upstream, signal } = this.ports;
    const aborted = new Promise<void>((resolve) => {
      this.#stop = resolve;
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const fromServer = this.#fromServer();
    this.#background(this.#watch());
    await Promise.race([this.#fromClient(), aborted]);
    const wasGone = this.#goneReason !== null;
    this.#isClientGone = true;
    this.#endHeld('cancelled');
    this.#gatekeeper.withdrawAll();
    await upstream.close();
    // What the server still had to say is for a client that listens.
    await Promise.race([fromServer, aborted]);
    this.#endOpen('cancelled');
    await this.#settled();
    return wasGone ? 1 : 0;
  }

  /** Waits until the daemon has been told everything, but not for ever. */
  async #settled(): Promise<void> {
    let stop = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      stop = this.ports.timer(SETTLE_MS, resolve);
    });
    const all = async () => {
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
      await this.#gatekeeper.settled();
    };
    await Promise.race([all(), late]);
    stop();
  }

  /** Until the client has gone. */
  async #fromClient(): Promise<void> {
    try {
      for await (const line of linesOf(this.ports.fromClient, MESSAGE_BYTES)) {
        if (line === TOO_LONG) await this.#client.take(TOO_LARGE);
        else if (!isBlank(line)) await this.#client.take(readMessage(line));
      }
    } catch (error) {
      this.ports.say(
        `client_gone ${error instanceof Error ? error.message : 'the client cannot be read or written to'}`,
      );
    }
  }

  /** Until the server has gone, or cannot be read any more: then it goes. */
  async #fromServer(): Promise<void> {
    const { upstream, say } = this.ports;
    try {
      for await (const message of upstream.messages) {
        if (message instanceof Uint8Array) await this.#passOn(message);
        else await this.#lost(message);
      }
    } catch (error) {
      say(`server_gone ${error instanceof Error ? error.message : 'the server cannot be read'}`);
      await upstream.close();
    }
  }

  /** The client gets every byte; what matters here is read first. */
  async #passOn(raw: Uint8Array): Promise<void> {
    const lists = this.#open.of('list');
    const { calls, answers, isUnclear } = hear(raw, { forAnswers: this.#open.size > 0, forList: lists.length > 0 });
    if (isUnclear) {
      for (const [id] of lists) this.#open.set(id, { kind: 'passed' });
      this.#definitions.forget();
    }
    if (answers.some(({ id }) => this.#open.isHeld(id))) {
      this.ports.say('answer_unknown the server answered a call that it has not seen; that was not passed on');
      return;
    }
    for (const call of calls) if (call.kind === 'request') this.#questions.add(call);
    for (const { id, isError } of answers) {
      this.#closed(this.#open.close(id), { raw, isError, isAlone: answers.length === 1 });
    }
    await this.#toClient(raw);
  }

  #closed(open: Open | undefined, answer: { raw: Uint8Array; isError: boolean; isAlone: boolean }): void {
    if (open?.kind === 'approved') this.#gatekeeper.answered(open.requestId, answer.isError);
    if (open?.kind !== 'list') return;
    if (answer.isAlone) this.#definitions.learn(answer.raw, open.isFirstPage);
    else this.#definitions.forget();
  }

  async #lost({ lost, code, reason, wasSent }: LostCall): Promise<void> {
    const open = this.#open.close(lost);
    if (open?.kind === 'approved') this.#gatekeeper.lost(open.requestId, wasSent);
    if (open === undefined) return;
    const words = wasSent
      ? { code, text: `Airlock: ${reason}. It is unknown whether the request took effect.` }
      : refusal(code, reason);
    await this.#answer(errorText(lost, REFUSED, words));
  }

  async #watch(): Promise<void> {
    const { reason } = await this.ports.upstream.ended;
    this.#goneReason = reason;
    if (this.#isClientGone) return;
    this.ports.say(`server_gone the MCP server is gone: ${reason}`);
    this.#endOpen('server_gone');
    this.#gatekeeper.withdrawAll();
  }

  /** What waits is not waited for any more. */
  #endHeld(why: 'cancelled' | 'server_gone'): void {
    for (const [id, open] of this.#open.of('held')) this.#background(this.#ended(id, open, why));
  }

  /** Everything without an answer gets its end, in the order in which it came. */
  #endOpen(why: 'cancelled' | 'server_gone'): void {
    for (const [id, open] of this.#open.closeAll()) this.#background(this.#ended(id, open, why));
  }

  async #ended(id: IdText, open: Open, why: 'cancelled' | 'server_gone'): Promise<void> {
    switch (open.kind) {
      case 'held':
        open.end(why);
        return;
      case 'approved':
        this.#gatekeeper.lost(open.requestId, true);
        break;
      case 'passed':
      case 'list':
        break;
    }
    if (why === 'server_gone') await this.#answer(errorText(id, REFUSED, goneWords(this.#goneReason ?? '', true)));
  }

  async #answer(text: string): Promise<void> {
    if (!this.#isClientGone) await this.#toClient(Buffer.from(text, 'utf8'));
  }

  async #tellServer(text: string): Promise<void> {
    if (this.#goneReason === null) await this.ports.upstream.send(readMessage(Buffer.from(text, 'utf8')));
  }

  #background(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => this.ports.say(`internal_error ${String(error)}`))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** A client that cannot be written to is gone. */
  async #toClient(message: Uint8Array): Promise<void> {
    try {
      await this.ports.toClient(message);
    } catch (error) {
      if (!this.#isClientGone)
        this.ports.say(`client_gone ${error instanceof Error ? error.message : 'it reads no more'}`);
      this.#isClientGone = true;
      this.#stop();
    }
  }
}

const TOO_LARGE: Malformed = {
  kind: 'malformed',
  code: -32600,
  problem: 'message_too_large',
  detail: `A message is longer than ${MESSAGE_BYTES} bytes`,
  id: null,
  raw: new Uint8Array(),
};

/** Spaces and a CR are no message. */
function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
