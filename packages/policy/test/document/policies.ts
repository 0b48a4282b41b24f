import {
  canonicalize,
  type PolicyDocument,
  policyDocumentSchema,
  type PolicyPattern,
  policyRequirementSchema,
  type PolicyTool,
  policyToolSchema,
} from '@airlock/protocol';
import fc from 'fast-check';
import type { LocalRestriction, PolicyInForce } from '../../src/document/in-force.js';

/** 2026-11-22T00:00:00Z in seconds. */
export const VERSION = 1_795_305_600;

const HASH = 'a'.repeat(64);

/** A file as it was pinned. */
export function identity(path: string) {
  return { path, device: '2049', inode: '131', sha256: HASH };
}

/** A pattern of the document, with the members that differ. */
export function patternOf(parts: Record<string, unknown> = {}): PolicyPattern {
  return {
    text: 'npm test',
    cwd: '/home/a/project',
    shell: '/usr/bin/bash',
    program: identity('/usr/bin/npm'),
    configuration: [{ name: 'package.json scripts', sha256: HASH }],
    environmentSha256: HASH,
    ...parts,
  } as unknown as PolicyPattern;
}

/** A tool of the document, with the members that differ. */
export function toolOf(parts: Partial<Record<keyof PolicyTool, string>> = {}): PolicyTool {
  return policyToolSchema.parse({
    server: 'search',
    serverSha256: HASH,
    tool: 'query',
    definitionSha256: 'b'.repeat(64),
    ...parts,
  });
}

/** A document of {@link VERSION} with these members. */
export function documentOf(members: Record<string, unknown> = {}): PolicyDocument {
  return policyDocumentSchema.parse({ version: VERSION, ...members });
}

/** The canonical text of {@link documentOf}. */
export function textOf(members: Record<string, unknown> = {}): string {
  return canonicalize(documentOf(members));
}

const orAbsent = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const withoutUndefined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

const times = fc.constantFrom('2026-11-22T06:00:00.000Z', '2026-11-22T06:00:00+02:00', '2027-01-01T00:00:00.123456Z');
const paths = fc.constantFrom('/home/a', '/home/b', '/srv/x', '/');
const gates = fc.constantFrom('run', 'claude-code', 'git', 'mcp');
const requirements = fc.constantFrom(...policyRequirementSchema.options);
const unique = <T>(value: fc.Arbitrary<T>) => fc.uniqueArray(value, { maxLength: 4 });

/** Patterns of which many share their words, folder or shell. */
export const patterns: fc.Arbitrary<PolicyPattern> = fc
  .record({
    text: fc.constantFrom('npm test', 'npm run build', 'git status *', 'git diff *'),
    cwd: paths,
    shell: orAbsent(fc.constantFrom('/usr/bin/bash', '/usr/bin/dash')),
    program: orAbsent(paths.map(identity)),
    interpreters: orAbsent(fc.array(paths.map(identity), { maxLength: 2 })),
    environmentSha256: fc.constantFrom(HASH, 'b'.repeat(64)),
  })
  .map((parts) => withoutUndefined(patternOf(parts)) as PolicyPattern);

/** Tools of which many share their names. */
export const tools: fc.Arbitrary<PolicyTool> = fc
  .record({
    server: fc.constantFrom('search', 'files'),
    serverSha256: fc.constantFrom(HASH, 'b'.repeat(64)),
    tool: fc.constantFrom('query', 'read'),
    definitionSha256: fc.constantFrom(HASH, 'b'.repeat(64)),
  })
  .map(toolOf);

/** Documents without `approverKey`, empty members included. */
export const documents: fc.Arbitrary<PolicyDocument> = fc
  .record({
    version: fc.integer({ min: VERSION - 3, max: VERSION + 3 }),
    auto: orAbsent(fc.record({ until: times })),
    failOpen: orAbsent(fc.record({ until: times })),
    patterns: orAbsent(fc.array(patterns, { maxLength: 4 })),
    tools: orAbsent(fc.array(tools, { maxLength: 4 })),
    gatesOff: orAbsent(unique(gates)),
    unmanaged: orAbsent(unique(paths)),
    requirements: orAbsent(unique(requirements)),
  })
  .map((members) => policyDocumentSchema.parse(withoutUndefined(members)));

/** Restrictions of what a policy permits, made under versions around {@link VERSION}. */
export function restrictionsOf(policy: PolicyInForce): fc.Arbitrary<LocalRestriction> {
  const ids = ['pat-0000000000000000', ...[...policy.patterns, ...policy.tools].map(({ id }) => id)];
  const kinds: fc.Arbitrary<any> = fc.oneof(
    fc.constant({ kind: 'auto-off' }),
    fc.constant({ kind: 'fail-closed' }),
    fc.record({ kind: fc.constant('pattern-removed'), patternId: fc.constantFrom(...ids) }),
    fc.record({ kind: fc.constant('path-managed'), path: paths }),
    fc.record({ kind: fc.constant('gate-on'), gate: gates }),
    fc.record({ kind: fc.constant('require'), requirement: requirements }),
  );
  return fc
    .tuple(kinds, fc.integer({ min: VERSION - 3, max: VERSION + 3 }))
    .map(([restriction, version]) => ({ ...restriction, version }));
}

/** Whether everything that `one` lets through, `other` lets through as well. A partial order. */
export function isNarrower(one: PolicyInForce, other: PolicyInForce): boolean {
  const isWithin = <T>(part: readonly T[], whole: readonly T[]) => part.every((item) => whole.includes(item));
  const endsNoLater = (end: number | null, limit: number | null) => end === null || (limit !== null && end <= limit);
  const ids = (policy: PolicyInForce) => [...policy.patterns, ...policy.tools].map(({ id }) => id);
  return (
    endsNoLater(one.autoUntil, other.autoUntil) &&
    endsNoLater(one.failOpenUntil, other.failOpenUntil) &&
    isWithin(ids(one), ids(other)) &&
    isWithin(one.gatesOff, other.gatesOff) &&
    isWithin(one.unmanaged, other.unmanaged) &&
    isWithin(other.requirements, one.requirements)
  );
}
