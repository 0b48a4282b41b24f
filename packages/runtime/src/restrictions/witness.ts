import { parseJson } from '@airlock/protocol';
import { z } from 'zod';
import type { ChainPosition } from '../chain/anchor.js';
import { RuntimeError } from '../errors.js';
import type { SecretStore } from '../secrets/secret-store.js';

const SECRET = 'restrictions';

const positionSchema = z.strictObject({ count: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * How far the secret store knows the list of restrictions to have come. An older list with its older anchor is sealed as
 * well as the newest, so that only another place tells which one it is (LOC-085). Null before there was one.
 */
export async function readWitness(secrets: SecretStore): Promise<ChainPosition | null> {
  const stored = await secrets.get(SECRET);
  if (stored === null) return null;
  try {
    return positionSchema.parse(parseJson(stored));
  } catch (cause) {
    throw new RuntimeError('secret_store_unavailable', 'the record of the list of restrictions is damaged', {
      cause,
      fix: 'airlock doctor',
    });
  }
}

/** Replaces what the secret store knows. */
export async function writeWitness(secrets: SecretStore, { count, hash }: ChainPosition): Promise<void> {
  await secrets.set(SECRET, JSON.stringify({ count, hash }));
}

/** Forgets it: only for a list that is begun anew at the user's command. */
export async function dropWitness(secrets: SecretStore): Promise<void> {
  await secrets.delete(SECRET);
}
