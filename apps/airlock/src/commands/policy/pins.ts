import { changedPins } from '@airlock/policy';
import type { PolicyPattern, ProgramIdentity } from '@airlock/protocol';

function programLine(name: string, program: ProgramIdentity | undefined): string {
  if (program === undefined) return `${name}: none, a builtin of the shell`;
  return `${name}: ${program.path} (sha256 ${program.sha256.slice(0, 16)}…)`;
}

function count(amount: number, one: string): string {
  return `${amount} ${one}${amount === 1 ? '' : 's'}`;
}

/** Everything a pattern is pinned to, one line each. */
export function pinLines(pattern: PolicyPattern): readonly string[] {
  const { configuration, interpreters = [] } = pattern;
  const names = configuration.map(({ name }) => name);
  const shown = names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
  return [
    `folder: ${pattern.cwd}`,
    `shell: ${pattern.shell ?? 'none; only airlock run, which uses none, matches'}`,
    programLine('program', pattern.program),
    ...interpreters.map((each) => programLine('interpreter', each)),
    `configuration: ${names.length === 0 ? 'none that decides what it does' : `${count(names.length, 'piece')}: ${shown}`}`,
    'environment: variables of loaders and interpreters as they are now',
  ];
}

/** What differs between what a pattern was pinned to and what it would be pinned to now; empty when every pin holds. */
export function pinChanges(pinned: PolicyPattern, now: PolicyPattern): readonly string[] {
  const { cwd, shell, program = null, interpreters = [], configuration, environmentSha256, text } = now;
  return changedPins(pinned, {
    action: { cwd, shell },
    facts: { environmentSha256 },
    command: { argv: text.split(' '), program, interpreters, configuration },
  });
}
