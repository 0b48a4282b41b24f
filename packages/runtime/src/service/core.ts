import type { GatePlaces } from '@airlock/policy';
import type { AuditRecord } from '../audit/audit-log.js';
import type { EngineHost } from '../engine/engine-host.js';
import type { ClaimDesk } from '../engine/claim-desk.js';
import type { Problems } from '../engine/problems.js';
import type { ProgressHub } from '../engine/progress-hub.js';
import type { RecoveryCodes } from '../engine/recovery.js';
import { RuntimeError } from '../errors.js';
import type { PolicyDesk } from '../policy/policy-desk.js';
import type { ReportDesk } from '../policy/report-desk.js';
import type { StandingDesk } from '../policy/standing-desk.js';
import type { Ports } from '../ports/ports.js';
import type { SecretStore } from '../secrets/secret-store.js';
import type { StateStore } from '../state/state-store.js';
import type { KnownTools } from '../tools/known-tools.js';
import type { Receipts } from './receipts.js';

/** What every service of the daemon works with. */
export interface Core {
  readonly ports: Ports;
  readonly host: EngineHost;
  readonly hub: ProgressHub;
  readonly claims: ClaimDesk;
  readonly recovery: RecoveryCodes;
  readonly problems: Problems;
  /** Adds to the log. A failure becomes a problem, which denies everything from then on. */
  readonly audit: (record: AuditRecord) => void;
  /** Whether log or journal name a request of this id. */
  readonly isRequestOnRecord: (requestId: string) => boolean;
  readonly receipts: Receipts;
  /** What the last approved call of each MCP tool went to. */
  readonly tools: KnownTools;
  readonly policies: PolicyDesk;
  readonly standing: StandingDesk;
  readonly reports: ReportDesk;
  /** Where the gate itself lives on this machine (LOC-090). */
  readonly places: GatePlaces;
  /** Real path of the main file that this daemon and `airlock` are started from; null when it is not known. */
  readonly program: string | null;
  /** Null when the state cannot be used. */
  readonly state: StateStore | null;
  readonly secrets: SecretStore | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly peerUidChecked: boolean;
}

/** The state store. Throws the problem that keeps it from being used. */
export function usableState(core: Core): StateStore {
  const [problem] = core.problems.all;
  if (problem !== undefined) throw problem;
  if (core.state === null) throw new RuntimeError('state_unavailable', 'the state cannot be used');
  return core.state;
}

/** Resolves once `found` gives something, at the latest after `withinMs` or when `signal` aborts: then with null. */
export async function whenState<T>(
  core: Core,
  found: () => T | null,
  limits: { readonly withinMs: number; readonly signal: AbortSignal },
): Promise<T | null> {
  const now = found();
  if (now !== null || limits.signal.aborted) return now;
  return await new Promise<T | null>((resolve) => {
    const finish = (value: T | null) => {
      unwatch();
      cancel();
      limits.signal.removeEventListener('abort', giveUp);
      resolve(value);
    };
    const giveUp = () => finish(null);
    const unwatch = core.host.watch(() => {
      const value = found();
      if (value !== null) finish(value);
    });
    const cancel = core.ports.timer(limits.withinMs, giveUp);
    limits.signal.addEventListener('abort', giveUp, { once: true });
  });
}
