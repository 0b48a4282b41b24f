import { lstatSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

/** Where this user's files live. All absolute. */
export interface RuntimePaths {
  /** The folder of `AIRLOCK_HOME` or of a fixed home; null with the XDG base directories. */
  readonly home: string | null;
  readonly config: string;
  readonly state: string;
  readonly data: string;
  readonly runtime: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly stateFile: string;
  readonly openRequestsFile: string;
  readonly restrictionsFile: string;
  /** One sealed file per signed policy document (LOC-080). */
  readonly policyDirectory: string;
  readonly journalFile: string;
  readonly auditFile: string;
  /** Sealed; there while the endpoint on loopback TCP is on. */
  readonly endpointFile: string;
  /** Human approvals that were claimed. */
  readonly approvalsFile: string;
  readonly secretsDirectory: string;
  /** Sealed; what the last approved call of each MCP tool went to. */
  readonly knownToolsFile: string;
  readonly logDirectory: string;
  readonly logFile: string;
}

/** Where the daemon listens. */
export type SocketPlace = Pick<RuntimePaths, 'socket' | 'runtime'>;

export interface ResolvePathsOptions {
  /** Environment of a command that a user typed; omit it for everything installed (LOC-030). */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Home fixed at installation; wins over the environment. */
  readonly fixedHome?: string | null;
}

function xdg(env: Readonly<Record<string, string | undefined>>, name: string, fallback: string) {
  const value = env[name];
  return join(value !== undefined && isAbsolute(value) ? value : fallback, 'airlock');
}

function ownerOf(path: string): number | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true ? found.uid : null;
}

/** The runtime directory of LOC-010 for a machine without a fixed home. */
export function defaultRuntimeDirectory(uid: number, passwordHome: string, root = '/run'): string {
  if (ownerOf(join(root, 'airlock')) === 0) return join(root, 'airlock');
  const perUser = join(root, 'user', String(uid));
  if (ownerOf(perUser) === uid) return join(perUser, 'airlock');
  return join(passwordHome, '.local', 'state', 'airlock', 'run');
}

interface Bases {
  readonly home: string | null;
  readonly config: string;
  readonly state: string;
  readonly data: string;
  readonly runtime: string;
}

function withFiles(bases: Bases): RuntimePaths {
  const logDirectory = join(bases.state, 'log');
  return {
    ...bases,
    socket: join(bases.runtime, 'daemon.sock'),
    pidFile: join(bases.runtime, 'daemon.pid'),
    stateFile: join(bases.state, 'state.json'),
    openRequestsFile: join(bases.state, 'open-requests.json'),
    restrictionsFile: join(bases.state, 'restrictions.jsonl'),
    policyDirectory: join(bases.state, 'policies'),
    journalFile: join(bases.state, 'journal.jsonl'),
    auditFile: join(bases.state, 'audit.jsonl'),
    endpointFile: join(bases.state, 'endpoint.json'),
    approvalsFile: join(bases.state, 'approvals.jsonl'),
    secretsDirectory: join(bases.data, 'secrets'),
    knownToolsFile: join(bases.state, 'known-tools.json'),
    logDirectory,
    logFile: join(logDirectory, 'daemon.log'),
  };
}

/**
 * Finds every file of this user. `AIRLOCK_HOME` moves all of them below one folder; without it the XDG base
 * directories hold configuration, state and data, and LOC-010 names the runtime directory, which no variable chooses.
 */
export function resolvePaths(options: ResolvePathsOptions = {}): RuntimePaths {
  const env = options.env ?? {};
  const fixed = options.fixedHome ?? env.AIRLOCK_HOME;
  if (fixed !== undefined && fixed !== null && fixed !== '') {
    const home = resolve(fixed);
    return withFiles({
      home,
      config: join(home, 'config'),
      state: join(home, 'state'),
      data: join(home, 'data'),
      runtime: join(home, 'run'),
    });
  }
  // Loaded only here: a hook with a fixed home starts for every call and needs none of it.
  const user = process.getBuiltinModule('node:os').userInfo();
  return withFiles({
    home: null,
    config: xdg(env, 'XDG_CONFIG_HOME', join(user.homedir, '.config')),
    state: xdg(env, 'XDG_STATE_HOME', join(user.homedir, '.local', 'state')),
    data: xdg(env, 'XDG_DATA_HOME', join(user.homedir, '.local', 'share')),
    runtime: defaultRuntimeDirectory(user.uid, user.homedir),
  });
}
