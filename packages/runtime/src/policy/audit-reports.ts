import { auditEnvelope, pairingFacts } from '@airlock/enforcer';
import { GatewayError } from '@airlock/gateway-client';
import { base64UrlEncode } from '@airlock/protocol';
import type { AuditRecord } from '../audit/audit-log.js';
import type { BackgroundCalls } from '../engine/background-calls.js';
import type { EngineHost } from '../engine/engine-host.js';
import type { Ports } from '../ports/ports.js';
import { plaintextOf } from '../service/asked.js';
import type { DecidedByPolicy, ReportDesk } from './report-desk.js';

/** How long a report lives at the gateway, milliseconds (DND-130). */
const LIFETIME = 60_000;

/** Reports of one workspace that wait; the oldest give way. */
const MOST = 200;

/** How long a new report waits for the call to be answered first, in all its layers: nobody waits for a report. Milliseconds. */
const AFTER_THE_ANSWER = 100;

/** Pauses between two attempts, milliseconds. */
const PAUSE = { first: 1000, longest: 60_000 } as const;

const SALT_BYTES = 16;
const GCM_NONCE_BYTES = 12;

export interface AuditReportsOptions {
  readonly ports: Ports;
  readonly host: EngineHost;
  readonly calls: BackgroundCalls;
  readonly audit: (record: AuditRecord) => void;
}

interface Report extends DecidedByPolicy {
  readonly auditId: string;
  /** Which pairing it is for: another approver must not read it. */
  readonly pairing: string;
}

interface Queue {
  readonly workspaceId: string;
  readonly waiting: Report[];
  failures: number;
  sending: boolean;
  cancelPause: (() => void) | null;
}

/** What became of one attempt. */
type Sent = 'done' | 'again' | { readonly refused: string };

/** Sends what the approver's policies decided to its history, one after the other, until it is there (DND-130). */
export class AuditReports implements ReportDesk {
  readonly #options: AuditReportsOptions;
  readonly #queues = new Map<string, Queue>();
  #stopped = false;

  constructor(options: AuditReportsOptions) {
    this.#options = options;
  }

  add(decided: DecidedByPolicy): void {
    const { workspaceId } = decided.asked.workspace;
    const pairing = this.#pairingOf(workspaceId);
    if (pairing === null || this.#stopped) return this.#drop(decided, 'not_paired');
    const queue = this.#queueOf(workspaceId);
    queue.waiting.push({ ...decided, auditId: `audit-${this.#options.ports.uuid()}`, pairing });
    // The first one may be under way.
    const oldest = queue.waiting.length > MOST ? queue.waiting.splice(1, 1) : [];
    for (const report of oldest) this.#drop(report, 'too_many');
    if (!queue.sending && queue.cancelPause === null) this.#pumpAfter(queue, AFTER_THE_ANSWER);
  }

  /** Nothing is sent afterwards; what still waits is noted. */
  stop(): void {
    this.#stopped = true;
    for (const queue of this.#queues.values()) {
      queue.cancelPause?.();
      for (const report of queue.waiting.splice(0)) this.#drop(report, 'shutting_down');
    }
  }

  #queueOf(workspaceId: string): Queue {
    const known = this.#queues.get(workspaceId);
    if (known !== undefined) return known;
    const queue: Queue = { workspaceId, waiting: [], failures: 0, sending: false, cancelPause: null };
    this.#queues.set(workspaceId, queue);
    return queue;
  }

  #pump(queue: Queue): void {
    const [report] = queue.waiting;
    if (report === undefined || queue.sending || queue.cancelPause !== null || this.#stopped) return;
    queue.sending = true;
    const settle = (sent: Sent) => {
      queue.sending = false;
      this.#after(queue, report, sent);
    };
    this.#send(report).then(settle, () => settle({ refused: 'internal_error' }));
  }

  #pumpAfter(queue: Queue, pause: number): void {
    queue.cancelPause = this.#options.ports.timer(pause, () => {
      queue.cancelPause = null;
      this.#pump(queue);
    });
  }

  #after(queue: Queue, report: Report, sent: Sent): void {
    if (this.#stopped) return;
    if (sent === 'again') {
      queue.failures += 1;
      const pause = Math.min(PAUSE.first * 2 ** Math.min(queue.failures - 1, 10), PAUSE.longest);
      this.#pumpAfter(queue, pause);
      return;
    }
    if (sent !== 'done') this.#drop(report, sent.refused);
    queue.failures = 0;
    queue.waiting.splice(queue.waiting.indexOf(report), 1);
    this.#pump(queue);
  }

  async #send(report: Report): Promise<Sent> {
    const { host, calls } = this.#options;
    if (this.#pairingOf(report.asked.workspace.workspaceId) !== report.pairing) return { refused: 'pairing_changed' };
    const envelope = auditEnvelope(host.state, this.#sealed(report), this.#now());
    if (envelope === null) return { refused: 'pairing_changed' };
    try {
      const answer = await calls.call((client, options) => client.exchanges.submit(envelope, options));
      return answer === null ? 'again' : 'done';
    } catch (cause) {
      const { routingToken } = envelope.body.metadata ?? {};
      if (isRevoked(cause) && routingToken !== undefined) {
        host.dispatch({ type: 'pairing.revoked', workspaceId: report.asked.workspace.workspaceId, routingToken });
      }
      return verdictOf(cause);
    }
  }

  /** Every attempt is an artifact of its own, with its own times, salt and hash. */
  #sealed({ asked, auditId, decision, policyId }: Report) {
    const { ports } = this.#options;
    const createdAt = Math.floor(ports.now());
    const plaintext = plaintextOf(asked.action, {
      ...asked.context,
      requestId: auditId,
      createdAt,
      expiresAt: createdAt + LIFETIME,
      salt: ports.random(SALT_BYTES),
    });
    return {
      requestId: auditId,
      workspaceId: asked.workspace.workspaceId,
      plaintext: plaintext.text,
      artifactHash: plaintext.artifactHash,
      contentSha256: plaintext.contentSha256,
      gcmNonce: base64UrlEncode(ports.random(GCM_NONCE_BYTES)),
      submitMsgId: `msg-${ports.uuid()}`,
      decision,
      policyId,
    };
  }

  /** Null without a pairing in force, and after sign-out. */
  #pairingOf(workspaceId: string): string | null {
    const facts = pairingFacts(this.#options.host.state, workspaceId, this.#options.ports.now());
    return facts === null ? null : JSON.stringify([facts.signerKeyId, facts.publicKey, facts.pairedAt]);
  }

  #now() {
    const { ports } = this.#options;
    return { at: Math.floor(ports.now()), mono: ports.mono() };
  }

  #drop({ asked, policyId }: DecidedByPolicy, code: string): void {
    const { requestId, workspace } = asked;
    const { workspaceId } = workspace;
    this.#options.audit({ kind: 'policy.report-dropped', at: this.#now().at, requestId, workspaceId, policyId, code });
  }
}

function isRevoked(cause: unknown): boolean {
  return cause instanceof GatewayError && cause.kind === 'forbidden' && cause.code === 'pairing_revoked';
}

/** An id that the gateway knows already is a report whose answer was lost. */
function verdictOf(cause: unknown): Sent {
  if (!(cause instanceof GatewayError)) throw cause;
  if (cause.status === 409) return 'done';
  const isFinal =
    cause.kind === 'forbidden' || (cause.kind === 'rejected' && !cause.retryable && (cause.status ?? 500) < 500);
  return isFinal ? { refused: cause.code } : 'again';
}
