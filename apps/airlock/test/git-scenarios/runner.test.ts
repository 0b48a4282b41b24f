import { describe, expect, it } from 'vitest';
import { cardProblems, type SeenCard } from './runner/card.js';
import { parseScenario, type Scenario } from './runner/scenario.js';

const HEAD = '# Title\ncovers: something\n';

describe('a scenario that cannot be read', () => {
  it.each([
    ['has no title', 'covers: x\n$ true\n', 'first line'],
    ['covers nothing', '# Title\n$ true\n', '"covers:" is missing'],
    ['runs nothing', `${HEAD}given: a repository\n`, 'no command is run'],
    ['has an unknown word', `${HEAD}$ true\nprint: x\n`, 'no such word: "print"'],
    ['has a line without a word', `${HEAD}$ true\ngit status\n`, 'no such word'],
    ['expects something of nothing', `${HEAD}exit: 1\n$ true\n`, 'belongs below a command'],
    ['expects something below another step', `${HEAD}$ true\nverify HEAD: ok\nsays: x\n`, 'belongs below a command'],
    ['has an unknown word of a card', `${HEAD}$ true\nasked: git-commit\n  commit: x\n`, 'no such word of a card'],
    ['asks an unknown kind', `${HEAD}$ true\nasked: commit\n`, 'asked: one of'],
    ['goes on with nothing', `${HEAD}  true\n`, 'indented'],
    ['goes on after an empty line', `${HEAD}$ true\n\n  false\n`, 'indented'],
    ['has a human who does something else', `${HEAD}human: sleeps\n$ true\n`, 'no human "sleeps"'],
    ['has a human without a command', `${HEAD}$ true\nhuman: approves\n`, 'nothing is asked'],
    ['has an exit that is no number', `${HEAD}$ true\nexit: many\n`, 'is no number'],
    ['leaves an unknown part', `${HEAD}$ true\nunchanged: everything\n`, 'unchanged: one of'],
  ])('%s', (_, text, why) => {
    expect(() => parseScenario('broken', text)).toThrow(why);
  });
});

describe('a card', () => {
  const seen: SeenCard = {
    requestId: 'req-1',
    kind: 'git-commit',
    commits: ['one', 'two'],
    refs: ['update refs/heads/main'],
    notices: [],
    text: '+new',
  };
  const card = (lines: string) => {
    const { steps }: Scenario = parseScenario('x', `${HEAD}$ true\nasked: git-commit\n${lines}`);
    const [step] = steps;
    return step?.does === 'command' ? (step.cards[0] ?? null) : null;
  };

  it.each([
    ['commits: one'],
    ['commits: two | one'],
    ['commits: 3'],
    ['refs: force refs/heads/main'],
    ['notices: touches-gate'],
    ['shows: +old'],
    ['shows not: +new'],
  ])('that is not as %s says', (line) => {
    const expected = card(`  ${line}\n`);
    expect(expected && cardProblems(expected, seen)).toHaveLength(1);
  });

  it('that is as the scenario says', () => {
    const expected = card(
      '  commits: one | two\n  refs: update refs/heads/main\n  notices: (none)\n  shows: +new\n  shows not: +old\n',
    );
    expect(expected && cardProblems(expected, seen)).toEqual([]);
  });
});
