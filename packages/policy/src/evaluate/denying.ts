import { programName } from '@airlock/actions';
import type { ActionSelector } from '@airlock/protocol';
import type { StandingPolicy } from '../standing/model.js';
import type { ReadAction, SeenCommand } from './command-words.js';
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

type Comparison = (command: SeenCommand, words: readonly string[]) => boolean;

/** Whether any simple command has these words, or a text that nobody can read exactly holds them in order (DND-100). */
function runs(words: readonly string[], read: ReadAction, isLike: Comparison): boolean {
  const commands = read.seen();
  if (commands === null) return holdsInOrder(read.text(), words);
  const [program = '', ...rest] = words;
  const name = programName(program);
  return commands.some(
    (command) =>
      (command.name === name && isLike(command, rest)) ||
      (command.handedOn !== null && holdsInOrder(command.handedOn, words)),
  );
}

/** `/bin/rm` and `rm` are one program to a denial; `rest` are the words behind it. */
function startsWith({ argv }: SeenCommand, rest: readonly string[]): boolean {
  return rest.every((word, index) => word === argv[index + 1]);
}

function isSameCommand(command: SeenCommand, rest: readonly string[]): boolean {
  return command.argv.length === rest.length + 1 && startsWith(command, rest);
}
