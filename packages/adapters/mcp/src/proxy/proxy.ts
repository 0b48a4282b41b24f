import type { ProxyOptions, ProxyPorts } from './ports.js';

/**
 * Carries messages between a client and a server, byte for byte, and holds back what has to be approved first.
 * @returns the exit code for the process
 */
export async function runProxy(_options: ProxyOptions, _ports: ProxyPorts): Promise<number> {
  throw new Error('not built yet');
}
