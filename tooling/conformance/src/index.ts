/** Id of a rule in docs/protocol.md (`ENF-020`) or of an invariant in docs/invariants.md (`INV-9`). */
export type RuleId = `${string}-${number}`;

/**
 * Titles a test with the rules it pins: ``describe(rules('ENF-020')`verification order`, …)``.
 * The conformance gate reads the ids from the source text, so they must be literals.
 */
export function rules(...ids: readonly RuleId[]): (title: TemplateStringsArray | string) => string {
  return (title) => `[${ids.join(' ')}] ${typeof title === 'string' ? title : title.join('')}`;
}
