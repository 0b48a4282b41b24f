export { claudeCodeAdapter } from './adapter.js';
export { HOST } from './host.js';
export { type CommandMain, commandMain } from './commands/main.js';
export { hookMain } from './hook/main.js';
export type { HookMain, SeldomNeeded } from './hook/model.js';
export { seldom } from './hook/seldom.js';
export { hooksJson, placeFile, placeModule, type PluginPlace } from './install/plugin-files.js';
export {
  fixedHomeOf,
  installedPlace,
  installForUser,
  type UserInstall,
  type UserInstalled,
  uninstallForUser,
} from './install/install.js';
export { InstallError, type InstallCode } from './install/install-error.js';
export {
  installManaged,
  managedFaults,
  type ManagedInstall,
  type ManagedInstalled,
  uninstallManaged,
} from './install/managed-install.js';
export { type ManagedPlaces, managedPlaces, managedSettings, managedSettingsText } from './install/managed-settings.js';
export { claudeReport, type ClaudeReport, type StatusQuestion } from './install/status.js';
export { entriesBelow, FILE_LIST, fileListText, sha256 } from './install/plugin-bytes.js';
export type { Finding } from './install/findings.js';
export { runCanary, type CanaryResult } from './session/canary.js';
export { sessionStart, type SessionStart } from './session/session-start.js';
