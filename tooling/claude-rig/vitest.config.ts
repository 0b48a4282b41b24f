import { mergeConfig } from 'vitest/config';
import { project } from '../../tooling/vitest/project.js';

/** The rig's own parts; what runs the real program is `npm run test:claude` (vitest.real.config.ts). */
export default mergeConfig(project('claude-rig'), { test: { exclude: ['test/real/**'] } });
