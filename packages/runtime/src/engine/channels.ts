import type { Access, EffectOf } from '@airlock/enforcer';
import type { Dispatch } from './engine-host.js';

export interface ChannelHandlers {
  readonly opened: () => void;
  /** One text frame, unparsed. */
  readonly message: (text: string) => void;
  /** Once, also when it could not be opened. */
  readonly closed: () => void;
}

export interface ChannelTarget {
  readonly access: Access;
  readonly enforcerId: string;
  readonly enforcerLabel: string;
  readonly workspaceName: string;
}

/** Opens a WebSocket to the gateway, says hello and answers pings; the result closes it. */
export type OpenChannel = (target: ChannelTarget, handlers: ChannelHandlers) => () => void;

/** The engine's channels, one per workspace at most. Presence only: nothing is decided by them (GW-490). */
export class Channels {
  readonly #open: OpenChannel;
  readonly #dispatch: Dispatch;
  readonly #closers = new Map<string, () => void>();

  constructor(open: OpenChannel, dispatch: Dispatch) {
    this.#open = open;
    this.#dispatch = dispatch;
  }

  open(effect: EffectOf<'channel.open'>): void {
    const { workspaceId, access, enforcerId, enforcerLabel, workspaceName } = effect;
    this.close(workspaceId);
    let over = false;
    const unlessOver = (work: () => void) => {
      if (!over) work();
    };
    const close = this.#open(
      { access, enforcerId, enforcerLabel, workspaceName },
      {
        opened: () => unlessOver(() => this.#dispatch({ type: 'channel.opened', workspaceId })),
        message: (text) => unlessOver(() => this.#dispatch({ type: 'channel.message', workspaceId, text })),
        closed: () =>
          unlessOver(() => {
            over = true;
            this.#closers.delete(workspaceId);
            this.#dispatch({ type: 'channel.closed', workspaceId });
          }),
      },
    );
    this.#closers.set(workspaceId, () => {
      over = true;
      close();
    });
  }

  /** Closes without a `channel.closed`: the engine asked for it. */
  close(workspaceId: string): void {
    this.#closers.get(workspaceId)?.();
    this.#closers.delete(workspaceId);
  }

  closeAll(): void {
    for (const workspaceId of [...this.#closers.keys()]) this.close(workspaceId);
  }
}
