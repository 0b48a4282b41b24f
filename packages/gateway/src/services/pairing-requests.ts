import { decodePublicKey, KeyError } from '@airlock/crypto';
import {
  base64UrlEncode,
  EncodingError,
  JsonError,
  normaliseCrockford,
  PairingCodeError,
  pairingResponseSchema,
  parseJson,
} from '@airlock/protocol';
import { GatewayError } from '../errors.js';

/** A received public key as the gateway keeps and emits it: raw, b64u (CRYP-020, CRYP-030). */
export function rawKey(text: string, kind: 'X25519' | 'Ed25519', member: string): string {
  try {
    return base64UrlEncode(decodePublicKey(text, kind));
  } catch (error) {
    if (!(error instanceof KeyError || error instanceof EncodingError)) throw error;
    throw new GatewayError('invalid_request', `${member} is not a usable public key`, {
      cause: error,
    });
  }
}

/** A typed pairing code in the form it was emitted, or undefined when it cannot be one (ID-060). */
export function typedCode(text: string): string | undefined {
  try {
    const code = normaliseCrockford(text);
    return code.length === 6 ? code : undefined;
  } catch (error) {
    if (error instanceof PairingCodeError) return undefined;
    throw error;
  }
}

function responseObject(responseJson: string): unknown {
  try {
    return parseJson(responseJson);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new GatewayError('invalid_request', 'responseJson is not a JSON object', {
      cause: error,
    });
  }
}

/**
 * The signer key id of a pairing response that belongs to this session and key (PAIR-080).
 * Its signature is for the enforcer to check.
 */
export function responseSigner(
  responseJson: string,
  session: { readonly nonce: string; readonly publicKey: string },
): string {
  const parsed = pairingResponseSchema.safeParse(responseObject(responseJson));
  if (!parsed.success) {
    throw new GatewayError('invalid_request', 'responseJson has a missing or wrong member');
  }
  const { pairingNonce, publicKey, signerKeyId } = parsed.data;
  if (pairingNonce !== session.nonce) {
    throw new GatewayError('invalid_request', 'responseJson names another pairing session');
  }
  if (rawKey(publicKey, 'Ed25519', 'responseJson.publicKey') !== session.publicKey) {
    throw new GatewayError('invalid_request', 'responseJson and publicKey differ');
  }
  return signerKeyId;
}
