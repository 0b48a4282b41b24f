import {
  CanonicalizationError,
  canonicalize,
  EncodingError,
  formatTime,
  type PolicyDocument,
  policyDocumentSchema,
  type PolicyPattern,
  type PolicyRequirement,
  type PolicyTool,
} from '@airlock/protocol';
import { readPattern } from '../patterns/match.js';
import { PolicyChangeError } from './errors.js';
import type { PolicyInForce } from './in-force.js';
import { requirementWords, shownText, shownTime } from './words.js';

/** A loosening that an approver has to sign (LOC-080). Times are epoch milliseconds. */
export type PolicyChange =
  | { readonly kind: 'auto-on'; readonly until: number }
  | { readonly kind: 'fail-open'; readonly until: number }
  | { readonly kind: 'add-pattern'; readonly pattern: PolicyPattern }
  | { readonly kind: 'allow-tool'; readonly tool: PolicyTool }
  | { readonly kind: 'unmanage'; readonly path: string }
  | { readonly kind: 'gate-off'; readonly gate: string }
  | { readonly kind: 'lift-requirement'; readonly requirement: PolicyRequirement }
  /** The policy in force as it is, signed anew: after the approver was replaced, or a document was lost. */
  | { readonly kind: 'renew' };

/** The complete new document to be signed. */
export interface ProposedPolicy {
  /** Canonical. */
  readonly text: string;
  readonly version: number;
  /** One line that says what changes. */
  readonly summary: string;
}

/** What a document permits, as plain lists. */
type Permissions = Pick<PolicyInForce, 'autoUntil' | 'failOpenUntil' | 'gatesOff' | 'unmanaged' | 'requirements'> & {
  readonly patterns: readonly PolicyPattern[];
  readonly tools: readonly PolicyTool[];
};

/** A forgotten bypass ends by itself: nothing is switched off for longer than this, milliseconds. */
const LONGEST_BYPASS = 7 * 86_400_000;

/**
 * The document that a change makes of the policy in force, narrowed as that is: a signature never brings back what was
 * taken away here. What has expired by `at` is left out. `version` follows LOC-082.
 * @param at epoch milliseconds
 * @throws PolicyChangeError when a change is not one that may be asked for, or makes the document too large
 */
export function proposePolicy(policy: PolicyInForce, change: PolicyChange, at: number): ProposedPolicy {
  const version = Math.max(policy.version + 1, Math.floor(at / 1000));
  const permissions = changed(standing(policy, at), change, at);
  return { text: documentText(version, permissions), version, summary: summaryOf(change) };
}

function standing(policy: PolicyInForce, at: number): Permissions {
  const { autoUntil, failOpenUntil, gatesOff, unmanaged, requirements } = policy;
  return {
    autoUntil: autoUntil !== null && autoUntil > at ? autoUntil : null,
    failOpenUntil: failOpenUntil !== null && failOpenUntil > at ? failOpenUntil : null,
    patterns: policy.patterns.map(({ pattern }) => pattern),
    tools: policy.tools.map(({ tool }) => tool),
    gatesOff,
    unmanaged,
    requirements,
  };
}

function changed(permissions: Permissions, change: PolicyChange, at: number): Permissions {
  switch (change.kind) {
    case 'auto-on':
      return { ...permissions, autoUntil: checkedEnd(change.until, at) };
    case 'fail-open':
      return { ...permissions, failOpenUntil: checkedEnd(change.until, at) };
    case 'add-pattern':
      return { ...permissions, patterns: withPattern(permissions.patterns, checkedPattern(change.pattern)) };
    case 'allow-tool':
      return { ...permissions, tools: withTool(permissions.tools, change.tool) };
    case 'unmanage':
      return { ...permissions, unmanaged: withText(permissions.unmanaged, change.path) };
    case 'gate-off':
      return { ...permissions, gatesOff: withText(permissions.gatesOff, change.gate) };
    case 'lift-requirement':
      return { ...permissions, requirements: permissions.requirements.filter((one) => one !== change.requirement) };
    case 'renew':
      return permissions;
  }
}

function checkedEnd(until: number, at: number): number {
  if (!Number.isInteger(until) || until <= at) throw new PolicyChangeError('The end must lie in the future');
  if (until - at > LONGEST_BYPASS) throw new PolicyChangeError('The end must be at most 7 days away');
  return until;
}

function checkedPattern(pattern: PolicyPattern): PolicyPattern {
  const reading = readPattern(pattern.text);
  if (!reading.ok) throw new PolicyChangeError(`This pattern approves nothing: ${reading.message}`);
  return pattern;
}

/** The same words, folder and shell with other pins take the place of the old ones. */
function withPattern(patterns: readonly PolicyPattern[], added: PolicyPattern): readonly PolicyPattern[] {
  const isReplaced = ({ text, cwd, shell }: PolicyPattern) =>
    text === added.text && cwd === added.cwd && shell === added.shell;
  const position = patterns.findIndex(isReplaced);
  const others = patterns.filter((pattern) => !isReplaced(pattern));
  return others.toSpliced(position < 0 ? others.length : position, 0, added);
}

/** The same names with another server or definition behind them take the place of the old ones. */
function withTool(tools: readonly PolicyTool[], added: PolicyTool): readonly PolicyTool[] {
  const position = tools.findIndex((tool) => isNamedLike(tool, added));
  const others = tools.filter((tool) => !isNamedLike(tool, added));
  return others.toSpliced(position < 0 ? others.length : position, 0, added);
}

function isNamedLike(one: PolicyTool, other: PolicyTool): boolean {
  return one.server === other.server && one.tool === other.tool;
}

function withText(texts: readonly string[], added: string): readonly string[] {
  return texts.includes(added) ? texts : [...texts, added];
}

function documentText(version: number, permissions: Permissions): string {
  try {
    return canonicalize(checkedDocument(version, permissions));
  } catch (cause) {
    if (!(cause instanceof CanonicalizationError) && !(cause instanceof EncodingError)) throw cause;
    throw new PolicyChangeError('This policy cannot be written down', { cause });
  }
}

/** Empty members are left out. */
function checkedDocument(version: number, permissions: Permissions): PolicyDocument {
  const { autoUntil, failOpenUntil, ...lists } = permissions;
  const result = policyDocumentSchema.safeParse({
    version,
    ...(autoUntil === null ? {} : { auto: { until: formatTime(autoUntil) } }),
    ...(failOpenUntil === null ? {} : { failOpen: { until: formatTime(failOpenUntil) } }),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  });
  if (result.success) return result.data;
  const defects = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PolicyChangeError(`This policy is not possible: ${defects.join('; ')}`, { cause: result.error });
}

function summaryOf(change: PolicyChange): string {
  switch (change.kind) {
    case 'auto-on':
      return `Turn auto mode on until ${shownTime(change.until)}`;
    case 'fail-open':
      return `Open fail mode until ${shownTime(change.until)}`;
    case 'add-pattern':
      return `Approve without asking: "${shownText(change.pattern.text)}" in ${shownText(change.pattern.cwd)}`;
    case 'allow-tool':
      return `Call without asking: the tool "${shownText(change.tool.tool)}" of the server "${shownText(change.tool.server)}"`;
    case 'unmanage':
      return `Ask nothing in this folder: ${shownText(change.path)}`;
    case 'gate-off':
      return `Switch off the gate: ${shownText(change.gate)}`;
    case 'lift-requirement':
      return `No longer require ${requirementWords(change.requirement)}`;
    case 'renew':
      return 'Sign the policy in force anew';
  }
}
