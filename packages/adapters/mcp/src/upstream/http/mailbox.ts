/** Items that may wait for the reader before writers have to. */
const ROOM = 16;

/** Hands items from many writers to one reader; a writer waits while there is no room. */
export class Mailbox<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  readonly #writers: Array<() => void> = [];
  #wakeReader: () => void = () => undefined;
  #isClosed = false;

  /** Resolves when the writer may go on. After the end the item is dropped. */
  async put(item: T): Promise<void> {
    while (this.#items.length >= ROOM && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#writers.push(resolve));
    }
    if (this.#isClosed) return;
    this.#items.push(item);
    this.#wakeReader();
  }

  /** The reader gets what is there, then the end. */
  close(): void {
    this.#isClosed = true;
    this.#wakeReader();
    for (const wake of this.#writers.splice(0)) wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        this.#writers.shift()?.();
        yield item;
      } else if (this.#isClosed) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    }
  }
}
