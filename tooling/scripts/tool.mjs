// `node tooling/scripts/tool.mjs <program> [arguments]`: a program of the workspace, or `pnpm` itself, after an install if one is due.
import { install, pnpmCommand, requireNode, run } from './workspace.mjs';

requireNode();
await install();
const [pnpm, ...first] = pnpmCommand();
const [program, ...args] = process.argv.slice(2);
process.exitCode = await run(pnpm, [...first, ...(program === 'pnpm' ? args : ['exec', program, ...args])]);
