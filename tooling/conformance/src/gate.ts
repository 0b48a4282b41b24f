import type { Citation } from './citations.js';

/** Status of every rule: `tested`, or `planned: <area that will own the test>`. */
export type Manifest = Readonly<Record<string, string>>;

/** What the gate judges. */
export interface Evidence {
  /** Ids in the documents, in their order. */
  readonly documented: readonly string[];
  readonly manifest: Manifest;
  readonly citations: readonly Citation[];
}

const PLANNED = /^planned: \S.*$/;

/** Every way in which documents, manifest and tests disagree, as one line each; empty when they agree. */
export function judge({ documented, manifest, citations }: Evidence): readonly string[] {
  const known = new Set(documented);
  const cited = new Map(citations.map(({ id, where }) => [id, where]));
  return [
    ...citations
      .filter(({ id }) => !known.has(id))
      .map(({ id, where }) => `${where} cites ${id}, which no document has`),
    ...documented.filter((id) => !(id in manifest)).map((id) => `${id} is not in the manifest`),
    ...Object.keys(manifest)
      .filter((id) => !known.has(id))
      .map((id) => `${id} is in the manifest but in no document`),
    ...documented.flatMap((id) => judgeStatus(id, manifest[id], cited.get(id))),
  ];
}

function judgeStatus(id: string, status: string | undefined, citedAt: string | undefined): readonly string[] {
  if (status === undefined) return [];
  if (status === 'tested') return citedAt === undefined ? [`${id} is marked tested, but no test cites it`] : [];
  if (!PLANNED.test(status)) return [`${id} has the status "${status}"; it must be "tested" or "planned: <area>"`];
  return citedAt === undefined
    ? []
    : [`${id} is marked "${status}", but ${citedAt} cites it: type npm run conformance:update`];
}

/** The manifest that follows from the evidence, and one line for every change to it. */
export interface Update {
  readonly manifest: Manifest;
  readonly changes: readonly string[];
}

/**
 * Adds new rules as planned, drops rules that no document has and turns planned into tested where a test cites the rule.
 * It never turns tested into planned: losing a test is a failure of the gate, not an update.
 */
export function update({ documented, manifest, citations }: Evidence, areaOf: (id: string) => string): Update {
  const cited = new Set(citations.map(({ id }) => id));
  const changes: string[] = [];
  const next: Record<string, string> = {};
  for (const id of documented) {
    const before = manifest[id];
    const after = before === 'tested' || cited.has(id) ? 'tested' : (before ?? `planned: ${areaOf(id)}`);
    if (before !== after) changes.push(`${id}: ${before ?? 'new'} -> ${after}`);
    next[id] = after;
  }
  const known = new Set(documented);
  for (const id of Object.keys(manifest)) if (!known.has(id)) changes.push(`${id}: dropped, no document has it`);
  return { manifest: next, changes };
}
