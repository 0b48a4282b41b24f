import { RuntimeError } from '../errors.js';
import type { Core } from './core.js';

/** A pairing that ended here but not on disk: everything of it is denied until a restart brings it back. Null without. */
export function pairingLeftBehind(core: Core, workspaceId: string): RuntimeError | null {
  const standing = core.host.state.pairings[workspaceId]?.standing;
  const hasEnded = standing !== undefined && standing.active === null;
  const workspace = core.state?.workspaces.find((one) => one.workspaceId === workspaceId);
  if (!hasEnded || workspace === undefined || core.state?.isPaired(workspaceId) !== true) return null;
  return leftBehind(
    core,
    `the pairing of ${workspace.path} has ended and everything there is denied`,
    'airlock unpair',
  );
}

/** The same for a sign-in. */
export function signInLeftBehind(core: Core): RuntimeError | null {
  if (core.host.state.auth.name !== 'SignedOut' || (core.state?.gatewayUrl ?? null) === null) return null;
  return leftBehind(core, 'you are signed out and everything is denied', 'airlock sign-out');
}

/** Everything that would come back, for the status. */
export function allLeftBehind(core: Core): readonly RuntimeError[] {
  const workspaces = core.state?.workspaces ?? [];
  return [signInLeftBehind(core), ...workspaces.map((one) => pairingLeftBehind(core, one.workspaceId))].filter(
    (one) => one !== null,
  );
}

function leftBehind(core: Core, what: string, fix: string): RuntimeError | null {
  const cause = core.state?.failure ?? null;
  if (cause === null) return null;
  const message = `${what}, but only until the daemon starts again, for it could not be stored: ${cause.message}`;
  return new RuntimeError('state_unavailable', message, {
    cause,
    fix,
    ...(cause.file === undefined ? {} : { file: cause.file }),
  });
}
