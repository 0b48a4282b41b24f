import { formatTime } from '@airlock/protocol';
import { envelope } from './http/envelopes.js';
import type { Identity } from './identity-port.js';
import type { Cancel } from './ports.js';
import type { ServiceDeps } from './services/deps.js';

const EVERY_MS = 1000;
const UPKEEP_EVERY_MS = 60_000;

export interface SweeperDeps extends ServiceDeps {
  readonly identity: Pick<Identity<unknown>, 'sweep'>;
}

/** Moves due exchanges to Expired and tells their approvers (EXCH-120). */
async function expireDue(deps: ServiceDeps): Promise<void> {
  for (let more = true; more; ) {
    const due = await deps.store.run('expireDueExchanges', { now: deps.ports.now() });
    more = due.more;
    for (const { userId, requestId, approverId, expiredAt } of due.expired) {
      const body = { state: 'Expired', expiredAt: formatTime(expiredAt) };
      deps.channels.toApprover(userId, approverId, () =>
        envelope(deps, {
          msgType: 'exchange.expired',
          requestId,
          recipient: { approverId },
          body,
        }),
      );
    }
  }
}

/** Everything that the clock asks for: due exchanges, and what retention no longer keeps. */
export async function sweepAll(deps: SweeperDeps): Promise<void> {
  await expireDue(deps);
  const now = deps.ports.now();
  await deps.store.run('sweepPairingSessions', { now });
  await deps.store.run('retireExchanges', { now });
  await deps.identity.sweep(now);
  deps.presence.sweep(now);
  deps.deliveries.sweep(now);
}

/** Sweeps every second until the returned function is called; a failure is logged and tried again. */
export function startSweeper(deps: SweeperDeps): Cancel {
  let stopped = false;
  let timer: Cancel = () => undefined;
  let upkeepAt = deps.ports.now() + UPKEEP_EVERY_MS;

  const tick = async (): Promise<void> => {
    try {
      const now = deps.ports.now();
      if (now < upkeepAt) {
        await expireDue(deps);
      } else {
        upkeepAt = now + UPKEEP_EVERY_MS;
        await sweepAll(deps);
      }
    } catch (error) {
      deps.log.error({ err: error }, 'sweep failed');
    }
    if (!stopped) timer = deps.ports.after(EVERY_MS, () => void tick());
  };
  timer = deps.ports.after(EVERY_MS, () => void tick());
  return () => {
    stopped = true;
    timer();
  };
}
