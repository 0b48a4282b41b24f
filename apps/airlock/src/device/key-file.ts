import { randomBytes, scrypt } from 'node:crypto';
import { DecryptionError, ed25519PublicKey, open, seal, x25519PublicKey } from '@airlock/crypto';
import { base64Encode, base64UrlDecode, base64UrlEncode, canonicalBytes, utf8Encode } from '@airlock/protocol';
import { z } from 'zod';
import { CommandFailure } from '../cli/failure.js';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
/** 128 MiB and about half a second: what a guess costs whoever stole the file. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 } as const;
const SCRYPT_MAX_MEMORY = 256 * 1024 * 1024;

const b64u = (bytes: number) => z.string().length(Math.ceil((bytes * 4) / 3));

const keyFileSchema = z.strictObject({
  version: z.literal(1),
  /** Raw Ed25519 and X25519 public keys. */
  signerPublicKey: b64u(KEY_BYTES),
  agreementPublicKey: b64u(KEY_BYTES),
  keys: z.discriminatedUnion('protection', [
    z.strictObject({
      protection: z.literal('passphrase'),
      salt: b64u(SALT_BYTES),
      scrypt: z.strictObject({ N: z.literal(SCRYPT.N), r: z.literal(SCRYPT.r), p: z.literal(SCRYPT.p) }),
      wrapped: z.strictObject({ alg: z.literal('AES-256-GCM'), data: z.string(), nonce: z.string(), tag: z.string() }),
    }),
    z.strictObject({ protection: z.literal('none'), signer: b64u(KEY_BYTES), agreement: b64u(KEY_BYTES) }),
  ]),
});

/** The stored keys of an approver. */
export type KeyFile = z.infer<typeof keyFileSchema>;

/** Private keys in memory: 32 bytes each. */
export interface PrivateKeys {
  readonly signer: Uint8Array;
  readonly agreement: Uint8Array;
}

/** @throws CommandFailure `key_file_damaged` */
export function readKeyFile(value: unknown, path: string): KeyFile {
  const parsed = keyFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CommandFailure('key_file_damaged', `${path} is not a key file of an approver`, {
    fix: `restore it from a backup, or use another --key-dir`,
    cause: parsed.error,
  });
}

/** The wrapping key of a passphrase. */
function wrappingKey(passphrase: string, salt: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const text = utf8Encode(passphrase.normalize('NFKC'));
    scrypt(text, salt, KEY_BYTES, { ...SCRYPT, maxmem: SCRYPT_MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(new Uint8Array(key));
      else reject(error);
    });
  });
}

/** What is authenticated beside the wrapped keys: nobody can put other public keys next to them. */
function boundTo(file: Pick<KeyFile, 'signerPublicKey' | 'agreementPublicKey'>): Uint8Array {
  const { signerPublicKey, agreementPublicKey } = file;
  return canonicalBytes({ agreementPublicKey, signerPublicKey, version: 1 });
}

/** Makes new keys; `passphrase` null leaves them unprotected. */
export async function createKeyFile(passphrase: string | null): Promise<KeyFile> {
  const keys: PrivateKeys = {
    signer: new Uint8Array(randomBytes(KEY_BYTES)),
    agreement: new Uint8Array(randomBytes(KEY_BYTES)),
  };
  const shown = {
    version: 1,
    signerPublicKey: base64UrlEncode(ed25519PublicKey(keys.signer)),
    agreementPublicKey: base64UrlEncode(x25519PublicKey(keys.agreement)),
  } as const;
  if (passphrase === null) {
    const { signer, agreement } = keys;
    return {
      ...shown,
      keys: { protection: 'none', signer: base64UrlEncode(signer), agreement: base64UrlEncode(agreement) },
    };
  }
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const wrapped = seal({
    key: await wrappingKey(passphrase, salt),
    nonce: new Uint8Array(randomBytes(NONCE_BYTES)),
    plaintext: new Uint8Array([...keys.signer, ...keys.agreement]),
    aad: boundTo(shown),
  });
  const { data, nonce, tag } = wrapped;
  return {
    ...shown,
    keys: {
      protection: 'passphrase',
      salt: base64UrlEncode(salt),
      scrypt: SCRYPT,
      wrapped: { alg: 'AES-256-GCM', data, nonce, tag },
    },
  };
}

/**
 * Unwraps the private keys.
 *
 * @param passphrase - asked for only when the file needs one
 * @throws CommandFailure `wrong_passphrase`
 */
export async function unlockKeys(file: KeyFile, passphrase: () => Promise<string>): Promise<PrivateKeys> {
  if (file.keys.protection === 'none') {
    return {
      signer: base64UrlDecode(file.keys.signer, KEY_BYTES),
      agreement: base64UrlDecode(file.keys.agreement, KEY_BYTES),
    };
  }
  const key = await wrappingKey(await passphrase(), base64UrlDecode(file.keys.salt, SALT_BYTES));
  try {
    const bytes = open({ key, ciphertext: { ...file.keys.wrapped, aad: base64Encode(boundTo(file)) } });
    return { signer: bytes.slice(0, KEY_BYTES), agreement: bytes.slice(KEY_BYTES) };
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new CommandFailure('wrong_passphrase', 'the passphrase is wrong, or the key file was changed', {
      fix: 'type the command again with the passphrase of these keys',
      cause: error,
    });
  }
}
