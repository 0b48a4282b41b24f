import { mergeConfig } from 'vitest/config';
import { project } from '../../tooling/vitest/project.js';

/** `npm test` runs the short form of each judge, `npm run test:mcp` all of it (src/selection.ts). The suites start
 * some hundred programs: only what hangs shall run into a limit. */
export default mergeConfig(project('mcp-judges'), { test: { testTimeout: 900_000, hookTimeout: 300_000 } });
