import { RuntimeError, toRuntimeError } from '../errors.js';
import type { Ports } from '../ports/ports.js';
import type { EndpointAnswer, EndpointBody } from '../socket/authorize-api.js';
import { realWorkspacePath } from '../workspaces/workspaces.js';
import type { EndpointFile, EndpointSettings } from './endpoint-file.js';
import { type Listening, type ListenerParts, listenOnLoopback } from './listener.js';
import { newToken } from './token.js';

export interface EndpointParts extends ListenerParts {
  readonly ports: Pick<Ports, 'mono' | 'random' | 'timer'>;
  /** Null when the daemon's files cannot be used. */
  readonly file: EndpointFile | null;
  /** Whether an approver decides about a folder. */
  readonly isPaired: (folder: string) => boolean;
}

/**
 * The same question as on the local socket, for callers on this machine that cannot use one: on loopback TCP, with a token, for
 * one folder, switched on by hand. It can only ask, so nobody has to approve that it is on.
 */
export class Endpoint {
  readonly #parts: EndpointParts;
  #listening: Listening | null = null;
  #isOver = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  /** Whether somebody may ask here at any time. */
  get isOpen(): boolean {
    return this.#listening !== null;
  }

  /** Listens again where it was on when the daemon ended. Rejects with `endpoint_unavailable` or `state_corrupt`. */
  async reopen(): Promise<void> {
    await this.#inTurn(async () => {
      const settings = this.#parts.file?.read() ?? null;
      if (settings !== null) await this.#listen(settings);
    });
  }

  /** Rejects with `not_paired`, `endpoint_unavailable`, `state_unavailable` or `state_corrupt`. */
  async answer(body: EndpointBody): Promise<EndpointAnswer> {
    return await this.#inTurn(async () => {
      switch (body.state) {
        case 'on':
          return await this.#on(body.workspace, body.port);
        case 'off':
          return await this.#off();
        case 'show':
          return await this.#show();
      }
    });
  }

  /** For good. */
  async close(): Promise<void> {
    this.#isOver = true;
    await this.#inTurn(() => this.#shut());
  }

  /** What was on before is off: its token is worth nothing any more. */
  async #on(folder: string, port: number): Promise<EndpointAnswer> {
    const file = this.#file();
    const workspace = realWorkspacePath(folder);
    if (!this.#parts.isPaired(workspace)) {
      throw new RuntimeError('not_paired', `nobody decides about ${workspace}`, { fix: 'airlock pair' });
    }
    const { token, sha256: tokenSha256 } = newToken(this.#parts.ports);
    await this.#off();
    const listening = await this.#listen({ workspace, port, tokenSha256 });
    try {
      file.write({ workspace, port: listening.port, tokenSha256 });
    } catch (cause) {
      await this.#shut();
      throw cause;
    }
    return { state: 'on', workspace, url: urlOf(listening.port), token };
  }

  async #off(): Promise<EndpointAnswer> {
    this.#file().remove();
    await this.#shut();
    return { state: 'off' };
  }

  /** Tries once more where the port was taken. */
  async #show(): Promise<EndpointAnswer> {
    const settings = this.#file().read();
    if (settings === null) return { state: 'off' };
    if (this.#listening === null) await this.#listen(settings);
    return { state: 'on', workspace: settings.workspace, url: urlOf(settings.port) };
  }

  async #listen(settings: EndpointSettings): Promise<Listening> {
    if (this.#isOver) throw new RuntimeError('daemon_stopped', 'the daemon is stopping');
    const listening = await listenOnLoopback(settings, this.#parts);
    this.#listening = listening;
    return listening;
  }

  async #shut(): Promise<void> {
    const listening = this.#listening;
    this.#listening = null;
    await listening?.close();
  }

  #file(): EndpointFile {
    const { file } = this.#parts;
    if (file === null)
      throw new RuntimeError('state_unavailable', 'the state cannot be used', { fix: 'airlock doctor' });
    return file;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch((cause: unknown) => toRuntimeError(cause));
    return await mine;
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
