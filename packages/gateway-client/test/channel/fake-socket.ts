import type { SocketLike } from '../../src/index.js';

/** A socket that a test drives by hand. */
export class FakeSocket implements SocketLike {
  readonly sent: any[] = [];
  closedWith: number | undefined;
  private readonly listeners = new Map<string, ((event: any) => void)[]>();

  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {}

  addEventListener(type: string, listener: (event: any) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(code = 1005): void {
    this.closedWith = code;
    this.emit('close', { code, reason: '' });
  }

  emit(type: 'open' | 'message' | 'error' | 'close', event: unknown = {}): void {
    for (const listener of this.listeners.get(type) ?? []) listener(event);
  }

  receive(frame: unknown): void {
    this.emit('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
}
