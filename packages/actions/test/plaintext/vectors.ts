import { readFileSync } from 'node:fs';

interface PlaintextVector {
  readonly id?: string;
  readonly value: any;
  readonly canonical: string;
  readonly artifactHash?: string;
  readonly contentSha256: string;
}

const file: {
  readonly context: { readonly artifactHash: string };
  readonly plaintext: PlaintextVector;
  readonly plaintexts: readonly PlaintextVector[];
} = JSON.parse(readFileSync(new URL('../../../testkit/vectors/decision-signature.json', import.meta.url), 'utf8'));

/** The running example and the further plaintexts, with the hash over their bytes. */
export const PLAINTEXTS = [
  { ...file.plaintext, id: 'running example', artifactHash: file.context.artifactHash },
  ...file.plaintexts,
].map((vector) => ({ ...vector, id: vector.id ?? '', artifactHash: vector.artifactHash ?? '' }));
