import type { ActionOf, ConfigurationFact, PolicyPattern, ProgramIdentity } from '@airlock/protocol';
import { HARMLESS_BUILTINS } from '../command/shell-words.js';
import type { ActionFacts, SimpleCommandFacts } from '../facts.js';

/** One simple command as a pattern was pinned to it, and what is true now. */
export interface PinnedCommand {
  readonly action: Pick<ActionOf<'command'>, 'cwd' | 'shell'>;
  readonly facts: Pick<ActionFacts, 'environmentSha256'>;
  readonly command: SimpleCommandFacts;
}

/** What is no longer as the pattern was signed for, in words; empty when every pin holds (INV-34). */
export function changedPins(pattern: PolicyPattern, now: PinnedCommand): readonly string[] {
  const { action, facts, command } = now;
  return [
    ...(action.cwd === pattern.cwd ? [] : [`the pattern is for the folder ${pattern.cwd}`]),
    ...(action.shell === undefined || action.shell === pattern.shell ? [] : [anotherShell(pattern)]),
    ...changedProgram(pattern, now),
    ...changedInterpreters(pattern, command),
    ...changedConfiguration(decidingFor(action, pattern.configuration), command.configuration),
    ...(facts.environmentSha256 === pattern.environmentSha256 ? [] : ['environment variable differences changed']),
  ];
}

function anotherShell({ shell }: PolicyPattern): string {
  return shell === undefined ? 'the pattern is for commands without a shell' : `the pattern is for the shell ${shell}`;
}

function changedProgram({ program }: PolicyPattern, now: PinnedCommand): readonly string[] {
  const [name = ''] = now.command.argv;
  const found = now.command.program;
  if (program === undefined) return isBuiltin(name, now) ? [] : [`${name} was approved as a builtin of the shell`];
  if (found !== null && isSameFile(program, found)) return [];
  const isUpdated = program.path === found?.path;
  return [isUpdated ? `${name} changed since it was approved` : `${name} is another program than the one approved`];
}

/** What was not found has no program either, and may be something else when it is run. */
function isBuiltin(name: string, { action, command }: PinnedCommand): boolean {
  return command.program === null && action.shell !== undefined && HARMLESS_BUILTINS.has(name);
}

function changedInterpreters(pattern: PolicyPattern, command: SimpleCommandFacts): readonly string[] {
  const approved = pattern.interpreters ?? [];
  const now = command.interpreters;
  const isSame =
    approved.length === now.length &&
    approved.every((program, index) => {
      const other = now[index];
      return other !== undefined && isSameFile(program, other);
    });
  return isSame ? [] : [`the interpreter of ${command.argv[0] ?? ''} changed`];
}

function isSameFile(one: ProgramIdentity, other: ProgramIdentity): boolean {
  return (
    one.path === other.path && one.device === other.device && one.inode === other.inode && one.sha256 === other.sha256
  );
}

/** How the names of facts begin that are about the startup of the shell which reads a command. */
export const STARTUP_FACT = 'shell: ';

/** Where no shell stands between, it does not matter what one would read first. */
function decidingFor(
  { shell }: PinnedCommand['action'],
  configuration: readonly ConfigurationFact[],
): readonly ConfigurationFact[] {
  return shell === undefined ? configuration.filter(({ name }) => !name.startsWith(STARTUP_FACT)) : configuration;
}

function changedConfiguration(
  approved: readonly ConfigurationFact[],
  now: readonly ConfigurationFact[],
): readonly string[] {
  const isSame =
    approved.length === now.length &&
    approved.every(({ name, sha256 }, index) => name === now[index]?.name && sha256 === now[index].sha256);
  if (isSame) return [];
  const before = hashes(approved);
  const after = hashes(now);
  const changes = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} ${difference(before.get(name), after.get(name))}`);
  return changes.length === 0 ? ['configuration changed'] : changes;
}

function hashes(configuration: readonly ConfigurationFact[]): ReadonlyMap<string, string> {
  return new Map(configuration.map(({ name, sha256 }) => [name, sha256]));
}

function difference(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return 'is new';
  return after === undefined ? 'is gone' : 'changed';
}
