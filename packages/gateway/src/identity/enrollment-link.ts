/**
 * The one-time link that enrolls a device: a pairing link (PAIR-240) that has nothing to pair yet. Everything stays in
 * the fragment, which browsers do not send.
 */
export function enrollmentLink(parts: {
  readonly approverOrigin: string;
  readonly gatewayUrl: string;
  readonly enrollmentCode: string;
}): string {
  const gateway = encodeURIComponent(parts.gatewayUrl);
  return `${parts.approverOrigin}/pair#v=1&g=${gateway}&e=${encodeURIComponent(parts.enrollmentCode)}`;
}
