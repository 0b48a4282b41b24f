import { AirlockError } from '@airlock/protocol';

/** Codes of what cannot be done with a client configuration. */
export const CONFIG_CODES = ['config_invalid', 'config_no_servers', 'config_unreadable'] as const;

/** A refusal; the file is as it was. `fix` says what to do. */
export class ConfigError extends AirlockError<(typeof CONFIG_CODES)[number]> {
  readonly fix: string | undefined;

  constructor(
    code: (typeof CONFIG_CODES)[number],
    message: string,
    options: { readonly cause?: unknown; readonly fix?: string } = {},
  ) {
    super(code, message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fix = options.fix;
  }
}
