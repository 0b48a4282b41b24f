import { sha256Hex } from '@airlock/crypto';
import {
  canonicalBytes,
  type HexSha256,
  parseHexSha256,
  parseTime,
  type PolicyDocument,
  type PolicyPattern,
  type PolicyRequirement,
  policyRequirementSchema,
  type PolicyTool,
  readPolicyDocument,
  utf8Encode,
} from '@airlock/protocol';
import { readPattern } from '../patterns/match.js';

/** A valid pattern of the signed document that no local restriction took away. */
export interface PatternInForce {
  /** `pat-` and 16 hexadecimal digits of the hash of its canonical form. */
  readonly id: string;
  readonly pattern: PolicyPattern;
}

/** A tool of the signed document that no local restriction took away. */
export interface ToolInForce {
  /** `tool-` and 16 hexadecimal digits of the hash of its canonical form. */
  readonly id: string;
  readonly tool: PolicyTool;
}

/** The policy an enforcer works under: the signed document met with the local restrictions (LOC-085). */
export interface PolicyInForce {
  /** Of the signed document; 0 without one. Every artifact carries it. */
  readonly version: number;
  /** SHA-256 of the canonical signed document; of `{}` without one. */
  readonly sha256: HexSha256;
  /** The signed document; absent in the strictest policy. */
  readonly document?: PolicyDocument;
  /** Epoch milliseconds; null when auto mode is off. Whether it has passed is for `evaluate` to see. */
  readonly autoUntil: number | null;
  /** Epoch milliseconds; null when fail mode is closed. */
  readonly failOpenUntil: number | null;
  readonly patterns: readonly PatternInForce[];
  readonly tools: readonly ToolInForce[];
  readonly gatesOff: readonly string[];
  readonly unmanaged: readonly string[];
  readonly requirements: readonly PolicyRequirement[];
}

/** Everything is asked but reads (LOC-045). In force without a document, and whenever one is missing, unsigned, altered or unreadable (LOC-080). */
export const STRICTEST_POLICY: PolicyInForce = {
  version: 0,
  sha256: parseHexSha256('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'),
  autoUntil: null,
  failOpenUntil: null,
  patterns: [],
  tools: [],
  gatesOff: [],
  unmanaged: [],
  requirements: [],
};

/**
 * An entry of the append-only list of local restrictions (LOC-085). `version` is that of the document it narrows: a later
 * signed document is complete and says itself what holds, an earlier one stays narrowed.
 */
export type LocalRestriction = { readonly version: number } & (
  | { readonly kind: 'auto-off' }
  | { readonly kind: 'fail-closed' }
  /** Of a pattern or of a tool. */
  | { readonly kind: 'pattern-removed'; readonly patternId: string }
  | { readonly kind: 'path-managed'; readonly path: string }
  | { readonly kind: 'gate-on'; readonly gate: string }
  | { readonly kind: 'require'; readonly requirement: PolicyRequirement }
);

/**
 * The policy that the text of a verified document and the restrictions make together. A text that is not canonical, has a
 * member this version does not understand or only names an approver is as good as none (LOC-080, LOC-082). A restriction
 * holds unless the document is newer than it. Patterns are validated again: an invalid or broad one approves nothing
 * (ENF-175, INV-33).
 */
export function policyInForce(text: string | null, restrictions: readonly LocalRestriction[]): PolicyInForce {
  const signed = text === null ? STRICTEST_POLICY : signedPolicy(text);
  return restrictions.filter(({ version }) => version >= signed.version).reduce(narrowed, signed);
}

/** Id of a pattern: the same pattern with other pins is another one. */
export function patternId(pattern: PolicyPattern): string {
  return `pat-${sha256Hex(canonicalBytes(pattern)).slice(0, 16)}`;
}

/** Id of a tool: the same tool with another server or definition behind it is another one. */
export function toolId(tool: PolicyTool): string {
  return `tool-${sha256Hex(canonicalBytes(tool)).slice(0, 16)}`;
}

function signedPolicy(text: string): PolicyInForce {
  const document = readPolicyDocument(text);
  if (document === null || document.approverKey !== undefined) return STRICTEST_POLICY;
  return {
    version: document.version,
    sha256: sha256Hex(utf8Encode(text)),
    document,
    autoUntil: document.auto === undefined ? null : parseTime(document.auto.until),
    failOpenUntil: document.failOpen === undefined ? null : parseTime(document.failOpen.until),
    patterns: (document.patterns ?? [])
      .filter(({ text: words }) => readPattern(words).ok)
      .map((pattern) => ({ id: patternId(pattern), pattern })),
    tools: (document.tools ?? []).map((tool) => ({ id: toolId(tool), tool })),
    gatesOff: document.gatesOff ?? [],
    unmanaged: document.unmanaged ?? [],
    requirements: document.requirements ?? [],
  };
}

function narrowed(policy: PolicyInForce, restriction: LocalRestriction): PolicyInForce {
  switch (restriction.kind) {
    case 'auto-off':
      return { ...policy, autoUntil: null };
    case 'fail-closed':
      return { ...policy, failOpenUntil: null };
    case 'pattern-removed':
      return {
        ...policy,
        patterns: policy.patterns.filter(({ id }) => id !== restriction.patternId),
        tools: policy.tools.filter(({ id }) => id !== restriction.patternId),
      };
    case 'path-managed':
      return { ...policy, unmanaged: policy.unmanaged.filter((path) => path !== restriction.path) };
    case 'gate-on':
      return { ...policy, gatesOff: policy.gatesOff.filter((gate) => gate !== restriction.gate) };
    case 'require':
      return { ...policy, requirements: withRequirement(policy.requirements, restriction.requirement) };
  }
}

/** In the order of the schema, so that the order of the restrictions says nothing. */
function withRequirement(
  requirements: readonly PolicyRequirement[],
  added: PolicyRequirement,
): readonly PolicyRequirement[] {
  return policyRequirementSchema.options.filter((one) => one === added || requirements.includes(one));
}
