import { policyGateSchema, policyRequirementSchema } from '@airlock/protocol';
import { z } from 'zod';
import type { ChainEntry, ChainFields } from '../chain/chain-lines.js';
import type { LocalRestriction } from '@airlock/policy';
import { requiresSchema } from './requires.js';

const text = (max: number) => z.string().min(1).max(max);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const workspaceId = text(200);
/** Of the document that is narrowed; 0 where there was none. */
const version = z.int().min(0);
const common = { at: text(64), prev: hash };
const restrict = { ...common, kind: z.literal('restrict'), workspaceId, version };

/** A `restrict` entry by what it takes away. */
const restrictSchema = z.discriminatedUnion('restriction', [
  z.strictObject({ ...restrict, restriction: z.literal('auto-off') }),
  z.strictObject({ ...restrict, restriction: z.literal('fail-closed') }),
  z.strictObject({ ...restrict, restriction: z.literal('pattern-removed'), patternId: text(64) }),
  z.strictObject({ ...restrict, restriction: z.literal('path-managed'), path: text(4096).startsWith('/') }),
  z.strictObject({ ...restrict, restriction: z.literal('gate-on'), gate: policyGateSchema }),
  z.strictObject({ ...restrict, restriction: z.literal('require'), requirement: policyRequirementSchema }),
]);

const policySchema = z.strictObject({
  ...common,
  kind: z.literal('policy'),
  workspaceId,
  version: z.int().min(1),
  sha256: hash,
  /** Under which id the paired key signed: ids change when the same key is paired again. */
  signerKeyId: text(200),
  /** What the document requires, so that losing it loses none of that. */
  requires: requiresSchema,
});
const taintSchema = z.strictObject({
  ...common,
  kind: z.literal('taint'),
  workspaceId,
  sessionId: z.string().max(200),
});
const grantEndedSchema = z.strictObject({
  ...common,
  kind: z.literal('grant-ended'),
  policyId: text(200),
  /** Epoch milliseconds: until when it has to be remembered. */
  expiresAt: z.int().min(0),
});

const entrySchema = z.union([
  z.discriminatedUnion('kind', [
    z.strictObject({ ...common, kind: z.literal('stop') }),
    z.strictObject({ ...common, kind: z.literal('start') }),
    policySchema,
    taintSchema,
    grantEndedSchema,
  ]),
  restrictSchema,
]);

/** An entry of the list of local restrictions. */
export type ListEntry = z.infer<typeof entrySchema>;

type WithoutFrame<E> = E extends unknown ? Omit<E, 'at' | 'prev'> : never;
/** An entry that is about to be written. */
export type NewListEntry = WithoutFrame<ListEntry>;

/** A document that came into force, with the time when it did. */
export type DocumentEntry = Omit<z.infer<typeof policySchema>, 'kind' | 'prev' | 'workspaceId'>;

/** The entry that a line of the file is, or null: then the list is damaged. */
export function readEntry(entry: ChainEntry): ListEntry | null {
  return entrySchema.safeParse(entry).data ?? null;
}

/** The members of a new entry as the file holds them. Throws `ZodError` for one that could not be read back. */
export function entryFields(entry: NewListEntry, at: string): ChainFields {
  const { prev: _, ...fields } = entrySchema.parse({ ...entry, at, prev: '0'.repeat(64) });
  return fields;
}

/** The restriction that an entry records. */
export function restrictionOf(entry: z.infer<typeof restrictSchema>): LocalRestriction {
  const { version: narrowed } = entry;
  switch (entry.restriction) {
    case 'auto-off':
    case 'fail-closed':
      return { kind: entry.restriction, version: narrowed };
    case 'pattern-removed':
      return { kind: entry.restriction, version: narrowed, patternId: entry.patternId };
    case 'path-managed':
      return { kind: entry.restriction, version: narrowed, path: entry.path };
    case 'gate-on':
      return { kind: entry.restriction, version: narrowed, gate: entry.gate };
    case 'require':
      return { kind: entry.restriction, version: narrowed, requirement: entry.requirement };
  }
}

/** The entry that records a restriction. */
export function restrictEntry(workspace: string, { kind, ...rest }: LocalRestriction): NewListEntry {
  const {
    at: _,
    prev: __,
    ...entry
  } = restrictSchema.parse({
    ...rest,
    kind: 'restrict',
    restriction: kind,
    workspaceId: workspace,
    at: '-',
    prev: '0'.repeat(64),
  });
  return entry;
}
