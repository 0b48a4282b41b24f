import type { ApproverKeys } from '@airlock/approver';
import { ed25519Sign, x25519SharedSecret } from '@airlock/crypto';
import { base64UrlDecode } from '@airlock/protocol';
import type { Cli } from '../cli/context.js';
import { askSecret } from '../cli/prompt.js';
import { type KeyFile, type PrivateKeys, unlockKeys } from './key-file.js';

const PUBLIC_KEY_BYTES = 32;

/** Asks for the passphrase of a key file on the terminal. */
export function askPassphrase(cli: Cli): Promise<string> {
  return askSecret(cli, { message: 'Passphrase of this approver', otherwise: 'run this in a terminal' });
}

/** The ports of `@airlock/approver` over unlocked keys. */
export function approverKeys(file: KeyFile, keys: PrivateKeys): ApproverKeys {
  return {
    signer: {
      publicKey: base64UrlDecode(file.signerPublicKey, PUBLIC_KEY_BYTES),
      sign: async (message) => ed25519Sign(keys.signer, message),
    },
    agreement: {
      publicKey: base64UrlDecode(file.agreementPublicKey, PUBLIC_KEY_BYTES),
      agree: async (peer) => x25519SharedSecret(keys.agreement, peer),
    },
  };
}

/** Unlocks the keys, asking for the passphrase where there is one. */
export async function openKeys(cli: Cli, file: KeyFile): Promise<ApproverKeys> {
  return approverKeys(file, await unlockKeys(file, () => askPassphrase(cli)));
}
