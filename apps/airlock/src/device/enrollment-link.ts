import { gatewayOrigin, UrlError } from '@airlock/protocol';
import { UsageError } from '../cli/failure.js';

/** What a one-time enrollment link says. */
export interface EnrollmentLink {
  readonly gatewayUrl: string;
  readonly enrollmentCode: string;
}

/** The one-time link of `gateway approver enroll`: everything in the fragment, as in pairing links (PAIR-240). */
export function enrollmentLink(link: EnrollmentLink): string {
  const { gatewayUrl, enrollmentCode } = link;
  return `${gatewayUrl}/pair#v=1&g=${encodeURIComponent(gatewayUrl)}&e=${encodeURIComponent(enrollmentCode)}`;
}

/** Whether a link enrolls without pairing. */
export function isEnrollmentLink(text: string): boolean {
  const members = new URLSearchParams(text.slice(text.indexOf('#') + 1));
  return text.includes('#') && members.has('e') && !members.has('c');
}

/** Reads an enrollment link. @throws UsageError */
export function readEnrollmentLink(text: string): EnrollmentLink {
  const members = new URLSearchParams(text.slice(text.indexOf('#') + 1));
  const [version, gateway, enrollmentCode] = ['v', 'g', 'e'].map((name) => members.get(name));
  if (text.includes('#') && version === '1' && gateway && enrollmentCode) {
    try {
      return { gatewayUrl: gatewayOrigin(gateway), enrollmentCode };
    } catch (error) {
      if (!(error instanceof UrlError)) throw error;
    }
  }
  throw new UsageError('that is not an enrollment link', 'airlock gateway approver enroll --user NAME');
}
