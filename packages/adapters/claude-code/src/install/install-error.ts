import { RuntimeError } from '@airlock/runtime/client';

/** What can go wrong while the plugin is installed, removed or looked at. */
export const INSTALL_CODES = [
  'claude_failed',
  'claude_not_found',
  'managed_place_insecure',
  'needs_root',
  'not_supported',
  'paths_moved',
  'plugin_damaged',
  'plugin_not_built',
] as const;

/** One of {@link INSTALL_CODES}. */
export type InstallCode = (typeof INSTALL_CODES)[number];

export interface InstallErrorOptions {
  /** What to type next. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** Failure of an installation: coded, with what to type next. */
export class InstallError extends RuntimeError<InstallCode> {
  override readonly name = 'InstallError';

  constructor(code: InstallCode, message: string, options: InstallErrorOptions = {}) {
    super(code, message, options);
  }
}
