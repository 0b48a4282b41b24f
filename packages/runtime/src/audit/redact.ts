/** What credentials of ours look like: PATs, routing tokens, JWTs, bearer headers. */
const SECRETS = [
  /airpat_[A-Za-z0-9_-]+/g,
  /\brt-[A-Za-z0-9_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  /\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /([?#&](?:s|e|token|code)=)[^&\s"']+/g,
] as const;

const LONGEST = 1000;

/** Takes out what looks like a credential and cuts the rest to 1,000 characters, for logs of every kind. */
export function redact(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return SECRETS.reduce((shown, secret) => shown.replace(secret, '[redacted]'), cut).toWellFormed();
}
