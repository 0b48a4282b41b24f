import type { DurableAuth, DurableRecord, DurableState, OpenRequest, Standing } from '@airlock/enforcer';
import { parseJson, type JsonValue } from '@airlock/protocol';
import type { z } from 'zod';
import { RuntimeError } from '../errors.js';
import type { FsPort } from '../files/fs-port.js';
import type { Integrity } from '../files/integrity.js';
import { readSealed, writeSealed } from '../files/sealed-json.js';
import type { Ports } from '../ports/ports.js';
import type { SecretStore } from '../secrets/secret-store.js';
import {
  authSecretSchema,
  EMPTY_STATE,
  openRequestsSchema,
  pairingSecretSchema,
  stateSchema,
  type StoredStanding,
  type StoredState,
  type StoredWorkspace,
} from './state-schema.js';
import { TrustRecord } from './trust-record.js';
import { WriteQueue } from './write-queue.js';

export interface StateOptions {
  readonly stateFile: string;
  readonly openRequestsFile: string;
  readonly secrets: SecretStore;
  readonly integrity: Integrity;
  readonly ports: Pick<Ports, 'uuid'>;
  readonly fs: FsPort;
}

/** A workspace by its real path, without what the engine knows about it. */
export type Workspace = Omit<StoredWorkspace, 'standing'>;

/**
 * Everything that outlives a run: sign-in, workspaces, pairings, pins, rejections. Secrets go into the secret store
 * under a fresh name before the state file names them, so that a crash at any point leaves one consistent version.
 */
export class StateStore {
  readonly #options: StateOptions;
  readonly #trust: TrustRecord;
  readonly #queue: WriteQueue;
  #state: StoredState;

  private constructor(options: StateOptions) {
    this.#options = options;
    this.#trust = new TrustRecord(options.secrets, options.stateFile);
    this.#queue = new WriteQueue(options.stateFile);
    this.#state = EMPTY_STATE;
  }

  /**
   * Reads the state, or begins one with what the secret store remembers of pins. Rejects with `state_corrupt` when the
   * file is damaged, missing, not ours or older than the pins it must hold; it is never overwritten then.
   */
  static async open(options: StateOptions): Promise<StateStore> {
    const store = new StateStore(options);
    await store.#load();
    return store;
  }

  get workspaces(): readonly Workspace[] {
    return this.#state.workspaces;
  }

  get gatewayUrl(): string | null {
    return this.#state.auth?.gatewayUrl ?? null;
  }

  /** Whether a restart would find a pairing in force. */
  isPaired(workspaceId: string): boolean {
    const found = this.#state.workspaces.find((one) => one.workspaceId === workspaceId);
    return (found?.standing?.active ?? null) !== null;
  }

  /** Why the newest write failed; null when it did not. */
  get failure(): RuntimeError<string> | null {
    return this.#queue.failure;
  }

  /** What the engine starts with. Throws `state_corrupt` when a secret that the state names is missing or damaged. */
  async durable(): Promise<DurableState> {
    const workspaces: Standing[] = [];
    for (const workspace of this.#state.workspaces) {
      if (workspace.standing !== null) workspaces.push(await this.#standingOf(workspace, workspace.standing));
    }
    return {
      auth: await this.#auth(),
      workspaces,
      openRequests: this.#openRequests(),
      rejections: this.#state.rejections,
    };
  }

  /** Adds a workspace durably before anything else knows it. */
  async addWorkspace(workspace: Workspace): Promise<void> {
    await this.#queue.run(() => this.#saveWorkspaces([...this.#state.workspaces, { ...workspace, standing: null }]));
  }

  /** Replaces one record; settles when it is on stable storage. Records are written in the order of the calls. */
  async persist(record: DurableRecord): Promise<void> {
    switch (record.kind) {
      case 'auth':
        return this.#queue.run(() => this.#persistAuth(record.value));
      case 'workspace':
        return this.#queue.run(() => this.#persistStanding(record.value));
      case 'rejections':
        return this.#queue.run(async () => this.#save({ ...this.#state, rejections: [...record.value] }));
      case 'open-requests':
        return this.#queue.run(async () => this.#saveOpenRequests(record.value));
      default:
        return record satisfies never;
    }
  }

  /** Settles when everything asked for so far, and what was asked for again after a failure, is written or has failed. */
  async settled(): Promise<void> {
    await this.#queue.settled();
  }

  async #persistAuth(value: DurableAuth | null): Promise<void> {
    const old = this.#state.auth?.secret;
    if (value === null) {
      this.#save({ ...this.#state, auth: null });
    } else {
      const { gatewayUrl, ...rest } = value;
      const secret = await this.#keepSecret('auth', rest);
      this.#save({ ...this.#state, auth: { gatewayUrl, kind: value.credential.kind, secret } });
    }
    if (old !== undefined) await this.#options.secrets.delete(old);
  }

  async #persistStanding(value: Standing): Promise<void> {
    const old = this.#state.workspaces.find((one) => one.workspaceId === value.workspaceId);
    if (old === undefined) throw new RuntimeError('state_unavailable', `unknown workspace ${value.workspaceId}`);
    const { active, workspaceId, enforcerId, enforcerLabel, workspaceName, ...rest } = value;
    let stored: StoredStanding['active'] = null;
    if (active !== null) {
      const { routingToken, pairingKey, ...open } = active;
      const secret = await this.#keepSecret('pairing', { routingToken, pairingKey });
      stored = { ...open, capabilities: [...open.capabilities], secret };
    }
    const standing: StoredStanding = { ...rest, revokedKeys: [...rest.revokedKeys], active: stored };
    const next: StoredWorkspace = { path: old.path, workspaceId, enforcerId, enforcerLabel, workspaceName, standing };
    await this.#saveWorkspaces(this.#state.workspaces.map((one) => (one === old ? next : one)));
    const oldSecret = old.standing?.active?.secret;
    if (oldSecret !== undefined) await this.#options.secrets.delete(oldSecret);
  }

  async #keepSecret(kind: string, value: unknown): Promise<string> {
    const name = `${kind}.${this.#options.ports.uuid()}`;
    await this.#options.secrets.set(name, JSON.stringify(value));
    return name;
  }

  async #readSecret<T>(name: string, schema: z.ZodType<T>): Promise<T> {
    const text = await this.#options.secrets.get(name);
    if (text === null) throw this.#corrupt(`names the secret ${name}, which is missing`);
    try {
      return schema.parse(parseJson(text));
    } catch (cause) {
      throw this.#corrupt(`names the secret ${name}, which is damaged`, cause);
    }
  }

  async #auth(): Promise<DurableAuth | null> {
    const { auth } = this.#state;
    if (auth === null) return null;
    const { credential, app } = await this.#readSecret(auth.secret, authSecretSchema);
    const { clientId, clientSecret } = app ?? {};
    return {
      gatewayUrl: auth.gatewayUrl,
      credential,
      ...(clientId === undefined ? {} : { app: { clientId, ...(clientSecret === undefined ? {} : { clientSecret }) } }),
    };
  }

  async #standingOf(workspace: Workspace, standing: StoredStanding): Promise<Standing> {
    const { workspaceId, enforcerId, enforcerLabel, workspaceName } = workspace;
    const identity = { workspaceId, enforcerId, enforcerLabel, workspaceName };
    if (standing.active === null) return { ...identity, ...standing, active: null };
    const { secret, ...open } = standing.active;
    const keys = await this.#readSecret(secret, pairingSecretSchema);
    return { ...identity, ...standing, active: { ...open, ...keys } };
  }

  async #load(): Promise<void> {
    const { stateFile, integrity } = this.#options;
    let value: JsonValue | undefined;
    try {
      value = readSealed(stateFile, this.#sealing('state'));
      if (value !== undefined) this.#state = stateSchema.parse(value);
    } catch (cause) {
      if (cause instanceof RuntimeError) throw cause;
      throw this.#corrupt('is damaged', cause);
    }
    if (value !== undefined) {
      if (await this.#trust.accepts(this.#state.workspaces)) return;
      throw this.#corrupt('is older than the pins and recovery codes that the secret store remembers');
    }
    if (integrity.initialised) throw this.#corrupt('is missing');
    this.#save({ ...EMPTY_STATE, workspaces: [...(await this.#trust.begin())] });
  }

  async #saveWorkspaces(workspaces: readonly StoredWorkspace[]): Promise<void> {
    await this.#trust.around(workspaces, () => this.#save({ ...this.#state, workspaces: [...workspaces] }));
  }

  #save(state: StoredState): void {
    writeSealed(this.#options.stateFile, state, this.#sealing('state'));
    this.#state = state;
  }

  /**
   * The list serves one purpose: to withdraw at the gateway what a crash left open. What it says cannot allow
   * anything, so a damaged list is an empty one and the next write replaces it.
   */
  #openRequests(): readonly OpenRequest[] {
    try {
      return openRequestsSchema.parse(readSealed(this.#options.openRequestsFile, this.#sealing('open-requests')) ?? []);
    } catch (cause) {
      if (cause instanceof Error) return [];
      throw cause;
    }
  }

  #saveOpenRequests(value: readonly OpenRequest[]): void {
    writeSealed(this.#options.openRequestsFile, value, this.#sealing('open-requests'));
  }

  #sealing(label: string) {
    return { integrity: this.#options.integrity, fs: this.#options.fs, label };
  }

  #corrupt(what: string, cause?: unknown): RuntimeError {
    const { stateFile } = this.#options;
    return new RuntimeError('state_corrupt', `${stateFile} ${what}`, {
      file: stateFile,
      fix: 'airlock doctor --repair',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
