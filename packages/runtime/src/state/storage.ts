import { join } from 'node:path';
import type { DurableState } from '@airlock/enforcer';
import { ApprovalFile } from '../audit/approval-file.js';
import { AuditLog } from '../audit/audit-log.js';
import { EndpointFile } from '../endpoint/endpoint-file.js';
import { toRuntimeError, type RuntimeError } from '../errors.js';
import { nodeFs, type FsPort } from '../files/fs-port.js';
import { markInitialised, type Integrity } from '../files/integrity.js';
import { Journal } from '../journal/journal.js';
import { openLock, type Lock } from '../lock/lock.js';
import type { RuntimePaths } from '../paths/paths.js';
import type { Ports } from '../ports/ports.js';
import { PolicyRecords } from '../policy/policy-records.js';
import { FILE_LOCK_WAIT, Restrictions } from '../restrictions/restrictions.js';
import { openKeys } from '../secrets/open-keys.js';
import type { SecretStore } from '../secrets/secret-store.js';
import { KnownToolsFile } from '../tools/known-tools-file.js';
import { StateStore } from './state-store.js';

export interface StorageOptions {
  readonly paths: RuntimePaths;
  readonly ports: Ports;
  readonly fs?: FsPort;
  readonly openSecrets?: (paths: RuntimePaths) => Promise<SecretStore>;
  /** Told about everything that cannot be used; the part stays null. */
  readonly onProblem: (error: RuntimeError<string>) => void;
}

/** Everything the daemon keeps on disk. A part that is damaged is null, stays untouched, and was reported. */
export interface Storage {
  readonly secrets: SecretStore | null;
  readonly state: StateStore | null;
  readonly durable: DurableState;
  readonly journal: Journal | null;
  readonly audit: AuditLog | null;
  readonly approvals: ApprovalFile | null;
  readonly restrictions: Restrictions | null;
  readonly policyRecords: PolicyRecords | null;
  readonly endpointFile: EndpointFile | null;
  readonly knownToolsFile: KnownToolsFile | null;
  /** Flushes, notes how far the logs have come, drops what is out of its retention. */
  maintain(): void;
  close(): void;
}

const NOTHING: DurableState = { auth: null, workspaces: [], openRequests: [], rejections: [] };

/** Opens all files. Never rejects: what is broken is reported and missing from the result. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const opening = new Opening(options);
  await opening.openKeys();
  const audit = opening.openAudit();
  const approvals = opening.attemptNow(() => new ApprovalFile(options.paths.approvalsFile, options.fs));
  const journal = opening.openJournal(audit);
  const restrictions = await opening.openRestrictions();
  const state = await opening.openState();
  const durable = await opening.attempt(async () => (state === null ? NOTHING : await state.durable()));
  await opening.finish();
  const maintain = () => {
    opening.attemptNow(() => journal?.maintain());
    opening.attemptNow(() => approvals?.maintain());
    opening.attemptNow(() => audit?.maintain());
    opening.attemptNow(() => restrictions?.check());
    // What cannot be noted now is noted a second later; the list itself is on stable storage.
    restrictions?.note().catch(() => undefined);
  };
  return {
    secrets: opening.secrets,
    state: durable === null ? null : state,
    durable: durable ?? NOTHING,
    journal,
    audit,
    approvals,
    restrictions,
    policyRecords: opening.policyRecords(),
    endpointFile: opening.endpointFile(),
    knownToolsFile: opening.knownToolsFile(),
    maintain,
    close: () => {
      opening.attemptNow(() => journal?.close());
      opening.attemptNow(() => approvals?.close());
      opening.attemptNow(() => audit?.close());
      opening.attemptNow(() => restrictions?.close());
      opening.closeLocks();
    },
  };
}

class Opening {
  readonly #options: StorageOptions;
  readonly #locks: Lock[] = [];
  #integrity: Integrity | null = null;
  #failed = false;
  secrets: SecretStore | null = null;

  constructor(options: StorageOptions) {
    this.#options = options;
  }

  get #fs(): FsPort {
    return this.#options.fs ?? nodeFs;
  }

  attemptNow<T>(work: () => T): T | null {
    try {
      return work();
    } catch (cause) {
      this.#report(cause);
      return null;
    }
  }

  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (cause) {
      this.#report(cause);
      return null;
    }
  }

  async openKeys(): Promise<void> {
    const { paths, ports, openSecrets } = this.#options;
    const keys = await this.attempt(() =>
      openKeys({ paths, ports, ...(openSecrets === undefined ? {} : { openSecrets }) }),
    );
    this.secrets = keys?.secrets ?? null;
    this.#integrity = keys?.integrity ?? null;
  }

  openAudit(): AuditLog | null {
    const { paths, ports } = this.#options;
    return this.#withLock('audit.lock', (lock, integrity) => {
      const log = new AuditLog({ file: paths.auditFile, lock, integrity, fs: this.#fs });
      log.settle(ports.now());
      return log;
    });
  }

  openJournal(audit: AuditLog | null): Journal | null {
    const { paths, ports } = this.#options;
    const onTornTail = (bytes: number) => {
      const at = ports.now();
      this.attemptNow(() => audit?.append({ kind: 'journal.recovered', at, reason: `${bytes} bytes` }));
    };
    return this.#withLock(
      'journal.lock',
      (lock, integrity) =>
        new Journal({ file: paths.journalFile, lock, integrity, now: ports.now, onTornTail, fs: this.#fs }),
    );
  }

  async openRestrictions(): Promise<Restrictions | null> {
    const { restrictionsFile: file } = this.#options.paths;
    const { secrets } = this;
    if (secrets === null) return null;
    const opening = this.#withLock('restrictions.lock', (lock, integrity) => ({
      list: Restrictions.open({ file, lock, integrity, secrets, fs: this.#fs }),
    }));
    return this.attempt(async () => (await opening?.list) ?? null);
  }

  policyRecords(): PolicyRecords | null {
    const { policyDirectory: directory } = this.#options.paths;
    return this.#integrity === null ? null : new PolicyRecords({ directory, integrity: this.#integrity, fs: this.#fs });
  }

  endpointFile(): EndpointFile | null {
    const { endpointFile: file } = this.#options.paths;
    return this.#integrity === null ? null : new EndpointFile({ file, integrity: this.#integrity, fs: this.#fs });
  }

  knownToolsFile(): KnownToolsFile | null {
    const { knownToolsFile: file } = this.#options.paths;
    return this.#integrity === null ? null : new KnownToolsFile({ file, integrity: this.#integrity, fs: this.#fs });
  }

  async openState(): Promise<StateStore | null> {
    const { paths, ports } = this.#options;
    return this.attempt(async () => {
      if (this.secrets === null || this.#integrity === null) return null;
      const { stateFile, openRequestsFile } = paths;
      const integrity = this.#integrity;
      return await StateStore.open({
        stateFile,
        openRequestsFile,
        secrets: this.secrets,
        integrity,
        ports,
        fs: this.#fs,
      });
    });
  }

  /** From now on a missing file is damage. */
  async finish(): Promise<void> {
    const { secrets } = this;
    if (this.#failed || secrets === null || this.#integrity?.initialised !== false) return;
    await this.attempt(() => markInitialised(secrets));
  }

  closeLocks(): void {
    for (const lock of this.#locks.splice(0)) lock.close();
  }

  #withLock<T>(name: string, work: (lock: Lock, integrity: Integrity) => T): T | null {
    const integrity = this.#integrity;
    if (integrity === null) return null;
    return this.attemptNow(() => {
      const lock = openLock(join(this.#options.paths.state, name), FILE_LOCK_WAIT);
      this.#locks.push(lock);
      return work(lock, integrity);
    });
  }

  #report(cause: unknown): void {
    this.#failed = true;
    this.#options.onProblem(toRuntimeError(cause));
  }
}
