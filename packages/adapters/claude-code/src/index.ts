export { claudeCodeAdapter, HOST } from './adapter.js';
export { type CommandMain, commandMain } from './commands/main.js';
export { type HookMain, hookMain } from './hook/main.js';
export { hooksJson, placeFile, placeModule, type PluginPlace } from './install/plugin-files.js';
