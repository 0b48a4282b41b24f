import { userInfo } from 'node:os';
import { type CommandContent, commandAction, type ToolCall } from '@airlock/actions';
import type { ActionFacts } from '@airlock/policy';
import { collectFacts } from './collect.js';
import { type EnvironmentBaseline, environmentDifferences } from './environment.js';
import { identifyCached } from './identify-cached.js';
import { type Executable, resolveExecutable } from './resolve/executable.js';

/** A command line that another program hands to a shell. */
export interface ShellLine {
  /** The line as the shell will read it. */
  readonly commandText: string;
  /** Name or path of that shell. */
  readonly shell: string;
  /** Real path of the folder it will run in. */
  readonly cwd: string;
  /**
   * {@link loginDifferences} of the environment of whoever asks: the other program's cannot be seen, and usually it is the
   * same one.
   */
  readonly differences: Readonly<Record<string, string>>;
  /** PATH of that environment. */
  readonly path: string | undefined;
  /** The shell goes on living, with whatever the line changes about it. */
  readonly persistentShell?: boolean;
  /** Members of the host's tool input that the adapter does not know. */
  readonly unknownInput?: readonly string[];
  /** What the agent says about it. */
  readonly label?: string;
  /** The host's tool and its exact input, in the form of ART-140, where the line comes from one. */
  readonly call?: ToolCall;
}

/** A command line as it goes before policy and human. */
export interface DescribedLine {
  readonly action: CommandContent;
  readonly facts: ActionFacts;
  /** {@link facts} collected anew. */
  readonly factsNow: () => Promise<ActionFacts>;
  /** The shell as it was hashed, for a second look before the line runs (INV-18). */
  readonly shell: Executable;
}

let login: EnvironmentBaseline | undefined;
/** Environments are never changed; the calls of one session have one. */
const differencesOf = new WeakMap<object, Readonly<Record<string, string>>>();

/**
 * {@link environmentDifferences} from a bare login of the user of this process, as it was when the process first asked.
 *
 * @throws FactsError `environment_not_bindable`
 */
export function loginDifferences(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = differencesOf.get(environment);
  if (known !== undefined) return known;
  login ??= bareLogin();
  const differences = Object.freeze(environmentDifferences(environment, login));
  differencesOf.set(environment, differences);
  return differences;
}

function bareLogin(): EnvironmentBaseline {
  const { homedir, username, shell } = userInfo();
  return { home: homedir, user: username, shell };
}

/**
 * Describes a command line that another program will run: action without environment, facts with it.
 *
 * @throws FactsError when the shell cannot be found or read
 * @throws ActionError `command_too_long` or `action_invalid`
 */
export async function describeShellLine(line: ShellLine): Promise<DescribedLine> {
  const { commandText, cwd, differences, path, label, call } = line;
  const shell = await resolveExecutable(line.shell, { path, identify: identifyCached });
  const action = commandAction({
    argv: [line.shell, '-c', commandText],
    cwd,
    program: shell.identity.realPath,
    programSha256: shell.identity.sha256,
    interpreters: shell.interpreters.map((each) => ({ path: each.identity.realPath, sha256: each.identity.sha256 })),
    environment: {},
    stdin: 'none',
    shell: shell.identity.realPath,
    commandText,
    ...(label === undefined ? {} : { label }),
    ...call,
  });
  const subject = {
    action,
    cwd,
    environment: differences,
    path,
    unknownInput: line.unknownInput ?? [],
    persistentShell: line.persistentShell ?? false,
  };
  const factsNow = () => collectFacts(subject);
  return { action, facts: await factsNow(), factsNow, shell };
}
