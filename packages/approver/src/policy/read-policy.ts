import { describePolicy } from '@airlock/policy';
import { canonicalize, type PolicyDocument, policyDocumentSchema, readPolicyDocument } from '@airlock/protocol';
import type { SignedPolicyRecord } from '../memory.js';

/** What signing a policy document means, in our words. Every line is inert; an indented one belongs to the line above. */
export interface PolicyReading {
  readonly version: number;
  /** Everything that the document permits. It is the whole policy: nothing else stays in force beside it (LOC-082). */
  readonly permits: readonly string[];
  /** True for a document that names the next approver: it puts no policy in force (PAIR-260). */
  readonly replacesApprover: boolean;
  readonly comparison: PolicyComparison;
}

/** How a document differs from the newest one that this approver signed for the workspace. */
export type PolicyComparison =
  /** None was signed before. */
  | { readonly kind: 'first' }
  /** One was, but its text was not kept. */
  | { readonly kind: 'unknown'; readonly version: number }
  | {
      readonly kind: 'changes';
      /** Of the older document. */
      readonly version: number;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      /** The same words about other files: a pattern whose program, configuration or environment changed. */
      readonly pinnedAnew: readonly string[];
    };

/** One permission or requirement of a document. */
interface Piece {
  readonly key: string;
  readonly lines: readonly string[];
}

/**
 * Puts a policy document into words, and what it changes (APPR-155).
 * @returns `undefined` when it is not canonical or has a member that is not understood: nobody can tell what it permits
 */
export function readPolicy(text: string, newest: SignedPolicyRecord | undefined): PolicyReading | undefined {
  const document = readPolicyDocument(text);
  if (document === null) return undefined;
  return {
    version: document.version,
    permits: describePolicy(document),
    replacesApprover: document.approverKey !== undefined,
    comparison: compared(document, newest),
  };
}

function compared(document: PolicyDocument, newest: SignedPolicyRecord | undefined): PolicyComparison {
  if (newest === undefined) return { kind: 'first' };
  const { version, text } = newest;
  const old = text === null ? null : readPolicyDocument(text);
  if (old === null) return { kind: 'unknown', version };
  const added = without(piecesOf(document), piecesOf(old));
  const removed = without(piecesOf(old), piecesOf(document));
  const isIn = (pieces: readonly Piece[]) => {
    const words = new Set(pieces.map(wordsOf));
    return (piece: Piece) => words.has(wordsOf(piece));
  };
  const isRemoved = isIn(removed);
  const isAdded = isIn(added);
  return {
    kind: 'changes',
    version,
    added: linesOf(added.filter((piece) => !isRemoved(piece))),
    removed: linesOf(removed.filter((piece) => !isAdded(piece))),
    pinnedAnew: linesOf(added.filter(isRemoved)),
  };
}

/** What a document without any permission says; it is no change when it appears or goes. */
const NOTHING = new Set(describePolicy({ version: 1 }));

/** A document cut into its smallest parts, each described alone. */
function piecesOf({ version, ...members }: PolicyDocument): readonly Piece[] {
  return Object.entries(members).flatMap(([member, value]) => {
    const parts: readonly unknown[] = Array.isArray(value) ? value.map((each) => [each]) : [value];
    return parts.map((part) => {
      const document = policyDocumentSchema.parse({ version, [member]: part });
      const { version: _, ...alone } = document;
      return { key: canonicalize(alone), lines: describePolicy(document).filter((line) => !NOTHING.has(line)) };
    });
  });
}

function without(pieces: readonly Piece[], others: readonly Piece[]): readonly Piece[] {
  const keys = new Set(others.map(({ key }) => key));
  return pieces.filter(({ key }) => !keys.has(key));
}

const wordsOf = ({ lines }: Piece): string => lines.join('\n');

const linesOf = (pieces: readonly Piece[]): readonly string[] => pieces.flatMap(({ lines }) => lines);
