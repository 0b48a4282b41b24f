import { userInfo } from 'node:os';
import {
  type ActionFacts,
  HARMLESS_BUILTINS,
  lexCommandLine,
  type SimpleCommandFacts,
  targetCandidates,
  type TargetedAction,
} from '@airlock/policy';
import type { ProgramIdentity } from '@airlock/protocol';
import { configurationOf } from './configuration/collect-configuration.js';
import { environmentSha256 } from './environment-hash.js';
import { FactsError } from './errors.js';
import { identifyCached } from './identify-cached.js';
import { type Executable, resolveExecutable } from './resolve/executable.js';
import type { FileIdentity } from './resolve/file-identity.js';
import { Remembered } from '../remembered.js';
import { resolveTargets } from './targets.js';

/** What facts are collected about, as the user, before asking. */
export interface FactsSubject {
  /** What will be asked about: the content of the action. */
  readonly action: TargetedAction;
  /** Real path of the folder it happens in. */
  readonly cwd: string;
  /** Differences from a bare login, as `environmentDifferences` describes them. */
  readonly environment: Readonly<Record<string, string>>;
  /** PATH that the command gets. */
  readonly path: string | undefined;
  /** Members of the host's tool input that the adapter does not know. */
  readonly unknownInput?: readonly string[];
  /** What the command changes about its shell stays for the next command of the session. */
  readonly persistentShell?: boolean;
  /** Home of the user; that of the password database by default. */
  readonly home?: string;
}

/** Where one simple command is about to run. */
export interface CommandPlace extends Pick<FactsSubject, 'cwd' | 'environment' | 'path'> {
  readonly home: string;
  /** The shell that reads the command, if any: its builtins come before programs. */
  readonly shell: string | undefined;
}

/** Real home first as the environment says, because programs look there. */
export function homeOf(subject: Pick<FactsSubject, 'environment' | 'home'>): string {
  return subject.home ?? variablesOf(subject.environment)['HOME'] ?? userInfo().homedir;
}

/** Variables whose value the differences tell. */
function variablesOf(differences: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const told = Object.entries(differences).filter(([, value]) => value.startsWith('='));
  return Object.fromEntries(told.map(([name, value]) => [name, value.slice(1)]));
}

/** The simple commands of an action; none where its line is no list of such commands. */
function simpleCommands({ kind, argv, shell, commandText }: TargetedAction): readonly (readonly string[])[] {
  if (kind !== 'command') return [];
  if (shell === undefined) return argv === undefined || argv.length === 0 ? [] : [argv];
  const line = lexCommandLine({ command: commandText ?? '', shell });
  return line.ok ? line.commands.map((command) => command.argv) : [];
}

function programIdentity({ realPath, sha256, stamp }: FileIdentity): ProgramIdentity {
  return { path: realPath, device: stamp.device, inode: stamp.inode, sha256 };
}

/** What a command resolves to, or why it cannot be told. */
export async function commandFacts(
  argv: readonly string[],
  place: CommandPlace,
): Promise<SimpleCommandFacts | FactsError> {
  const [name = ''] = argv;
  const words = [name, ...argv.slice(1)];
  const { cwd, home, path, shell } = place;
  const where = { cwd, home, path, shell, variables: variablesOf(place.environment) };
  if (shell !== undefined && HARMLESS_BUILTINS.has(name)) {
    return {
      argv: words,
      program: null,
      interpreters: [],
      configuration: configurationOf({ argv: words, program: null }, where),
    };
  }
  let executable: Executable;
  try {
    executable = await resolveExecutable(name, { path, cwd, identify: identifyCached });
  } catch (error) {
    if (error instanceof FactsError) return error;
    throw error;
  }
  const { identity, interpreters } = executable;
  return {
    argv: words,
    program: programIdentity(identity),
    interpreters: interpreters.map((each) => programIdentity(each.identity)),
    configuration: configurationOf({ argv: words, program: identity.realPath }, where),
  };
}

/** What the words of an action say by themselves. */
interface Words {
  readonly commands: readonly (readonly string[])[];
  readonly candidates: readonly string[];
}

const words = new Remembered<Words>(64);

function wordsOf(action: TargetedAction): Words {
  const read = () => ({ commands: simpleCommands(action), candidates: targetCandidates(action) });
  return action.kind === 'command' ? words.of(JSON.stringify(action), read) : read();
}

/** Finds out everything that a pattern is pinned to. Never runs a program, never fails: what cannot be found matches no pin. */
export async function collectFacts(subject: FactsSubject): Promise<ActionFacts> {
  const { action, cwd, environment, path } = subject;
  const home = homeOf(subject);
  const place = { cwd, environment, path, home, shell: action.shell };
  const found = wordsOf(action);
  const commands: SimpleCommandFacts[] = [];
  for (const argv of found.commands) {
    const facts = await commandFacts(argv, place);
    const unknown = { argv: [...argv], program: null, interpreters: [], configuration: [] };
    commands.push(facts instanceof FactsError ? unknown : facts);
  }
  const variables = { ...variablesOf(environment), HOME: home, PWD: cwd };
  return {
    commands,
    environmentSha256: environmentSha256(environment),
    targets: resolveTargets(found.candidates, { cwd, home, variables }),
    unknownInput: [...(subject.unknownInput ?? [])],
    persistentShell: subject.persistentShell ?? false,
  };
}
