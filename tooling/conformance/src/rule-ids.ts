/** Reads the rule ids of a document: a rule is one bullet that starts with its id in bold (``- **ENF-020** …``). */
export function extractRuleIds(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map((match) => match[1] ?? '');
}

/** Ids that stand in front of more than one rule. */
export function repeatedIds(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
