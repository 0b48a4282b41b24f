/** Seconds that the human is waited for: below the deadline of the host (LOC-110). */
const LONGEST_SECONDS = 300;

/**
 * Seconds that the human is waited for. `AIRLOCK_APPROVAL_SECONDS` in the environment that the daemon itself was started
 * with shortens it; nothing lengthens it, and what is no whole number of seconds does not count.
 */
export function approvalSeconds(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const { AIRLOCK_APPROVAL_SECONDS: wanted = '' } = env;
  return /^[1-9]\d{0,5}$/.test(wanted) ? Math.min(Number(wanted), LONGEST_SECONDS) : LONGEST_SECONDS;
}
