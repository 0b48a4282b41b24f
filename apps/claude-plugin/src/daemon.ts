import { claudeCodeAdapter } from '@airlock/adapter-claude-code';
import { resolvePaths, runDaemon } from '@airlock/runtime';

const home = process.env.AIRLOCK_HOME;
await runDaemon({ paths: resolvePaths({ fixedHome: home ?? null }), adapters: [claudeCodeAdapter] });
