import { hashRecoveryCode, makeRecoveryCode, verifyRecoveryCode } from '@airlock/crypto';
import type { RecoveryHash } from '@airlock/enforcer';
import type { Ports } from '../ports/ports.js';

const CODE_RANDOM = 16;
const SALT = 16;

/** Recovery codes on their way between the terminal and their slow hash; the engine never sees one (PAIR-265). */
export class RecoveryCodes {
  readonly #ports: Pick<Ports, 'random'>;
  readonly #given = new Map<string, string>();
  readonly #made = new Map<string, string>();

  constructor(ports: Pick<Ports, 'random'>) {
    this.#ports = ports;
  }

  /** Keeps the code that the user typed for this pairing. */
  give(pairingId: string, code: string): void {
    this.#given.set(pairingId, code);
  }

  /** Whether the code that was given is the one behind `stored`. It can be tried once. */
  verify(pairingId: string, stored: RecoveryHash): boolean {
    const code = this.#given.get(pairingId);
    this.#given.delete(pairingId);
    if (code === undefined) return false;
    try {
      return verifyRecoveryCode(code, stored);
    } catch (cause) {
      if (cause instanceof Error) return false;
      throw cause;
    }
  }

  /** Makes a new code; its hash is what is stored. */
  create(pairingId: string): RecoveryHash {
    const code = makeRecoveryCode(this.#ports.random(CODE_RANDOM));
    this.#made.set(pairingId, code);
    return hashRecoveryCode(code, this.#ports.random(SALT));
  }

  /** The new code, to be shown once. */
  take(pairingId: string): string | undefined {
    const code = this.#made.get(pairingId);
    this.forget(pairingId);
    return code;
  }

  forget(pairingId: string): void {
    this.#given.delete(pairingId);
    this.#made.delete(pairingId);
  }
}
