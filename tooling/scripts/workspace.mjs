// What `npm start`, `npm test` and `npm run check` share. Plain Node, no dependencies: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const stampFile = path.join(root, 'node_modules', '.airlock', 'installed');

/** Environment of every child: no telemetry, no update checks, local binaries first. */
export const environment = {
  ...process.env,
  PATH: [path.join(root, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter),
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
};

/** Says on stderr what is going on, so that stdout stays the output of the tool that was asked for. */
export function say(text) {
  process.stderr.write(`airlock: ${text}\n`);
}

/** Ends with one clear line when this Node is older than `engines.node`. */
export function requireNode() {
  const wanted = manifest.engines.node
    .replace(/^>=\s*/, '')
    .split('.')
    .map(Number);
  const actual = process.versions.node.split('.').map(Number);
  const older = actual[0] < wanted[0] || (actual[0] === wanted[0] && actual[1] < (wanted[1] ?? 0));
  if (!older) return;
  say(
    `Node.js ${manifest.engines.node} is needed, this is ${process.versions.node}. Install a newer Node.js and run this again.`,
  );
  process.exit(1);
}

function pinnedPnpm() {
  const [name, version] = manifest.packageManager.split('@');
  if (name !== 'pnpm' || version === undefined) throw new Error('package.json: packageManager must be pnpm@<version>');
  return version;
}

/** Program and first arguments that run exactly the pinned pnpm: the one on PATH if it is that version, else through npx. */
export function pnpmCommand() {
  const version = pinnedPnpm();
  const onPath = spawnSync('pnpm', ['--version'], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (onPath.status === 0 && onPath.stdout.trim() === version) return ['pnpm'];
  return ['npx', '--loglevel=error', '-y', `pnpm@${version}`];
}

function installStamp() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}\n`);
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', ...packageManifests()]) {
    hash.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

/** package.json of every workspace package, relative to the root. */
export function packageManifests() {
  const folders = ['packages', 'packages/adapters', 'apps', 'tooling'];
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(path.join(root, folder, entry.name, 'package.json')))
      .map((entry) => `${folder}/${entry.name}/package.json`)
      .sort(),
  );
}

/** Installs dependencies when the lockfile, a manifest or the Node ABI changed since the last successful install. */
export async function install() {
  const stamp = installStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const [program, ...first] = pnpmCommand();
  say(`installing dependencies with pnpm ${pinnedPnpm()}${program === 'npx' ? ' (fetched by npx)' : ''} ...`);
  rmSync(stampFile, { force: true });
  await runOrExit(program, [...first, 'install', '--frozen-lockfile', '--config.confirmModulesPurge=false'], 'install');
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Applications that carry others inside them, which are built before them. */
const CARRIED = { airlock: ['claude-plugin'] };

/** Builds applications straight from source (tooling/tsup/app.js), each by its own script, side by side where it can be. */
export async function buildApplications(names) {
  const first = names.flatMap((name) => CARRIED[name] ?? []);
  const then = names.filter((name) => !first.includes(name));
  for (const group of [first, then]) {
    const buildable = group.filter((name) => existsSync(path.join(root, 'apps', name, 'tsup.config.ts')));
    if (buildable.length === 0) continue;
    say(`building ${buildable.map((name) => `apps/${name}`).join(', ')} ...`);
    const codes = await Promise.all(buildable.map((name) => buildApplication(path.join(root, 'apps', name))));
    if (codes.every((code) => code === 0)) continue;
    say('the build failed; the error is above.');
    process.exit(1);
  }
}

function buildApplication(folder) {
  const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return run(scripts.build, [], { cwd: folder, shell: true, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Names of all folders under apps/ that are workspace packages. */
export function applications() {
  return packageManifests()
    .filter((file) => file.startsWith('apps/'))
    .map((file) => file.split('/')[1]);
}

/** Runs a program with our streams and resolves to its exit code (128 + n for a signal, 127 when it cannot start). */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: environment,
      stdio: 'inherit',
      shell: process.platform === 'win32',
      ...options,
    });
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGTERM', 'SIGHUP'];
    // The terminal has already sent SIGINT to the whole foreground group: wait for the child to finish with it.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    for (const signal of signals) process.on(signal, forward);
    const finish = (code) => {
      process.off('SIGINT', ignore);
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.once('error', (error) => {
      say(`cannot start ${program}: ${error.message}`);
      finish(127);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

async function runOrExit(program, args, what) {
  const code = await run(program, args);
  if (code === 0) return;
  say(`${what} failed (exit code ${code}); the reason is above.`);
  process.exit(code);
}
