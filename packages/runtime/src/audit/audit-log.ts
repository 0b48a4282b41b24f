import type { AuditEntry } from '@airlock/enforcer';
import { formatTime } from '@airlock/protocol';
import { ChainFile, type ChainPlace } from '../chain/chain-file.js';
import type { ChainFields, ChainLine } from '../chain/chain-lines.js';
import { toRuntimeError, type RuntimeError } from '../errors.js';
import { redact } from './redact.js';

/** Entries of the runtime beside those of the engine. */
export const RUNTIME_AUDIT_KINDS = [
  'daemon.started',
  'daemon.stopped',
  'journal.recovered',
  'audit.recovered',
  'storage.repaired',
  /** `sha256` is that of the line in the file of approvals. */
  'approval.recorded',
  'policy.changed',
  'policy.narrowed',
  'policy.void',
  'policy.allowed',
  'policy.passed',
  'policy.denied',
  'policy.asked',
  'policy.report-dropped',
  'approval.handed-over',
  'host.incident',
] as const;
export type RuntimeAuditKind = (typeof RUNTIME_AUDIT_KINDS)[number];

/** What stands behind a verdict without a human, by name (LOC-045). */
export interface AuditBasis {
  /** Kind of the basis: `pattern`, `grant`, `auto`, `gate-off`, `unmanaged`, `read`, `fail-open`, `denial`, `handed-over`. */
  readonly basis?: string;
  /** Ids of signed patterns, one per simple command of the line, joined by a space. */
  readonly patternIds?: string;
  /** Id of a standing policy. */
  readonly policyId?: string;
  /** Request that a human approved and whose approval is used for this one (LOC-147). */
  readonly fromRequestId?: string;
}

/** What the human saw and approved, where its approval is used for another request (LOC-147). */
export interface AuditHandOver {
  readonly fromArtifactHash?: string;
  readonly fromContentSha256?: string;
}

/** What became of the policy of a workspace, by name. */
export interface AuditPolicy {
  /** Of the signed document. */
  readonly version?: number;
  readonly sha256?: string;
  /** Kind of what was taken away. */
  readonly restriction?: string;
  readonly patternId?: string;
  readonly gate?: string;
  readonly requirement?: string;
  /** Id of a standing policy. */
  readonly policyId?: string;
}

/** Where a host is concerned, by ids. */
export interface AuditHost {
  readonly host?: string;
  readonly sessionId?: string;
  readonly toolUseId?: string;
  readonly layer?: string;
}

export type AuditRecord = Omit<AuditEntry, 'kind'> &
  AuditBasis &
  AuditPolicy &
  AuditHandOver &
  AuditHost & { readonly kind: AuditEntry['kind'] | RuntimeAuditKind };

/** The hash-chained log of ENF-190. It holds hashes, ids, outcomes and codes, never plaintext and never secrets. */
export class AuditLog {
  readonly #chain: ChainFile;
  readonly #unfinished = new Map<string, ChainFields>();
  readonly #requests = new Set<string>();
  #dirty = false;

  /** Throws `audit_unavailable` when it is damaged or cannot be used; the file is never overwritten. */
  constructor(place: ChainPlace) {
    let torn = 0;
    this.#chain = ChainFile.open({
      ...place,
      durable: false,
      exclusive: true,
      codes: { corrupt: 'audit_unavailable', unavailable: 'audit_unavailable' },
      onLine: (line) => this.#follow(line),
      onReset: () => {
        this.#unfinished.clear();
        this.#requests.clear();
      },
      onTornTail: (bytes) => {
        torn += bytes;
      },
    });
    this.#tornAtOpen = torn;
  }

  readonly #tornAtOpen: number;

  /**
   * Closes what an earlier run left open: a cut-off line is named, and every execution that was granted without a known
   * end gets the outcome `unknown`.
   */
  settle(at: number): void {
    if (this.#tornAtOpen > 0) this.append({ kind: 'audit.recovered', at, reason: `${this.#tornAtOpen} bytes` });
    for (const [requestId, granted] of [...this.#unfinished]) {
      const workspaceId = granted.workspaceId;
      this.append({
        kind: 'execution.outcome',
        at,
        requestId,
        outcome: 'unknown',
        ...(typeof workspaceId === 'string' ? { workspaceId } : {}),
      });
    }
  }

  /** Whether any entry is about this request. */
  names(requestId: string): boolean {
    return this.#requests.has(requestId);
  }

  /** Adds an entry. Throws `audit_unavailable`. */
  append(record: AuditRecord): void {
    this.#chain.locked(() => this.#chain.append(fieldsOf(record)));
    this.#dirty = true;
  }

  /** Flushes and records how far the log has come. Throws `audit_unavailable`. */
  maintain(): void {
    if (this.#dirty) this.#chain.flush();
    this.#dirty = false;
    this.#chain.anchor();
  }

  close(): void {
    try {
      this.maintain();
    } finally {
      this.#chain.close();
    }
  }

  #follow({ entry }: ChainLine): void {
    if (typeof entry.requestId !== 'string') return;
    this.#requests.add(entry.requestId);
    if (entry.kind === 'execution.granted') this.#unfinished.set(entry.requestId, entry);
    if (entry.kind === 'execution.outcome') this.#unfinished.delete(entry.requestId);
  }
}

function fieldsOf(record: AuditRecord): ChainFields {
  const fields: Record<string, string | number | boolean> = { at: formatTime(record.at) };
  for (const [name, value] of Object.entries(record)) {
    if (name === 'at' || value === undefined) continue;
    fields[name] = typeof value === 'string' ? redact(value) : value;
  }
  return fields;
}

/** Appends where a failure must not stop the caller; the failure is handed on. */
export function appendOr(log: AuditLog, record: AuditRecord, failed: (error: RuntimeError<string>) => void): void {
  try {
    log.append(record);
  } catch (cause) {
    failed(toRuntimeError(cause));
  }
}
