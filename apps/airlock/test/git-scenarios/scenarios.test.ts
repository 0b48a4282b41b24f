import { fileURLToPath } from 'node:url';
import { requiresProgram } from '@airlock/conformance/requires';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { play } from './runner/play.js';
import { readScenarios, type Scenario } from './runner/scenario.js';
import { Stage } from './runner/stage.js';

const SCENARIOS = readScenarios(fileURLToPath(new URL('scenarios', import.meta.url)));

/** Milliseconds for one scenario on a busy machine. */
const LONGEST_MS = 180_000;

requiresProgram('git')('git scenarios', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  }, 120_000);
  afterAll(() => stage.close());

  async function played(scenario: Scenario): Promise<number> {
    if (!scenario.isAlone) return await play(scenario, stage);
    const own = await Stage.open();
    try {
      return await play(scenario, own);
    } finally {
      await own.close();
    }
  }

  for (const scenario of SCENARIOS)
    it.concurrent(
      `${scenario.name}: ${scenario.title}`,
      async () => {
        expect(await played(scenario)).toBe(scenario.steps.length);
      },
      LONGEST_MS,
    );
});
