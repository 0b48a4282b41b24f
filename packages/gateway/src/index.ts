export { type GatewayConfig, type GatewayOptions, gatewayConfigSchema } from './config.js';
export { GatewayError, type StartupCode, StartupError } from './errors.js';
export { type Ports, systemPorts } from './ports.js';
export type { ApproverPrincipal, EnforcerPrincipal, Principal } from './principal.js';
export type { StoreEngine } from './store/engine.js';
export { openStore, type StoreOptions } from './store/open-store.js';
