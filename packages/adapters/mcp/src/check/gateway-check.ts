import type { GatewayCheck } from '@airlock/runtime/client';

/** Judges messages that an MCP gateway is about to forward (docs/authorize.md): what the proxy gates, it gates. */
export const mcpCheck: GatewayCheck = () => {
  throw new Error('not built yet');
};
