import type { EnforcerConfig } from '@airlock/enforcer';
import { approvalOf } from '../audit/approval.js';
import { appendOr, type AuditRecord } from '../audit/audit-log.js';
import { BackgroundCalls } from '../engine/background-calls.js';
import { Channels } from '../engine/channels.js';
import { ClaimDesk } from '../engine/claim-desk.js';
import { EngineHost } from '../engine/engine-host.js';
import { gatewayCalls } from '../engine/gateway-calls.js';
import { localApproverKeys } from '../engine/local-approver.js';
import { GatewayRunner } from '../engine/gateway-runner.js';
import { nodeVerifier } from '../engine/node-verifier.js';
import { perform, type Durables, type Performers } from '../engine/perform.js';
import { Problems } from '../engine/problems.js';
import { ProgressHub } from '../engine/progress-hub.js';
import { RecoveryCodes } from '../engine/recovery.js';
import { EngineTimers } from '../engine/timers.js';
import { RuntimeError, toRuntimeError } from '../errors.js';
import { gatePlaces, realProgram } from '../facts/gate-places.js';
import { AuditReports } from '../policy/audit-reports.js';
import { FilePolicies } from '../policy/file-policies.js';
import type { PolicyDesk } from '../policy/policy-desk.js';
import { StandingPolicies } from '../policy/standing-policies.js';
import { strictestPolicies } from '../policy/strictest-policies.js';
import { nodePorts, type Ports } from '../ports/ports.js';
import { daemonServices, type Services } from '../service/daemon-service.js';
import { Receipts } from '../service/receipts.js';
import { openStorage, type Storage } from '../state/storage.js';
import { KnownTools } from '../tools/known-tools.js';
import { nodeGateway, type GatewayPorts } from './node-gateway.js';
import type { Logger } from './log.js';
import type { StartDaemonOptions } from './options.js';

export interface Composition {
  readonly services: Services;
  readonly storage: Storage;
  /** Denies and withdraws what is open, gives the gateway a moment to hear of it, and ends all calls. */
  shutDown(): Promise<void>;
}

/** How long withdrawals may take at the end, milliseconds. */
const FAREWELL = 2000;

/** Codes of a failure that passes: the one request is denied, the next one may succeed. */
const PASSING: readonly string[] = ['journal_unavailable', 'state_unavailable', 'secret_store_unavailable'];

/** Puts engine, files and gateway together and tells the engine what was stored. Never rejects for damaged files. */
export async function composeDaemon(options: StartDaemonOptions, log: Logger): Promise<Composition> {
  const ports = options.ports ?? nodePorts;
  const damage: RuntimeError<string>[] = [];
  let report = (error: RuntimeError<string>): void => {
    damage.push(error);
  };
  const storage = await openStorage({ paths: options.paths, ports, onProblem: (error) => report(error) });
  const engine = new Engine(options, { storage, ports, log });
  report = (error) => engine.problems.report(error);
  const policies = policiesOf(engine, { storage, ports });
  engine.start(damage);
  for (const { workspaceId } of storage.state?.workspaces ?? []) policies.standing(workspaceId);
  const program = options.program ?? process.argv[1];
  const command = options.command ?? program;
  const services = daemonServices({
    ports,
    host: engine.host,
    hub: engine.hub,
    claims: engine.claims,
    recovery: engine.recovery,
    problems: engine.problems,
    audit: (record) => engine.audit(record),
    isRequestOnRecord: (requestId) =>
      storage.audit?.names(requestId) === true || storage.journal?.names(requestId) === true,
    receipts: engine.receipts,
    tools: new KnownTools({
      file: storage.knownToolsFile,
      onFailure: (cause) => log.warn({ err: cause }, 'approved tools are not known: their calls are marked'),
    }),
    policies,
    ...engine.background(policies),
    places: gatePlaces(options.paths, {
      programs: [program, command].filter((file) => file !== undefined),
      processIds: [process.pid],
    }),
    program: command === undefined ? null : realProgram(command),
    state: storage.state,
    secrets: storage.secrets,
    startedAt: Math.floor(ports.now()),
    peerUidChecked: options.peerUid !== undefined,
  });
  return { services, storage, shutDown: () => engine.shutDown() };
}

/** The policies on disk, or the strictest one where what they are kept in cannot be used. */
function policiesOf(engine: Engine, { storage, ports }: Pick<EngineParts, 'storage' | 'ports'>): PolicyDesk {
  const { restrictions: list, policyRecords: records } = storage;
  if (list === null || records === null) return strictestPolicies;
  const { host, problems } = engine;
  return new FilePolicies({
    list,
    records,
    verifier: nodeVerifier(),
    now: ports.now,
    standingOf: (workspaceId) => host.state.pairings[workspaceId]?.standing,
    onRequirements: (workspaceId, requirements) =>
      host.dispatch({ type: 'policy.requirements', workspaceId, requirements }),
    onVoid: (workspaceId, { code, message: reason }) =>
      engine.audit({ kind: 'policy.void', at: Math.floor(ports.now()), workspaceId, code, reason }),
    onDamage: (error) => problems.report(error),
  });
}

interface EngineParts {
  readonly storage: Storage;
  readonly ports: Ports;
  readonly log: Logger;
}

class Engine {
  readonly #parts: EngineParts;
  readonly #timers: EngineTimers;
  readonly #gateway: GatewayRunner;
  readonly #channels: Channels;
  readonly #connection: GatewayPorts;
  #stopBackground: () => void = () => undefined;
  readonly hub = new ProgressHub();
  readonly claims = new ClaimDesk();
  readonly recovery: RecoveryCodes;
  readonly problems: Problems;
  readonly host: EngineHost;
  readonly receipts: Receipts;

  constructor(options: StartDaemonOptions, parts: EngineParts) {
    this.#parts = parts;
    const { ports, log } = parts;
    const gateway = options.gateway ?? nodeGateway(options.paths);
    this.#connection = gateway;
    this.host = new EngineHost({
      config: configOf(options),
      enforcerPorts: { verifier: nodeVerifier() },
      ports,
      perform: (effect) => perform(effect, performers),
      onDefect: (cause, where) => this.#defect(cause, where),
    });
    this.receipts = new Receipts(this.host);
    const { dispatch } = this.host;
    this.problems = new Problems((code) => dispatch({ type: 'engine.fault', code }));
    this.#timers = new EngineTimers(ports, dispatch);
    this.#gateway = new GatewayRunner(
      gatewayCalls({ ...gateway, localApproverKeys: () => localApproverKeys(options.paths) }),
      dispatch,
    );
    this.#channels = new Channels(gateway.openChannel, dispatch);
    this.recovery = new RecoveryCodes(ports);
    const performers: Performers = {
      dispatch,
      timers: this.#timers,
      gateway: this.#gateway,
      channels: this.#channels,
      durables: this.#durables(),
      recovery: this.recovery,
      claims: this.claims,
      hub: this.hub,
      onFailure: (cause) => this.#failed(cause),
    };
    log.info({ node: process.version }, 'starting');
  }

  start(damage: readonly RuntimeError<string>[]): void {
    const { storage, ports } = this.#parts;
    this.audit({ kind: 'daemon.started', at: Math.floor(ports.now()) });
    this.host.dispatch({ type: 'engine.start', durable: storage.durable });
    for (const error of damage) {
      this.#parts.log.error({ code: error.code, file: error.file }, error.message);
      this.problems.report(error);
    }
  }

  /** What goes on beside the requests: standing policies are kept fresh, decisions of policies are reported. */
  background(policies: PolicyDesk): { readonly standing: StandingPolicies; readonly reports: AuditReports } {
    const { ports } = this.#parts;
    const { host } = this;
    const calls = new BackgroundCalls({ host, ports, transport: this.#connection.transport });
    const onFailure = (cause: unknown) => this.#failed(cause);
    const verifier = nodeVerifier();
    const standing = new StandingPolicies({ ports, host, calls, policies, verifier, onFailure });
    const reports = new AuditReports({ ports, host, calls, audit: (record) => this.audit(record) });
    this.#stopBackground = () => {
      standing.stop();
      reports.stop();
      calls.stop();
    };
    return { standing, reports };
  }

  async shutDown(): Promise<void> {
    const { storage, ports } = this.#parts;
    this.#stopBackground();
    this.host.dispatch({ type: 'engine.shutdown' });
    const slow = ports.timer(FAREWELL, () => this.#gateway.cancelAll());
    await this.#gateway.settled();
    slow();
    this.#timers.clearAll();
    this.#channels.closeAll();
    this.claims.refuseAll('shutting_down');
    await storage.state?.settled();
    await this.#connection.close();
    this.audit({ kind: 'daemon.stopped', at: Math.floor(ports.now()) });
  }

  #durables(): Durables {
    const { storage, ports } = this.#parts;
    const { host, receipts } = this;
    const missing = () => this.problems.all[0] ?? new RuntimeError('state_unavailable', 'the state cannot be used');
    return {
      persist: async (record) => {
        if (storage.state === null) throw missing();
        await storage.state.persist(record);
      },
      record: (entry) => storage.journal?.record(entry) ?? { result: 'unavailable', error: missing() },
      audit: (entry) => this.audit(entry),
      approved: (requestId) => {
        if (storage.approvals === null) throw missing();
        const approval = approvalOf(host.state, requestId, receipts.commitsOf(requestId));
        const at = Math.floor(ports.now());
        this.audit({ at, ...storage.approvals.append(approval, at) });
      },
    };
  }

  /** Adds to the log; a failure becomes a problem. */
  audit(entry: AuditRecord): void {
    const { audit } = this.#parts.storage;
    if (audit === null) return;
    appendOr(audit, entry, (error) => this.problems.report(error));
  }

  #failed(cause: unknown): void {
    const error = toRuntimeError(cause);
    this.#parts.log.error({ code: error.code, file: error.file, err: error.cause }, error.message);
    if (!PASSING.includes(error.code)) this.problems.report(error);
  }

  /** A defect of ours: nobody knows what is true any more, so everything is denied. */
  #defect(cause: unknown, where: string): void {
    this.#parts.log.error({ err: cause, where }, 'defect');
    const message = cause instanceof Error ? cause.message : String(cause);
    this.problems.report(
      new RuntimeError('internal_error', `airlock failed at ${where}: ${message}`, {
        cause,
        fix: 'airlock daemon stop && airlock daemon start',
      }),
    );
  }
}

function configOf(options: StartDaemonOptions): Partial<EnforcerConfig> {
  return {
    requireVerifiedPairing: options.requireVerifiedPairing ?? false,
    requireHarpDecision: options.requireHarpDecision ?? false,
  };
}
