/**
 * Where keys, tokens and routing tokens rest. Names are `[a-z0-9.-]`; values are text. Rejects with
 * `secret_store_unavailable` when a value can be neither read nor known to be missing.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'file';
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}
