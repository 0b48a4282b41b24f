import { rules } from '@airlock/conformance';
import { ed25519PublicKey, x25519PublicKey } from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { createKeyFile, type KeyFile, readKeyFile, unlockKeys } from '../../src/device/key-file.js';

const PASSPHRASE = 'correct horse battery';
const never = () => Promise.reject(new Error('asked for a passphrase'));

function flipped(text: string): string {
  return `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
}

describe(rules('APPR-120', 'PAIR-225')`keys of the terminal approver at rest`, () => {
  test('under a passphrase the file holds no private key, and opens with that passphrase only', async () => {
    const file = await createKeyFile(PASSPHRASE);
    const keys = await unlockKeys(file, async () => PASSPHRASE);
    expect(base64UrlEncode(ed25519PublicKey(keys.signer))).toBe(file.signerPublicKey);
    expect(base64UrlEncode(x25519PublicKey(keys.agreement))).toBe(file.agreementPublicKey);
    const text = JSON.stringify(file);
    for (const secret of [keys.signer, keys.agreement]) {
      expect(text).not.toContain(base64UrlEncode(secret));
      expect(text).not.toContain(Buffer.from(secret).toString('base64'));
    }
    await expect(unlockKeys(file, async () => `${PASSPHRASE} `)).rejects.toMatchObject({ code: 'wrong_passphrase' });
  });

  test('composed and decomposed letters are one passphrase', async () => {
    const file = await createKeyFile('Zo\u00eb spricht');
    await expect(unlockKeys(file, async () => 'Zoe\u0308 spricht')).resolves.toBeDefined();
  });

  test('another public key beside the wrapped keys does not open', async () => {
    const file = await createKeyFile(PASSPHRASE);
    for (const changed of [
      { ...file, signerPublicKey: flipped(file.signerPublicKey) },
      { ...file, agreementPublicKey: flipped(file.agreementPublicKey) },
    ]) {
      await expect(unlockKeys(changed, async () => PASSPHRASE)).rejects.toMatchObject({ code: 'wrong_passphrase' });
    }
  });

  test('without a passphrase it says so and asks for none', async () => {
    const file = await createKeyFile(null);
    expect(file.keys.protection).toBe('none');
    const keys = await unlockKeys(file, never);
    expect(base64UrlEncode(ed25519PublicKey(keys.signer))).toBe(file.signerPublicKey);
  });

  test('two files never share a key', async () => {
    const [one, other] = [await createKeyFile(null), await createKeyFile(null)];
    expect(one.signerPublicKey).not.toBe(other.signerPublicKey);
    expect(one.agreementPublicKey).not.toBe(other.agreementPublicKey);
  });

  test('a damaged file is refused, never replaced', async () => {
    const file = await createKeyFile(PASSPHRASE);
    const weaker = { ...file.keys, scrypt: { N: 2, r: 8, p: 1 } };
    const broken: readonly unknown[] = [
      null,
      [],
      {},
      { ...file, version: 2 },
      { ...file, extra: 1 },
      { ...file, keys: weaker },
    ];
    for (const value of broken) {
      expect(() => readKeyFile(value, 'keys.json')).toThrow(expect.objectContaining({ code: 'key_file_damaged' }));
    }
    expect(readKeyFile(JSON.parse(JSON.stringify(file)), 'keys.json')).toEqual(file satisfies KeyFile);
  });
});
