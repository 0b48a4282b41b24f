import { cpSync, existsSync } from 'node:fs';
import { app } from '../../tooling/tsup/app.js';

const PLUGIN = '../claude-plugin/dist';

/** The command carries the built plugin for Claude Code, which `airlock claude install` copies from there. */
function carryPlugin(): void {
  for (const part of ['.claude-plugin', 'airlock']) {
    if (existsSync(`${PLUGIN}/${part}`)) cpSync(`${PLUGIN}/${part}`, `dist/claude-plugin/${part}`, { recursive: true });
  }
}

export default {
  ...app({ main: 'src/main.ts', 'store-worker': '../../packages/gateway/src/store/worker.ts' }),
  onSuccess: async () => carryPlugin(),
};
