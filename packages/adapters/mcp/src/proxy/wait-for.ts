import type { Decision } from './decision.js';
import type { ProxyPorts } from './ports.js';

/** How long a caller is willing to wait, and what ends its wait. */
export interface Wait {
  /** Aborted when nobody waits any more. */
  readonly ended: AbortSignal;
  readonly ports: Pick<ProxyPorts, 'timer'>;
  /** Null: as long as it takes. */
  readonly pendingMs: number | null;
}

/** Waits for whichever comes first. A decision that is there already wins over everything. */
export async function waitFor(
  decision: Promise<Decision>,
  { ended, ports, pendingMs }: Wait,
): Promise<Decision | 'pending' | 'ended'> {
  let stop = (): void => undefined;
  const given = new Promise<'pending' | 'ended'>((resolve) => {
    ended.addEventListener('abort', () => resolve('ended'), { once: true });
    if (pendingMs !== null) stop = ports.timer(pendingMs, () => resolve('pending'));
  });
  try {
    return await Promise.race([decision, given]);
  } finally {
    stop();
  }
}
