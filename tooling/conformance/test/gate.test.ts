import { describe, expect, it } from 'vitest';
import { findCitations } from '../src/citations.js';
import { type Evidence, judge, update } from '../src/gate.js';
import { rules as title } from '../src/index.js';
import { extractRuleIds, repeatedIds } from '../src/rule-ids.js';

const agreed: Evidence = {
  documented: ['XX-010', 'XX-020'],
  manifest: { 'XX-010': 'tested', 'XX-020': 'planned: gateway' },
  citations: [{ id: 'XX-010', where: 'a.test.ts:1' }],
};

describe('the conformance gate', () => {
  it('accepts documents, manifest and tests that agree', () => {
    expect(judge(agreed)).toEqual([]);
  });

  const failures: readonly [string, Partial<Evidence>, string][] = [
    [
      'a cited id that no document has',
      { citations: [...agreed.citations, { id: 'XX-999', where: 'b.test.ts:7' }] },
      'b.test.ts:7 cites XX-999, which no document has',
    ],
    ['a tested rule without a citing test', { citations: [] }, 'XX-010 is marked tested, but no test cites it'],
    [
      'a planned rule that is cited',
      { citations: [...agreed.citations, { id: 'XX-020', where: 'b.test.ts:7' }] },
      'XX-020 is marked "planned: gateway", but b.test.ts:7 cites it: type npm run conformance:update',
    ],
    [
      'a rule that the manifest misses',
      { documented: [...agreed.documented, 'XX-030'] },
      'XX-030 is not in the manifest',
    ],
    [
      'a manifest id that no document has',
      { manifest: { ...agreed.manifest, 'XX-040': 'planned: gateway' } },
      'XX-040 is in the manifest but in no document',
    ],
    [
      'a planned rule without an area',
      { manifest: { ...agreed.manifest, 'XX-020': 'planned:' } },
      'XX-020 has the status "planned:"; it must be "tested" or "planned: <area>"',
    ],
  ];
  it.each(failures)('fails on %s', (_defect, change, problem) => {
    expect(judge({ ...agreed, ...change })).toEqual([problem]);
  });
});

describe('the update of the manifest', () => {
  const area = (id: string): string => `area of ${id}`;

  it('turns planned into tested where a test cites the rule', () => {
    const evidence = { ...agreed, citations: [...agreed.citations, { id: 'XX-020', where: 'b' }] };
    expect(update(evidence, area)).toEqual({
      manifest: { 'XX-010': 'tested', 'XX-020': 'tested' },
      changes: ['XX-020: planned: gateway -> tested'],
    });
  });

  it('never turns tested into planned', () => {
    expect(update({ ...agreed, citations: [] }, area)).toEqual({ manifest: agreed.manifest, changes: [] });
  });

  it('adds rules that are new and drops rules that are gone, in document order', () => {
    const result = update({ ...agreed, documented: ['XX-005', 'XX-010'] }, area);
    expect(Object.entries(result.manifest)).toEqual([
      ['XX-005', 'planned: area of XX-005'],
      ['XX-010', 'tested'],
    ]);
    expect(result.changes).toEqual(['XX-005: new -> planned: area of XX-005', 'XX-020: dropped, no document has it']);
  });

  it('leaves a manifest that the gate accepts', () => {
    const evidence = { ...agreed, manifest: {} };
    expect(judge({ ...evidence, manifest: update(evidence, area).manifest })).toEqual([]);
  });
});

describe('citations in a test file', () => {
  const cite = (source: string) => findCitations('a.test.ts', source);

  it('are found as tagged template and as call, with their line', () => {
    const source = "describe(rules('XX-010', 'XX-020')`order`, () => {});\nit(rules('INV-1')('title'), () => {});";
    expect(cite(source).citations).toEqual([
      { id: 'XX-010', where: 'a.test.ts:1' },
      { id: 'XX-020', where: 'a.test.ts:1' },
      { id: 'INV-1', where: 'a.test.ts:2' },
    ]);
  });

  it('in comments and strings do not count', () => {
    expect(cite("// rules('XX-010')\nconst text = \"rules('XX-020')\";").citations).toEqual([]);
  });

  it.each([
    ['an id that is not a literal', 'it(rules(id)`x`, f)', 'a.test.ts:1 cites id: ids must be string literals'],
    ['no id', 'it(rules()`x`, f)', 'a.test.ts:1 cites nothing: rules() needs at least one id'],
    ['describe.skip', "describe.skip(rules('XX-010')`x`, f)", 'a.test.ts:1 cites rules in a test that does not run'],
    ['it.todo', "it.todo(rules('XX-010')`x`)", 'a.test.ts:1 cites rules in a test that does not run'],
    ['skipIf', "it.skipIf(true)(rules('XX-010')`x`, f)", 'a.test.ts:1 cites rules in a test that does not run'],
    [
      'a skipped suite around',
      "describe.skip('x', () => { it(rules('XX-010')`y`, f); })",
      'a.test.ts:1 cites rules in a test that does not run',
    ],
  ])('with %s are a problem', (_what, source, problem) => {
    expect(cite(source)).toEqual({ citations: [], problems: [problem] });
  });
});

describe('rule ids of a document', () => {
  it('are the bold heads of bullets, and nothing else', () => {
    const text =
      '- **XX-010** One.\n- **XX-020** See **XX-030**.\n  - **XX-040** nested\n**XX-050** no bullet\n- XX-060';
    expect(extractRuleIds(text)).toEqual(['XX-010', 'XX-020']);
  });

  it('must not repeat', () => {
    expect(repeatedIds(['XX-010', 'XX-020', 'XX-010'])).toEqual(['XX-010']);
  });
});

describe('the helper', () => {
  it('puts the ids in front of the title, as template and as call', () => {
    expect(title('ENF-020', 'INV-1')`a title`).toBe('[ENF-020 INV-1] a title');
    expect(title('ENF-020')('a title')).toBe('[ENF-020] a title');
  });
});
