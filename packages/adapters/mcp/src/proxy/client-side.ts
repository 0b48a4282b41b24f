import { isJsonObject } from '@airlock/protocol';
import { errorText, REFUSED, type Refusal } from '../jsonrpc/answers.js';
import { type IdText, type Malformed, type Message, type Request, type Response } from '../jsonrpc/message.js';
import type { Gatekeeper, Scene } from './gatekeeper.js';
import { gateOfReply, gatesOf } from './gates.js';
import type { Open } from './open-ids.js';
import type { ServerQuestions } from './server-questions.js';
import { goneWords, refusal } from './words.js';

/** JSON-RPC code of a message that is none, or not at this moment. */
const INVALID_REQUEST = -32600;

const CANCELLED = 'notifications/cancelled';

/** Judges the client's messages one by one: forwarded as they are, held, or refused. */
export class ClientSide {
  constructor(
    private readonly scene: Scene,
    private readonly gatekeeper: Gatekeeper,
    private readonly questions: ServerQuestions,
  ) {}

  /** Resolves when the next message may come; what is held goes on by itself. */
  async take(message: Message): Promise<void> {
    const gone = this.scene.goneReason();
    if (gone !== null) return await this.#withoutServer(message, gone);
    switch (message.kind) {
      case 'request':
        return await this.#request(message);
      case 'notification':
        return await this.#notification(message);
      case 'response':
        return await this.#response(message);
      case 'batch':
        return await this.#batch(message);
      case 'malformed':
        return await this.#malformed(message);
    }
  }

  async #request(request: Request): Promise<void> {
    if (this.scene.open.has(request.id)) return await this.#refuse(request.id, inUse(), INVALID_REQUEST);
    if (gatesOf(request).length === 0) return await this.#pass(request, [request]);
    this.scene.background(this.gatekeeper.request(request));
  }

  async #notification(message: Extract<Message, { kind: 'notification' }>): Promise<void> {
    if (gatesOf(message).length > 0) {
      this.scene.ports.say(
        'request_invalid a call that wants no answer was not forwarded: nothing could be told about it',
      );
      return;
    }
    if (message.method === CANCELLED) {
      const id = cancelledId(message.params);
      const open = id === null ? undefined : this.scene.open.get(id);
      if (open?.kind === 'held') return open.end('cancelled');
      // An approved call stays open: how it ended is still to be put on record.
      if (id !== null && open !== undefined && open.kind !== 'approved') this.scene.open.close(id);
    }
    await this.#pass(message, []);
  }

  async #response(response: Response): Promise<void> {
    const question = this.questions.take(response.id);
    if (question === null && !(response.isError && response.id === 'null')) {
      this.scene.ports.say('answer_unknown an answer to no question of the server was not forwarded');
      return;
    }
    if (question === null || gateOfReply(response, question.method) === null) {
      return await this.#pass(response, []);
    }
    this.scene.background(this.gatekeeper.response(question, response));
  }

  /** All of it or nothing: a batch is forwarded in one piece. */
  async #batch(batch: Extract<Message, { kind: 'batch' }>): Promise<void> {
    const requests = batch.members.filter((member) => member.kind === 'request');
    const ids = requests.map(({ id }) => id);
    const isTaken = new Set(ids).size < ids.length || ids.some((id) => this.scene.open.has(id));
    if (!isTaken && batch.members.every((member) => this.#isFree(member))) {
      for (const member of batch.members) if (member.kind === 'response') this.questions.take(member.id);
      return await this.#pass(batch, requests);
    }
    const refused = batch.members.flatMap((member) => {
      if (member.kind === 'malformed') return [malformedText(member)];
      return member.kind === 'request' ? [errorText(member.id, INVALID_REQUEST, isTaken ? inUse() : gatedBatch())] : [];
    });
    if (refused.length === 0) this.scene.ports.say('batch_gated a batch with a gated message was not forwarded');
    else await this.scene.answer(`[${refused.join(',')}]`);
  }

  /** Whether a member of a batch would be forwarded if it came alone. */
  #isFree(member: Message): boolean {
    switch (member.kind) {
      case 'request':
        return gatesOf(member).length === 0;
      case 'notification':
        return gatesOf(member).length === 0 && member.method !== CANCELLED;
      case 'response': {
        const question = this.questions.get(member.id);
        return question !== null && gateOfReply(member, question.method) === null;
      }
      case 'batch':
      case 'malformed':
        return false;
    }
  }

  async #malformed(message: Malformed): Promise<void> {
    await this.scene.answer(malformedText(message));
  }

  async #withoutServer(message: Message, gone: string): Promise<void> {
    if (message.kind === 'malformed') return await this.#malformed(message);
    const requests = (message.kind === 'batch' ? message.members : [message]).filter(({ kind }) => kind === 'request');
    for (const request of requests) {
      if (request.kind === 'request') await this.#refuse(request.id, goneWords(gone, false), REFUSED);
    }
  }

  /** Forwards the bytes as they came. */
  async #pass(message: Message, requests: readonly Request[]): Promise<void> {
    for (const request of requests) this.scene.open.set(request.id, openAs(request));
    try {
      await this.scene.ports.upstream.send(message);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'it cannot be reached';
      for (const { id } of requests) {
        if (this.scene.open.close(id) !== undefined) await this.#refuse(id, goneWords(reason, true), REFUSED);
      }
    }
  }

  async #refuse(id: IdText, why: Refusal, code: number): Promise<void> {
    await this.scene.answer(errorText(id, code, why));
  }
}

function openAs({ method, params }: Request): Open {
  if (method !== 'tools/list') return { kind: 'passed' };
  return { kind: 'list', isFirstPage: typeof params?.['cursor'] !== 'string' };
}

function cancelledId(params: Extract<Message, { kind: 'notification' }>['params']): IdText | null {
  const id = isJsonObject(params) ? params['requestId'] : null;
  return typeof id === 'string' || typeof id === 'number' ? JSON.stringify(id) : null;
}

function malformedText({ id, code, problem, detail }: Malformed): string {
  return errorText(id, code, refusal(problem, detail));
}

function inUse(): Refusal {
  return refusal('id_in_use', 'a request with this id has no answer yet');
}

function gatedBatch(): Refusal {
  return refusal('batch_gated', 'a batch with a message that needs an approval is not forwarded; send it alone');
}
