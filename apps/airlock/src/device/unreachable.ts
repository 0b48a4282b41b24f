import { GatewayError } from '@airlock/gateway-client';
import { CommandFailure } from '../cli/failure.js';
import { shellWord } from '../cli/invocation.js';

/** What to type to see whether a gateway is there. */
export function reachAdvice(gatewayUrl: string): string {
  return `check the address, and that a gateway runs there: curl ${shellWord(gatewayUrl)}`;
}

/** An error of the gateway's client; one that says that there is no gateway names the address and what to type. */
export function withAddress(error: unknown, gatewayUrl: string): unknown {
  if (!(error instanceof GatewayError) || error.kind !== 'unreachable') return error;
  return new CommandFailure(error.code, `${error.message} at ${gatewayUrl}`, {
    fix: reachAdvice(gatewayUrl),
    cause: error,
  });
}
