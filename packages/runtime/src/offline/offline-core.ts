import { EngineHost } from '../engine/engine-host.js';
import { nodeVerifier } from '../engine/node-verifier.js';
import type { AuditRecord } from '../audit/audit-log.js';
import { RuntimeError } from '../errors.js';
import { gatePlaces } from '../facts/gate-places.js';
import type { RuntimePaths } from '../paths/paths.js';
import { FilePolicies } from '../policy/file-policies.js';
import type { Ports } from '../ports/ports.js';
import type { Core } from '../service/core.js';
import { openStorage, type Storage } from '../state/storage.js';
import type { Workspace } from '../state/state-store.js';
import { KnownTools } from '../tools/known-tools.js';

/** What a daemon knows right after its start, from verified files alone. */
export interface OfflineCore extends Pick<Core, 'ports' | 'host' | 'policies' | 'places' | 'tools'> {
  readonly workspaces: readonly Workspace[];
  readonly isSignedIn: boolean;
  /** Adds to the log, on stable storage when it returns. Throws `audit_unavailable`. */
  readonly audit: (record: AuditRecord) => void;
}

/**
 * Opens the files as the daemon does, and hands them to `work`. To be called with the daemon's locks held. Rejects with the
 * code of the first thing that is missing, damaged or not ours, and with `daemon_stopped` after a deliberate stop.
 */
export async function withOfflineCore<T>(
  paths: RuntimePaths,
  ports: Ports,
  work: (core: OfflineCore) => T,
): Promise<T> {
  const problems: RuntimeError<string>[] = [];
  const onProblem = (error: RuntimeError<string>) => problems.push(error);
  const refuseProblems = () => {
    const [problem] = problems;
    if (problem !== undefined) throw problem;
  };
  const storage = await openStorage({ paths, ports, onProblem });
  try {
    refuseProblems();
    const result = work(coreOf(storage, { paths, ports, onProblem, refuseProblems }));
    refuseProblems();
    return result;
  } finally {
    storage.close();
  }
}

interface Around {
  readonly paths: RuntimePaths;
  readonly ports: Ports;
  readonly onProblem: (error: RuntimeError<string>) => void;
  /** Throws the first problem there is. */
  readonly refuseProblems: () => void;
}

function coreOf(storage: Storage, { paths, ports, onProblem, refuseProblems }: Around): OfflineCore {
  const { state, audit, journal, restrictions: list, policyRecords: records } = storage;
  if (state === null || audit === null || journal === null || list === null || records === null) {
    throw new RuntimeError('state_unavailable', 'the state cannot be used', { fix: 'airlock doctor' });
  }
  if (list.stopped) {
    throw new RuntimeError('daemon_stopped', 'you stopped the daemon; everything is denied until you start it again', {
      fix: 'airlock daemon start',
    });
  }
  const host = engineOf(ports, onProblem);
  const policies = new FilePolicies({
    list,
    records,
    verifier: nodeVerifier(),
    now: ports.now,
    standingOf: (workspaceId) => host.state.pairings[workspaceId]?.standing,
    onRequirements: (workspaceId, requirements) =>
      host.dispatch({ type: 'policy.requirements', workspaceId, requirements }),
    onVoid: (_, error) => onProblem(error),
    onDamage: onProblem,
  });
  host.dispatch({ type: 'engine.start', durable: storage.durable });
  refuseProblems();
  const program = process.argv[1];
  return {
    ports,
    host,
    policies,
    places: gatePlaces(paths, { programs: program === undefined ? [] : [program], processIds: [process.pid] }),
    // What cannot be read counts as changed; nothing else depends on it here.
    tools: new KnownTools({ file: storage.knownToolsFile, onFailure: () => undefined }),
    workspaces: state.workspaces,
    isSignedIn: host.state.auth.name === 'SignedIn' || host.state.auth.name === 'Refreshing',
    audit: (record) => {
      audit.append(record);
      audit.maintain();
    },
  };
}

/** The engine as it is after its start. It does nothing: what it wants done would need a daemon. */
function engineOf(ports: Ports, onProblem: Around['onProblem']): EngineHost {
  return new EngineHost({
    config: {},
    enforcerPorts: { verifier: nodeVerifier() },
    ports,
    perform: () => undefined,
    onDefect: (cause) => onProblem(new RuntimeError('internal_error', 'the engine failed', { cause })),
  });
}
