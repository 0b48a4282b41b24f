import { isSafeVerificationUri } from '@airlock/protocol';
import { GatewayError } from '../errors.js';

/**
 * Checks the pages a user is sent to before anybody opens them (AUTH-210).
 * @throws GatewayError `invalid_verification_uri`
 */
export function checkVerificationUris(...uris: readonly string[]): void {
  if (uris.every(isSafeVerificationUri)) return;
  throw new GatewayError({
    kind: 'malformed',
    code: 'invalid_verification_uri',
    message: 'The sign-in page that the gateway names must not be opened',
    retryable: false,
  });
}
