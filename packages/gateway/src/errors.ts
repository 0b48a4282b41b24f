import type { WireCode } from '@airlock/protocol';
import type { RefusalDetails } from './store/command.js';

/** A refusal on the wire: one code of table 5.1 and a message without secrets or request text (ERR-030, ERR-040). */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  constructor(
    readonly code: WireCode,
    message: string,
    readonly more: RefusalDetails & { readonly cause?: unknown; readonly allow?: string } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
  }
}

/** Why the gateway could not start or an administrative command could not run. */
export type StartupCode =
  | 'data_dir_in_use'
  | 'data_dir_unsafe'
  | 'store_unusable'
  | 'tls_required'
  | 'invalid_configuration'
  | 'address_in_use';

/** A failure of the process that owns the data directory; `message` says what happened and what to do. */
export class StartupError extends Error {
  override readonly name = 'StartupError';

  constructor(
    readonly code: StartupCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options);
  }
}
