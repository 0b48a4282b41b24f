import type { WorkspaceId } from './base.js';

/** Presence of one workspace's enforcer. Informational: nothing in the engine reads it to decide anything (PRES-030). */
export type PresenceState = { readonly workspaceId: WorkspaceId } & (
  | { readonly name: 'Offline' }
  | { readonly name: 'Connecting'; readonly failures: number }
  | { readonly name: 'Online' }
  | { readonly name: 'Backoff'; readonly failures: number }
);

/** Name of a presence state. */
export type PresenceStateName = PresenceState['name'];
