import { AirlockError } from '@airlock/protocol';

/** Codes of what this adapter refuses by itself. */
export const GIT_CODES = [
  'approvers_invalid',
  'approvers_missing',
  'change_too_large',
  'commit_not_text',
  'foreign_hook_changed',
  'git_failed',
  'git_not_found',
  'git_too_old',
  'hook_missing',
  'hooks_elsewhere',
  'no_receipt',
  'no_repository',
  'not_a_commit',
  'object_damaged',
  'objects_missing',
  'receipt_invalid',
  'repository_unknown',
  'too_many_commits',
] as const;
/** One of {@link GIT_CODES}. */
export type GitCode = (typeof GIT_CODES)[number];

/** A refusal with a stable code; `fix` says what to type. */
export class GitError extends AirlockError<GitCode> {
  readonly fix: string | undefined;

  constructor(code: GitCode, message: string, options: { readonly cause?: unknown; readonly fix?: string } = {}) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fix = options.fix;
  }
}
