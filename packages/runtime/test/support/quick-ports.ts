import { nodePorts, type Ports } from '../../src/ports/ports.js';

/** How much faster than real the engine's timers and monotonic clock run. */
const SPEED = 10;

export const quickPorts: Ports = {
  ...nodePorts,
  mono: () => nodePorts.mono() * SPEED,
  timer: (afterMs, fire) => nodePorts.timer(afterMs / SPEED, fire),
};
