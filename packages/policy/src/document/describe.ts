import type { PolicyDocument } from '@airlock/protocol';

/** Everything that a document permits, in words, one line each; the strictest one says that everything is asked. */
export function describePolicy(_document: PolicyDocument): readonly string[] {
  throw new TypeError('not built yet');
}
