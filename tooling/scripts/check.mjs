// `npm run check [-- gate ...]`: every gate that keeps the shape, as a table after the output of those that failed.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { environment, install, pnpmCommand, requireNode, root, say } from './workspace.mjs';

const turbo = ['turbo', 'run', '--output-logs=errors-only', '--continue', '--concurrency=2'];
const gate = (name) => ['tsx', 'tooling/gates/src/cli.ts', name];

/** Programs of node_modules/.bin; `pnpm: true` for those that themselves call pnpm, `after` for those that need a result. */
const GATES = [
  { name: 'build', command: [...turbo, 'build'], pnpm: true },
  {
    name: 'typecheck',
    command: [...turbo, 'typecheck'],
    pnpm: true,
    after: 'build',
  },
  { name: 'format', command: ['biome', 'format', '.'] },
  { name: 'lint', command: ['oxlint', '--quiet'] },
  { name: 'boundaries', command: ['tsx', 'tooling/boundaries/src/cli.ts'] },
  { name: 'purity', command: gate('purity') },
  { name: 'size', command: gate('size') },
  { name: 'house', command: gate('house') },
  { name: 'manifests', command: gate('manifests') },
  { name: 'layout', command: gate('layout') },
  { name: 'conformance', command: ['tsx', 'tooling/conformance/src/cli.ts'] },
  { name: 'unused', command: ['knip', '--config', 'tooling/knip.json', '--no-progress', '--no-config-hints'] },
  { name: 'versions', command: ['sherif', '--fail-on-warnings', '-r', 'packages-without-package-json'] },
  { name: 'api', command: ['tsx', 'tooling/api/src/cli.ts'], after: 'build' },
  { name: 'tarballs', command: ['tsx', 'tooling/api/src/cli.ts', 'tarballs'], pnpm: true, after: 'build' },
];
const LANES = 2;

requireNode();
await install();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !GATES.some((entry) => entry.name === name));
if (unknown.length > 0) {
  say(`no gate "${unknown[0]}"; there are: ${GATES.map(({ name }) => name).join(', ')}`);
  process.exit(64);
}
const results = await runGates(GATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
report(results);
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;

/** Runs the gates in two lanes; a gate with `after` waits for that gate, whatever its outcome. */
async function runGates(gates) {
  const waiting = [...gates];
  const running = new Map();
  const done = [];
  const isReady = ({ after }) =>
    after === undefined || !gates.some(({ name }) => name === after) || done.some(({ name }) => name === after);
  while (waiting.length > 0 || running.size > 0) {
    for (let next = waiting.findIndex(isReady); next >= 0 && running.size < LANES; next = waiting.findIndex(isReady)) {
      const [entry] = waiting.splice(next, 1);
      running.set(entry.name, runGate(entry));
    }
    const result = await Promise.race(running.values());
    running.delete(result.name);
    done.push(result);
    say(`${result.code === 0 ? 'ok    ' : 'failed'} ${result.name}`);
  }
  return gates.map(({ name }) => done.find((result) => result.name === name));
}

function runGate({ name, command, pnpm = false }) {
  const [program, ...args] = pnpm ? [...pnpmCommand(), 'exec', ...command] : command;
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env: environment, shell: process.platform === 'win32' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
      });
    }
    const finish = (code) => resolve({ name, code, output, seconds: (performance.now() - start) / 1000 });
    child.once('error', (error) => {
      output += `cannot start ${program}: ${error.message}\n`;
      finish(127);
    });
    child.once('close', (code) => finish(code ?? 1));
  });
}

/** Output of what failed (and of what was asked for by name), then one line per gate with its own closing line. */
function report(results) {
  for (const { output, name, code } of results) {
    if (code !== 0 || wanted.length > 0) process.stdout.write(`\n--- ${name} ---\n${output.trimEnd()}\n`);
  }
  process.stdout.write('\n');
  for (const { name, code, seconds, output } of results) {
    const closing = output.trimEnd().split('\n').at(-1) ?? '';
    const note = closing.startsWith(`${name}: `) ? `  ${closing.slice(name.length + 2)}` : '';
    process.stdout.write(
      `${name.padEnd(12)} ${code === 0 ? 'ok    ' : 'failed'} ${seconds.toFixed(1).padStart(6)} s${note}\n`,
    );
  }
}
