import { requires, type Suite } from '@airlock/conformance/requires';
import { findJudge, type JudgeName, JUDGES } from './installed-judge.js';

/** Whether every judge says all it has to say (`npm run test:mcp`), or only enough to see that it would. */
export const isWhole: boolean = process.env['AIRLOCK_MCP_JUDGES'] === 'all';

/** A suite that needs a judge; skipped, or failed in CI, where it could not be installed. */
export function requiresJudge(name: JudgeName): Suite {
  return requires(JUDGES[name].name, findJudge(name) !== undefined);
}
