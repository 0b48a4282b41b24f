import { hookMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

// Built as CommonJS: a module of the other kind would take a tenth of an empty Node longer, for every call.
async function main(): Promise<number> {
  const [event = '', mode] = process.argv.slice(2);
  const seldom = async () => (await import('./hook-seldom.js')).seldom;
  return await hookMain({ event, isClean: mode === '--clean', seldom, ...programPlace(__dirname) });
}

main().then(
  // oxlint-disable-next-line unicorn/no-process-exit -- all is written; an input that never ends must not keep the process
  (code) => process.exit(code),
  (cause: unknown) => {
    process.stderr.write(`airlock: the hook cannot start: ${String(cause)}\n`);
    process.exitCode = 2;
  },
);
