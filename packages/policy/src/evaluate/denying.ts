import { programName, runsOtherCommands } from '@airlock/actions';
import type { ActionSelector, AirlockAction } from '@airlock/protocol';
import type { StandingPolicy } from '../standing/model.js';
import type { ReadAction } from './command-words.js';
import { holdsInOrder } from './words-in-text.js';

/** Whether a denying policy covers an action: in doubt it does (DND-095, DND-100). */
export function denies(policy: StandingPolicy, read: ReadAction): boolean {
  const { action } = read;
  const { selector, sessionId, targetArtifactType } = policy;
  if (sessionId !== undefined && sessionId !== action.sessionId) return false;
  if (targetArtifactType !== undefined && targetArtifactType !== action.artifactType) return false;
  return selector === undefined || selectsDenied(selector, read);
}

/** One member that matches is enough; the session alone selects everything in it. */
function selectsDenied(selector: ActionSelector, read: ReadAction): boolean {
  const { commandFamily, argvPrefix, argv, contentSha256, sessionId } = selector;
  if (contentSha256 === read.action.contentSha256) return true;
  if (sessionId !== undefined && sessionId !== read.action.sessionId) return false;
  const starts = [commandFamily === undefined ? undefined : [commandFamily], argvPrefix].filter(
    (words) => words !== undefined,
  );
  if (starts.length === 0 && argv === undefined && contentSha256 === undefined) return true;
  return (
    starts.some((words) => runs(words, read, startsWith)) || (argv !== undefined && runs(argv, read, isSameCommand))
  );
}

type Comparison = (argv: readonly string[], words: readonly string[]) => boolean;

/** Whether any simple command has these words, or a text that nobody can read exactly holds them in order (DND-100). */
function runs(words: readonly string[], read: ReadAction, isLike: Comparison): boolean {
  const line = read.line();
  if (line?.ok !== true) return holdsInOrder(unreadText(read.action), words);
  return line.commands.some(
    ({ argv }) =>
      isLike(argv, words) || (runsOtherCommands(argv[0] ?? '') && holdsInOrder(argv.slice(1).join(' '), words)),
  );
}

function startsWith(argv: readonly string[], words: readonly string[]): boolean {
  const [program = '', ...rest] = words;
  return isSameProgram(argv[0], program) && rest.every((word, index) => word === argv[index + 1]);
}

function isSameCommand(argv: readonly string[], words: readonly string[]): boolean {
  return argv.length === words.length && startsWith(argv, words);
}

/** `/bin/rm` and `rm` are one program to a denial. */
function isSameProgram(word: string | undefined, program: string): boolean {
  return word !== undefined && programName(word) === programName(program);
}

/** What an action says it runs, where that is a text that something else interprets. */
function unreadText(action: AirlockAction): string {
  switch (action.kind) {
    case 'command':
    case 'git-commit':
    case 'git-push':
      return action.commandText;
    case 'mcp-call':
    case 'tool':
      return `${action.commandText}\n${action.inputJson}`;
    case 'file-edit':
    case 'policy.change':
      return '';
  }
}
