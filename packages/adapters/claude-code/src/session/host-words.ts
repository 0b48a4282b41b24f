import type { PluginKind } from '../install/plugin-state.js';

/** Who can take the plugin away, by how it got where it is. */
export const TRUST: Readonly<Record<PluginKind, string>> = {
  managed: 'managed',
  installed: 'cooperative: what runs as you can remove it',
  published: 'cooperative: what runs as you can remove it',
  development: 'development: an agent can write this plugin',
};
