import type { ActionSelector, AirlockAction } from '@airlock/protocol';
import { matchWords, readPatternWords, type SimpleCommand } from '../patterns/match.js';
import type { StandingPolicy } from '../standing/model.js';
import type { ReadAction } from './command-words.js';

/** Whether an approving policy covers an action: every member it has must match (DND-090, DND-095). */
export function approves(policy: StandingPolicy, read: ReadAction): boolean {
  const { action } = read;
  const { scope, selector, sessionId, targetArtifactType } = policy;
  if (sessionId !== undefined && sessionId !== action.sessionId) return false;
  if (targetArtifactType !== undefined && targetArtifactType !== action.artifactType) return false;
  if (isGit(action) && selector?.contentSha256 === undefined) return false;
  return selector === undefined ? scope === 'workspace' : selectsApproved(selector, read);
}

/** What goes into history is approved one by one: only "this exact action" covers it. */
function isGit({ kind }: AirlockAction): boolean {
  return kind === 'git-commit' || kind === 'git-push';
}

function selectsApproved(selector: ActionSelector, read: ReadAction): boolean {
  const { contentSha256, sessionId } = selector;
  if (sessionId !== undefined && sessionId !== read.action.sessionId) return false;
  if (contentSha256 !== undefined && contentSha256 !== read.action.contentSha256) return false;
  if (!selectsByWords(selector)) return contentSha256 !== undefined;
  const command = exactCommand(read);
  return command !== null && selectsWords(selector, command);
}

function selectsByWords({ commandFamily, argvPrefix, argv }: ActionSelector): boolean {
  return commandFamily !== undefined || argvPrefix !== undefined || argv !== undefined;
}

/** The one simple command of an action whose words are known exactly, or null (DND-090). */
function exactCommand(read: ReadAction): SimpleCommand | null {
  const line = read.line();
  if (line === null || !line.ok || line.hasRedirection || line.commands.length !== 1) return null;
  return line.commands[0] ?? null;
}

function selectsWords({ commandFamily, argvPrefix, argv }: ActionSelector, command: SimpleCommand): boolean {
  return (
    (commandFamily === undefined || commandFamily === command.argv[0]) &&
    (argv === undefined || isWhole(argv, command)) &&
    (argvPrefix === undefined || isWhole(argvPrefix, command) || isHarmlesslyExtended(argvPrefix, command))
  );
}

function isWhole(words: readonly string[], command: SimpleCommand): boolean {
  return matchWords({ argv: words, allowsExtra: false }, command).approve;
}

/** Further words only as ENF-170 allows them: a prefix that would be no valid pattern allows none. */
function isHarmlesslyExtended(prefix: readonly string[], command: SimpleCommand): boolean {
  const reading = readPatternWords(prefix, true);
  return reading.ok && matchWords(reading.pattern, command).approve;
}
