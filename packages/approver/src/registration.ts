import { enrollmentSignable } from '@airlock/crypto';
import { type ApproverRegisterRequest, base64UrlEncode, formatTime } from '@airlock/protocol';
import type { Signer } from './ports.js';

/** How a device registers. */
export interface RegistrationParts {
  /** Absent when an approver credential authorises the registration. */
  readonly enrollmentCode?: string;
  readonly approverLabel: string;
  /** Epoch milliseconds now. */
  readonly at: number;
}

/** Makes the signed body of `POST /v1/approvers` (APPR-010). */
export async function registration(parts: RegistrationParts, signer: Signer): Promise<ApproverRegisterRequest> {
  const signed = {
    ...(parts.enrollmentCode === undefined ? {} : { enrollmentCode: parts.enrollmentCode }),
    publicKey: base64UrlEncode(signer.publicKey),
    timestamp: formatTime(parts.at),
  };
  const signature = base64UrlEncode(await signer.sign(enrollmentSignable(signed)));
  return { ...signed, approverLabel: parts.approverLabel, signature };
}
