import { AirlockError } from '@airlock/protocol';

/** Codes of everything that goes wrong on this machine; wire codes are another family. */
export const RUNTIME_CODES = [
  'approver_cannot_loosen',
  'audit_unavailable',
  'bad_answer',
  'bad_request',
  'body_too_large',
  'daemon_not_running',
  'daemon_start_failed',
  'daemon_stopped',
  'directory_insecure',
  'endpoint_unavailable',
  'file_insecure',
  'host_unknown',
  'internal_error',
  'journal_corrupt',
  'journal_unavailable',
  'lock_held',
  'lock_unavailable',
  'not_found',
  'no_receipt',
  'not_paired',
  'not_signed_in',
  'policy_change_in_progress',
  'policy_change_invalid',
  'policy_changed_meanwhile',
  'policy_void',
  'request_id_used',
  'runtime_directory_insecure',
  'secret_store_unavailable',
  'sign_in_in_progress',
  'socket_path_too_long',
  'source_reserved',
  'state_corrupt',
  'state_unavailable',
  'workspace_not_bound',
] as const;

/** One of {@link RUNTIME_CODES}. */
export type RuntimeCode = (typeof RUNTIME_CODES)[number];

export interface RuntimeErrorOptions {
  readonly cause?: unknown;
  /** What to type next. */
  readonly fix?: string;
  /** The file that is damaged or not safe to use. */
  readonly file?: string;
}

/** Local failure: `code` is stable, `message` says what and why, `fix` what to type. */
export class RuntimeError<C extends string = RuntimeCode> extends AirlockError<C> {
  readonly fix: string | undefined;
  readonly file: string | undefined;

  constructor(code: C, message: string, options: RuntimeErrorOptions = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fix = options.fix;
    this.file = options.file;
  }
}

/** Turns anything thrown into a coded error; what is not ours becomes `internal_error` with its cause. */
export function toRuntimeError(thrown: unknown): RuntimeError<string> {
  if (thrown instanceof RuntimeError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RuntimeError('internal_error', message, { cause: thrown });
}
