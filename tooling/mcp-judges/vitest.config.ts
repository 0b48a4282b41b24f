import { mergeConfig } from 'vitest/config';
import { project } from '../../tooling/vitest/project.js';

/** `npm test` runs the short form of each judge, `npm run test:mcp` all of it (src/selection.ts). */
export default mergeConfig(project('mcp-judges'), { test: { testTimeout: 300_000, hookTimeout: 120_000 } });
