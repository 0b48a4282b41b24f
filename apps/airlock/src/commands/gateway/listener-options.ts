import type { Command } from 'commander';
import { gatewayUrl, integer, shortText } from '../../cli/options.js';

/** Where a gateway listens and how it is reached. */
export interface ListenerFlags {
  readonly host?: string;
  readonly port?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly publicUrl?: string;
}

export function defineListener(command: Command): Command {
  return command
    .option(
      '--host <host>',
      'address to listen on; another than loopback needs TLS or an https --public-url',
      shortText(255),
    )
    .option('--port <port>', 'port to listen on; 0 lets the system choose', integer(0, 65_535))
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'its private key, PEM')
    .addOption(gatewayUrl('--public-url <url>', 'origin under which clients reach it, for example behind a proxy'));
}
