import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { requiresProgram } from '@airlock/conformance/requires';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { play } from './runner/play.js';
import { parseScenario, readScenarios, type Scenario } from './runner/scenario.js';
import { openStage } from './runner/place.js';
import type { Stage } from './runner/stage.js';

const ALL = readScenarios(fileURLToPath(new URL('scenarios', import.meta.url)));
const SCENARIOS = process.env['AIRLOCK_GIT_SCENARIOS'] === 'all' ? ALL : ALL.filter(({ isShort }) => isShort);

/** Milliseconds for one scenario on a busy machine. */
const LONGEST_MS = 180_000;

const HEAD = '# Broken\ncovers: the runner\ngiven: a repository\n';
const COMMIT = '$ git commit -q --allow-empty -m x\n';

/** Scenarios that do not go as they say, and what the runner says of them. */
const BROKEN: readonly (readonly [string, string, string])[] = [
  ['asks-unexpectedly', COMMIT, 'asked once more than the scenario says'],
  ['asks-nothing', 'human: approves\n$ git status\nasked: git-commit\n', 'expected 1 question(s), asked 0'],
  ['leaves-an-answer', 'human: approves\n$ git status\n', '1 answer(s) of the human were not needed'],
  ['asks-something-else', `human: approves\n${COMMIT}asked: git-commit\n  commits: y\n`, 'expected y, seen x'],
  ['ends-otherwise', '$ false\n', 'expected exit 0, found 1'],
  ['ends-well', '$ true\nexit: not 0\n', 'expected exit not 0, found 0'],
  ['stops-in-the-middle', '$ false; true\n', 'expected exit 0, found 1'],
  ['says-nothing', '$ true\nsays: something\n', 'does not say: something'],
  ['prints-more', '$ echo one; echo two\nprints: one\n', 'expected to print'],
  ['changes-something', '$ echo x >a\nunchanged: files\n', 'files changed'],
  ['has-no-receipt', '$ true\nverify HEAD^..HEAD: ok\n', 'expected ok, found no_receipt'],
  ['verifies-nothing', '$ true\nverify HEAD..HEAD: ok\n', 'expected ok, found '],
  ['is-given-nothing', 'given: a unicorn\n$ true\n', 'nobody knows how to make a unicorn'],
];

requiresProgram('git')(rules('LOC-148', 'ART-135', 'EXCH-150')`git scenarios`, () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  }, 120_000);
  afterAll(() => stage.close());

  async function played(scenario: Scenario): Promise<number> {
    if (!scenario.isAlone) return await play(scenario, stage);
    const own = await openStage();
    try {
      return await play(scenario, own);
    } finally {
      await own.close();
    }
  }

  for (const scenario of SCENARIOS) {
    const name = `${scenario.name}: ${scenario.title}`;
    it.concurrent(name, async () => expect(await played(scenario)).toBe(scenario.steps.length), LONGEST_MS);
  }

  for (const [name, text, why] of BROKEN) {
    const broken = parseScenario(`broken-${name}`, HEAD + text);
    it.concurrent(`a scenario that ${name} fails`, () => expect(play(broken, stage)).rejects.toThrow(why), LONGEST_MS);
  }
});
