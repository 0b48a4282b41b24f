/** What secrets of ours look like: tokens of every kind, JWTs, bearer headers, shown and recovery codes, secrets of links. */
const SECRETS = [
  /airpat_[A-Za-z0-9_-]+/g,
  /\b(?:rt|rft|tkt|enr)-[A-Za-z0-9_-]{20,}/g,
  /\b[0-9A-HJKMNP-TV-Z]{6}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}(?:(?:-[0-9A-HJKMNP-TV-Z]{4}){2}-[0-9A-HJKMNP-TV-Z]{2})?\b/g,
  /\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){5}\b(?!-)/g,
  /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g,
  /\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /([?#&](?:s|e|token|code)=)[^&\s"']+/g,
] as const;

const LONGEST = 1000;

/** Takes out what looks like a credential and cuts the rest to 1,000 characters, for logs of every kind. */
export function redact(text: string): string {
  const clean = SECRETS.reduce((shown, secret) => shown.replace(secret, '[redacted]'), text);
  return (clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean).toWellFormed();
}
