import { cpSync, existsSync } from 'node:fs';
import { defineConfig } from 'tsup';
import { app } from '../../tooling/tsup/app.js';

const PLUGIN = '../claude-plugin/dist';

/** The command carries the built plugin for Claude Code, which `airlock claude install` copies from there. */
function carryPlugin(): void {
  for (const part of ['.claude-plugin', 'airlock']) {
    if (existsSync(`${PLUGIN}/${part}`)) cpSync(`${PLUGIN}/${part}`, `dist/claude-plugin/${part}`, { recursive: true });
  }
}

const command = app({ main: 'src/main.ts', 'store-worker': '../../packages/gateway/src/store/worker.ts' });

/** Git starts it for every new commit: one file of its own with nothing else in it. */
const gitHook = { ...app({ 'git-hook': 'src/git-hook.ts' }), splitting: false };

export default defineConfig([
  { ...gitHook, clean: false },
  { ...command, clean: ['!git-hook.js', '!git-hook.js.map'], onSuccess: async () => carryPlugin() },
]);
