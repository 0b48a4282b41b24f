import { assertEd25519PublicKey, decodePublicKey, enrollmentSignable, type Verifier } from '@airlock/crypto';
import {
  AirlockError,
  approverRegisterRequestSchema,
  type ApproverRegisterRequest,
  base64UrlEncode,
  decodeBase64Any,
  formatTime,
  LIMITS,
  OIDC_APPROVER_CLIENT_ID,
  parseTime,
} from '@airlock/protocol';
import { nodeVerifier } from '../crypto/node-verifier.js';
import { GatewayError } from '../errors.js';
import { parseRequest } from '../http/parse.js';
import type { Reply, Route, RouteRequest } from '../http/route.js';
import { newId } from '../ids.js';
import { issueEnrollmentCode } from '../identity/accounts.js';
import { DEFAULT_SCOPE } from '../identity/clients.js';
import { secretHash } from '../identity/secrets.js';
import type { IdentityServices } from '../identity/services.js';
import type { Principal } from '../principal.js';

function refused(message: string, cause?: unknown): GatewayError {
  return new GatewayError('HARP_ERR_SIGNATURE_INVALID', message, { cause });
}

/** Runs a check of bytes from outside; what it refuses is a bad signature or key to the caller. */
function checked<T>(message: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof AirlockError) throw refused(message, error);
    throw error;
  }
}

/** The device's own proof: a fresh signature by the key over key and code (APPR-010), under a key worth having (APPR-020). */
function provenKey(request: ApproverRegisterRequest, verifier: Verifier, now: number): Uint8Array {
  const { publicKey, timestamp, enrollmentCode } = request;
  const key = checked('publicKey is no acceptable Ed25519 key', () => {
    const bytes = decodePublicKey(publicKey, 'Ed25519');
    assertEd25519PublicKey(bytes);
    return bytes;
  });
  if (Math.abs(parseTime(timestamp) - now) > LIMITS.pairingTimestampSkewMs) {
    throw refused('timestamp is more than five minutes away from now');
  }
  const signature = checked('signature is malformed', () => decodeBase64Any(request.signature, 64));
  const signable = checked('enrollmentCode is no code of ours', () =>
    enrollmentSignable({ enrollmentCode: enrollmentCode ?? '', publicKey, timestamp }),
  );
  if (!verifier.verify(signature, signable, key)) throw refused('signature does not verify');
  return key;
}

function registrar(
  request: ApproverRegisterRequest,
  principal: Principal | undefined,
): { readonly userId: string } | { readonly codeHash: string } {
  if (request.enrollmentCode !== undefined) return { codeHash: secretHash(request.enrollmentCode) };
  if (principal === undefined) {
    throw new GatewayError('unauthorized', 'Send an approver credential or an enrollment code');
  }
  if (principal.role !== 'approver') {
    throw new GatewayError('forbidden', 'An enforcer credential cannot register an approver');
  }
  return { userId: principal.userId };
}

function register(services: IdentityServices) {
  return async ({ body, principal, now }: RouteRequest<Principal | undefined>): Promise<Reply> => {
    const request = parseRequest(approverRegisterRequestSchema, body);
    const by = registrar(request, principal);
    const key = provenKey(request, nodeVerifier, now);
    const approverId = newId(services.ports, 'app');
    const draft = services.tokens.draft({ clientId: OIDC_APPROVER_CLIENT_ID, role: 'approver' }, now);
    const { refreshToken: _secret, ...family } = draft;
    const { userId } = await services.store.run('registerApprover', {
      approverId,
      label: request.approverLabel,
      publicKey: base64UrlEncode(key),
      now,
      by,
      family: { ...family, scope: DEFAULT_SCOPE },
    });
    const granted = { userId, approverId, scope: DEFAULT_SCOPE };
    const { accessToken, refreshToken, expiresIn } = await services.tokens.issue(draft, granted, now);
    return { status: 201, body: { approverId, userId, accessToken, refreshToken, expiresIn } };
  };
}

/** Registration of approver devices (15.1). */
export function approverRegistrationRoutes(services: IdentityServices): readonly Route[] {
  return [
    { method: 'POST', path: '/v1/approvers', auth: 'optional', handle: register(services) },
    {
      method: 'POST',
      path: '/v1/approvers/enrollment',
      auth: 'A',
      emptyBody: true,
      handle: async ({ principal, now }) => {
        const { enrollmentCode, expiresAt } = await issueEnrollmentCode(services, principal.userId, now);
        return { status: 201, body: { enrollmentCode, expiresAt: formatTime(expiresAt) } };
      },
    },
  ];
}
