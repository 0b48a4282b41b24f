export { type GatewayConfig, type GatewayOptions, gatewayConfigSchema } from './config.js';
export { GatewayError, type StartupCode, StartupError } from './errors.js';
export {
  createGateway,
  type Gateway,
  type GatewayAdmin,
  type GatewayOverrides,
  openAdmin,
} from './gateway.js';
export type { IdentityAdmin } from './identity/admin.js';
export { type Cancel, type Ports, systemPorts } from './ports.js';
export type { AuditRecord, AuditVerification } from './store/commands/audit.js';
