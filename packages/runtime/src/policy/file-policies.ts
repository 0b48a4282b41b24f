import type { Verifier } from '@airlock/crypto';
import { type Requirement, REQUIREMENTS, type Standing } from '@airlock/enforcer';
import { type PolicyInForce, policyInForce, type SignedPolicyRecord } from '@airlock/policy';
import { RuntimeError } from '../errors.js';
import type { DocumentEntry, NewListEntry } from '../restrictions/entries.js';
import { restrictEntry } from '../restrictions/entries.js';
import type { Restrictions } from '../restrictions/restrictions.js';
import { requiresText } from '../restrictions/requires.js';
import { narrowing, newestVersion, type WorkspaceEntries } from '../restrictions/workspace-entries.js';
import { checkRecord, type RecordCheck } from './check-record.js';
import type { NewRestriction, PendingChange, PolicyDesk, PolicyStanding } from './policy-desk.js';
import type { PolicyRecords } from './policy-records.js';
import { policyVoid } from './void-policy.js';
import { holdsAlready } from './holds-already.js';

export interface FilePoliciesOptions {
  readonly list: Restrictions;
  readonly records: PolicyRecords;
  readonly verifier: Verifier;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** What the engine knows about a workspace: identity, pin, pairing in force. */
  readonly standingOf: (workspaceId: string) => Standing | undefined;
  /** Told when what a workspace requires of its approver has changed. */
  readonly onRequirements: (workspaceId: string, requirements: readonly Requirement[]) => void;
  /** Told when a document that should be in force is found not to be. */
  readonly onVoid: (workspaceId: string, error: RuntimeError<string>) => void;
  /** Told when the list turns out to be damaged: everything is denied from then on. */
  readonly onDamage: (error: RuntimeError<string>) => void;
}

/** What a standing was made of; the same objects make the same one. */
interface Loaded extends Pick<WorkspaceEntries, 'document' | 'restrictions'>, Pick<Standing, 'active' | 'pin'> {
  readonly standing: PolicyStanding;
}

/** The policies of this user: signed documents in files, met with the list of local restrictions (LOC-080, LOC-085). */
export class FilePolicies implements PolicyDesk {
  readonly #options: FilePoliciesOptions;
  readonly #loaded = new Map<string, Loaded>();
  /** Versions that are being signed, by workspace. */
  readonly #pending = new Map<string, number>();
  /** The highest version that was ever to be signed: its approver may remember it although it never came into force. */
  readonly #highest = new Map<string, number>();
  readonly #told = new Map<string, string>();
  readonly #voided = new Map<string, string>();

  constructor(options: FilePoliciesOptions) {
    this.#options = options;
    for (const workspaceId of options.list.workspaceIds) this.#tellRequirements(workspaceId);
  }

  inForce(workspaceId: string): PolicyInForce {
    return this.standing(workspaceId).policy;
  }

  standing(workspaceId: string): PolicyStanding {
    const { list, standingOf } = this.#options;
    const { document, restrictions } = list.workspace(workspaceId);
    const { active = null, pin = null } = standingOf(workspaceId) ?? {};
    const known = this.#loaded.get(workspaceId);
    const isSame =
      known?.document === document &&
      known.restrictions === restrictions &&
      known.active === active &&
      known.pin === pin;
    if (isSame) return known.standing;
    const standing = this.#load(workspaceId);
    this.#loaded.set(workspaceId, { document, restrictions, active, pin, standing });
    this.#tellVoid(workspaceId, standing.problem);
    return standing;
  }

  reload(workspaceId: string): void {
    if (this.#loaded.get(workspaceId)?.standing.problem instanceof RuntimeError) this.#loaded.delete(workspaceId);
  }

  nextBase(workspaceId: string): number {
    return Math.max(newestVersion(this.#options.list.workspace(workspaceId)), this.#highest.get(workspaceId) ?? 0);
  }

  begin(workspaceId: string, version: number): PendingChange {
    const before = this.#options.list.workspace(workspaceId).document;
    this.#pending.set(workspaceId, version);
    this.#highest.set(workspaceId, Math.max(version, this.#highest.get(workspaceId) ?? 0));
    return {
      isCurrent: () => this.#options.list.workspace(workspaceId).document === before,
      accept: (record, signerKeyId) => this.#accept(workspaceId, record, signerKeyId),
      end: () => this.#pending.delete(workspaceId),
    };
  }

  narrow(workspaceId: string, restriction: NewRestriction): boolean {
    const entries = this.#options.list.workspace(workspaceId);
    const pending = this.#pending.get(workspaceId) ?? 0;
    const version = Math.max(newestVersion(entries), pending);
    if (holdsAlready({ ...restriction, version }, { standing: this.standing(workspaceId), pending })) return false;
    this.#add(restrictEntry(workspaceId, { ...restriction, version }));
    this.#tellRequirements(workspaceId);
    return true;
  }

  isTainted(workspaceId: string, sessionId: string): boolean {
    return this.#options.list.workspace(workspaceId).tainted.has(sessionId);
  }

  taint(workspaceId: string, sessionId: string): void {
    if (!this.isTainted(workspaceId, sessionId)) this.#add({ kind: 'taint', workspaceId, sessionId });
  }

  get endedGrants(): readonly string[] {
    return this.#options.list.endedGrants(this.#options.now());
  }

  endGrant(policyId: string, expiresAt: number): void {
    if (!this.endedGrants.includes(policyId)) this.#add({ kind: 'grant-ended', policyId, expiresAt });
  }

  async settled(): Promise<void> {
    // What cannot be noted now is noted by the maintenance of the files a second later.
    await this.#options.list.note().catch(() => undefined);
  }

  #accept(workspaceId: string, record: SignedPolicyRecord, signerKeyId: string): DocumentEntry {
    const { list, records } = this.#options;
    const check = this.#check(workspaceId, record, signerKeyId);
    if (!check.ok) throw policyVoid(check.reason);
    const { version, requirements = [] } = check.document;
    const { sha256 } = check;
    records.write({ workspaceId, sha256 }, record);
    this.#add({ kind: 'policy', workspaceId, version, sha256, signerKeyId, requires: requiresText(requirements) });
    this.#tellRequirements(workspaceId);
    this.#tidy(workspaceId, sha256);
    const { document } = list.workspace(workspaceId);
    if (document === null) throw new TypeError('the list does not hold what was just added to it');
    return document;
  }

  #tidy(workspaceId: string, sha256: string): void {
    try {
      this.#options.records.removeOthers({ workspaceId, sha256 });
    } catch (cause) {
      // The list says which document counts: one that stays behind is removed by the next change.
      if (!(cause instanceof Error)) throw cause;
    }
  }

  #load(workspaceId: string): PolicyStanding {
    const { list, records, standingOf } = this.#options;
    const entries = list.workspace(workspaceId);
    const restrictions = narrowing(entries);
    const { document } = entries;
    const strictest = { policy: policyInForce(null, restrictions), document, restrictions, problem: null };
    // Without a pairing nothing can be asked; its approver, paired again, finds its document in force again.
    if (document === null || (standingOf(workspaceId)?.active ?? null) === null) return strictest;
    const name = { workspaceId, sha256: document.sha256 };
    const found = this.#read(name, document);
    if (found instanceof RuntimeError) return { ...strictest, problem: found };
    if (found.ok) return { ...strictest, policy: policyInForce(found.text, restrictions) };
    return { ...strictest, problem: policyVoid(found.reason, { file: records.fileOf(name) }) };
  }

  #read(name: { workspaceId: string; sha256: string }, document: DocumentEntry): RecordCheck | RuntimeError {
    const { records } = this.#options;
    const file = records.fileOf(name);
    try {
      const record = records.read(name);
      if (record === null) return policyVoid('missing', { file });
      const check = this.#check(name.workspaceId, record, document.signerKeyId);
      if (!check.ok) return check;
      const isOther = check.sha256 !== document.sha256 || check.document.version !== document.version;
      return isOther ? { ok: false, reason: 'other_document' } : check;
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      return policyVoid('unreadable', { file, cause });
    }
  }

  #check(workspaceId: string, record: SignedPolicyRecord, signerKeyId: string): RecordCheck {
    const { standingOf, verifier } = this.#options;
    const standing = standingOf(workspaceId);
    if (standing === undefined) return { ok: false, reason: 'wrong_workspace' };
    return checkRecord(record, { standing, signerKeyId, verifier });
  }

  #add(entry: NewListEntry): void {
    const { list, now, onDamage } = this.#options;
    try {
      list.add(entry, Math.floor(now()));
    } catch (cause) {
      if (cause instanceof RuntimeError && cause.code === 'state_corrupt') onDamage(cause);
      throw cause;
    }
  }

  #tellVoid(workspaceId: string, problem: RuntimeError<string> | null): void {
    const message = problem?.message ?? '';
    if ((this.#voided.get(workspaceId) ?? '') === message) return;
    this.#voided.set(workspaceId, message);
    if (problem !== null) this.#options.onVoid(workspaceId, problem);
  }

  #tellRequirements(workspaceId: string): void {
    const entries = this.#options.list.workspace(workspaceId);
    const required: readonly string[] = policyInForce(null, narrowing(entries)).requirements;
    const requirements = REQUIREMENTS.filter((one) => required.includes(one));
    const key = requirements.join(' ');
    if ((this.#told.get(workspaceId) ?? '') === key) return;
    this.#told.set(workspaceId, key);
    this.#options.onRequirements(workspaceId, requirements);
  }
}
