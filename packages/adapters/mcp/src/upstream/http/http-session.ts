import { isJsonObject, type JsonValue } from '@airlock/protocol';
import type { Request } from '../../jsonrpc/message.js';
import type { HttpAnswer } from './connection.js';
import { ownVersion } from './request-headers.js';

/** What a header can carry without being changed. */
const SESSION_ID = /^[\x21-\x7e]{1,1024}$/;
const VERSION = /^[\x21-\x7e]{1,64}$/;

/** What has to be said with every request, because of the handshake or of the requests before. */
export class HttpSession {
  #id: string | undefined;
  #version: string | undefined;
  #isAgreed = false;

  get hasId(): boolean {
    return this.#id !== undefined;
  }

  get headers(): Readonly<Record<string, string>> {
    return {
      ...(this.#id === undefined ? {} : { 'mcp-session-id': this.#id }),
      ...(this.#version === undefined ? {} : { 'mcp-protocol-version': this.#version }),
    };
  }

  /** A client begins a handshake: nothing of an older one is said with it. */
  begin(): void {
    this.#id = undefined;
    this.#version = undefined;
    this.#isAgreed = false;
  }

  /** Requests leave; without a handshake what they name is the version for messages that name none. */
  note(requests: readonly Request[]): void {
    const version = ownVersion(requests.at(-1)?.params ?? null);
    if (!this.#isAgreed && version !== null && VERSION.test(version)) this.#version = version;
  }

  /** The answer to a handshake begins. */
  takeId(answer: HttpAnswer): void {
    const id = answer.header('mcp-session-id');
    if (id !== undefined && SESSION_ID.test(id)) this.#id = id;
  }

  /** The answer to a handshake. */
  takeVersion(result: JsonValue | undefined): void {
    if (!isJsonObject(result)) return;
    this.#isAgreed = true;
    const version = result['protocolVersion'];
    if (typeof version === 'string' && VERSION.test(version)) this.#version = version;
  }
}
