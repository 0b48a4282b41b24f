/** The Ed25519 key of this device. The private half stays behind the port (APPR-120). */
export interface Signer {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Resolves with 64 bytes; rejects when the user did not unlock the key. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The X25519 key of this device. */
export interface KeyAgreement {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Shared secret with a raw 32-byte peer key; rejects low-order peers and an all-zero result (CRYP-060). */
  agree(peerPublicKey: Uint8Array): Promise<Uint8Array>;
}

/** Both keys of a device. */
export interface ApproverKeys {
  readonly signer: Signer;
  readonly agreement: KeyAgreement;
}
