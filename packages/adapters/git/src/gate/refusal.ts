/** Why git is stopped: of the approver, a policy, the daemon, or of ours. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly fix: string | undefined;

  constructor(code: string, message: string, fix?: string) {
    super(message);
    this.code = code;
    this.fix = fix;
  }
}

/** `CODE message (try: fix)` for anything thrown: every error of ours has a code, some say what to type. */
export function refusalLine(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `internal_error ${String(thrown)}`;
  const fix = 'fix' in thrown && typeof thrown.fix === 'string' ? ` (try: ${thrown.fix})` : '';
  return `${codeOf(thrown)} ${thrown.message}${fix}`;
}

/** The code of anything thrown. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : 'internal_error';
}
