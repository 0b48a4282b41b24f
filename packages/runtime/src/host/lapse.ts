import type { Ports } from '../ports/ports.js';

type Clocks = Pick<Ports, 'now' | 'mono'>;

/** A moment by two clocks: a wall clock that is set back must not make an approval live longer. */
export class Lapse {
  readonly #ports: Clocks;
  /** Epoch milliseconds. */
  readonly #wall: number;
  readonly #mono: number;

  constructor(ports: Clocks, wall: number) {
    this.#ports = ports;
    this.#wall = wall;
    this.#mono = ports.mono() + Math.max(0, wall - ports.now());
  }

  get isPast(): boolean {
    return this.#ports.now() >= this.#wall || this.#ports.mono() >= this.#mono;
  }
}
