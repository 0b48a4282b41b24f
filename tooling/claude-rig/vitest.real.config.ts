import { defineProject } from 'vitest/config';
import { project } from '../../tooling/vitest/project.js';

const { test, ...rest } = project('claude-real');

/** Every suite with the real Claude Code; started by tooling/scripts/test-claude.mjs, which installs it first. */
export default defineProject({
  ...rest,
  test: { ...test, include: ['test/real/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000, maxWorkers: 2 },
});
