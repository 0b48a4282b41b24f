import { quoteArgv } from '@airlock/actions';
import type { ActionOf } from '@airlock/protocol';
import type { PatternInForce } from '../document/in-force.js';
import type { ActionFacts } from '../facts.js';
import { matchWords, type SimpleCommand } from '../patterns/match.js';
import type { Verdict } from '../verdict.js';
import { ask } from './ask.js';
import type { ReadAction } from './command-words.js';
import { type KnownCommand, knownCommands } from './facts-fit.js';
import { changedPins } from './pins.js';
import { patternsByProgram, type ReadablePattern } from './readable-patterns.js';

type Ask = Extract<Verdict, { readonly kind: 'ask' }>;
type Allow = Extract<Verdict, { readonly kind: 'allow' }>;

/** Whether signed patterns cover every simple command of an action (ENF-170), or why they do not. */
export function patternVerdict(
  read: ReadAction,
  facts: ActionFacts | null,
  patterns: readonly PatternInForce[],
): Allow | Ask {
  const { action } = read;
  const line = read.line();
  if (action.kind !== 'command' || line === null || patterns.length === 0) return ask('no_rule');
  if (!line.ok) return ask(line.reason, line.detail);
  if (facts === null) return ask('no_facts');
  const commands = knownCommands(action, facts, line.commands);
  if (commands === null) return ask('no_facts', 'the collected facts are about another command');
  const readable = patternsByProgram(patterns);
  const patternIds: string[] = [];
  let missed: Missed | null = null;
  for (const command of commands) {
    const found = coverage({ action, facts, command }, readable.get(command.command.argv[0] ?? '') ?? []);
    if (found.kind === 'covered') patternIds.push(found.id);
    else if (missed === null || found.usefulness > missed.usefulness) missed = found;
  }
  return missed === null ? { kind: 'allow', basis: { kind: 'pattern', patternIds } } : missed.ask;
}

/** One simple command of an action, everything known about it. */
interface Candidate {
  readonly action: ActionOf<'command'>;
  readonly facts: ActionFacts;
  readonly command: KnownCommand;
}

interface Missed {
  readonly kind: 'missed';
  /** What comes closest to an approval is worth telling. */
  readonly usefulness: number;
  readonly ask: Ask;
}

type Coverage = { readonly kind: 'covered'; readonly id: string } | Missed;

/** The first of the patterns of its program that covers a command with every pin in place, else what came closest. */
function coverage(candidate: Candidate, patterns: readonly ReadablePattern[]): Coverage {
  let closest: Missed | null = null;
  for (const pattern of patterns) {
    const found = coveredBy(pattern, candidate);
    if (found?.kind === 'covered') return found;
    if (found !== null && found.usefulness > (closest?.usefulness ?? 0)) closest = found;
  }
  return closest ?? { kind: 'missed', usefulness: 0, ask: unlikeEverything(candidate.command.command) };
}

/** Null when a pattern is about something else. */
function coveredBy({ id, pattern, reading }: ReadablePattern, { action, facts, command }: Candidate): Coverage | null {
  const match = matchWords(reading, command.command);
  if (!match.approve) {
    const isAlike = match.reason === 'extra_words' || match.reason === 'piped_input';
    return isAlike ? { kind: 'missed', usefulness: 1, ask: ask(match.reason, match.detail) } : null;
  }
  const changes = changedPins(pattern, { action, facts, command: command.facts });
  if (changes.length === 0) return { kind: 'covered', id };
  return { kind: 'missed', usefulness: 1 + 1 / changes.length, ask: ask('pin_changed', changes.join('; ')) };
}

/** Why no pattern is about a command: for some programs there can be none, else it is the command that is named. */
function unlikeEverything(command: SimpleCommand): Ask {
  const { reason, detail } = matchWords({ argv: [], allowsExtra: false }, command);
  return reason === 'wrapper' || reason === 'interpreter'
    ? ask(reason, detail)
    : ask('no_match', quoteArgv(command.argv));
}
