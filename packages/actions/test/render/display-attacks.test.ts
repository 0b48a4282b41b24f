import { readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { RISK_MARKS, type RenderMode, type RiskMark, render, unrender } from '../../src/index.js';

interface Attack {
  readonly id: string;
  readonly category: string;
  readonly raw: string;
  readonly mode: RenderMode;
  readonly attack: string;
}

const { attacks }: { readonly attacks: readonly Attack[] } = JSON.parse(
  readFileSync(new URL('../../../testkit/vectors/display-attacks.json', import.meta.url), 'utf8'),
);

/** What each attack must be marked with; attacks on other parts of the display have none. */
const EXPECTED: Readonly<Record<string, readonly RiskMark[]>> = {
  D02: ['terminal-escape', 'control'],
  D03: ['terminal-escape', 'control'],
  D04: ['terminal-escape', 'control'],
  D05: ['terminal-escape', 'control'],
  D06: ['terminal-escape', 'control'],
  D07: ['terminal-escape', 'control', 'network'],
  D08: ['bidi', 'invisible', 'non-ascii', 'network'],
  D09: ['bidi', 'invisible'],
  D10: ['bidi', 'invisible'],
  D11: ['control', 'multi-line'],
  D12: ['control', 'multi-line'],
  D13: ['control', 'multi-line'],
  D14: ['control'],
  D15: ['bidi', 'invisible'],
  D16: ['multi-line'],
  D17: ['decoder-to-interpreter'],
  D18: ['mixed-script', 'non-ascii', 'network'],
  D19: ['non-ascii'],
  D20: ['mixed-script', 'network'],
  D21: ['network'],
  D22: ['non-ascii'],
  D23: ['redirect'],
  D24: ['redirect'],
  D25: ['redirect'],
  D27: ['invisible'],
  D28: ['invisible'],
  D29: ['invisible'],
  D30: ['invisible'],
  D31: ['invisible'],
  D34: ['multi-line', 'substitution'],
  D36: ['outside-workspace'],
  D37: ['invisible', 'padding'],
  D38: ['invisible', 'padding'],
  D39: ['padding'],
  D41: ['non-ascii'],
};

describe(rules('INV-40', 'APPR-170')`attacks on the display`, () => {
  it.each(attacks.map((attack) => [attack.id, attack.attack, attack] as const))('%s %s', (id, _, { raw, mode }) => {
    const shown = render(raw, mode);
    expect(shown.text).toMatch(mode === 'command' ? /^[ -~]*$/ : /^[ -~\p{L}\p{Nd}]*$/u);
    expect(unrender(shown.text)).toBe(raw);
    expect(shown.bytes).toBe(Buffer.byteLength(raw));
    expect(shown.lines).toBe(raw.split('\n').length);
    expect(shown.marks).toEqual(expect.arrayContaining([...(EXPECTED[id] ?? [])]));
    expect(shown.marks).toEqual(RISK_MARKS.filter((mark) => shown.marks.includes(mark)));
  });

  it('long text is never cut', () => {
    const long = attacks.find(({ id }) => id === 'D40')!;
    expect(render(long.raw, long.mode).text).toBe(long.raw);
    expect(render(long.raw, long.mode).text.endsWith('; touch canary')).toBe(true);
  });

  it('an ordinary command has no mark', () => {
    for (const raw of ['npm test', 'git status', 'ls -la src', "echo 'a > b'", 'make -j8 all && ./run']) {
      expect(render(raw, 'command').marks, raw).toEqual([]);
    }
  });
});
