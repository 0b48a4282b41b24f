import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GitError } from '../errors.js';
import { chainedName, hookScript, type Mark, markOf } from './hook-script.js';
import { makerOf } from './hook-tools.js';
import type { HookProgram, HookState } from './model.js';
import type { HookPlace } from './place.js';

/** Names to which hook managers move what they find. */
const MOVED = ['old', 'legacy'];

/** What is at a path: nothing, a hook of ours, or one of others. */
export function lookAt(path: string): Mark | 'missing' {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return 'missing';
  return entry.isFile() ? markOf(readFileSync(path, 'utf8')) : 'foreign';
}

/** Where a hook that was there before is kept. */
export function chainedPath({ hook, script }: HookPlace): string {
  return join(dirname(script), chainedName(hook));
}

/** State of the script itself. */
export function scriptState(place: HookPlace): Pick<HookState, 'state' | 'chained'> {
  const before = chainedPath(place);
  return { state: stateOf(lookAt(place.script)), chained: lookAt(before) === 'missing' ? null : before };
}

function stateOf(found: Mark | 'missing'): HookState['state'] {
  switch (found) {
    case 'missing':
      return 'missing';
    case 'foreign':
      return 'replaced';
    case 'changed':
      return 'changed';
    case 'intact':
    case 'outdated':
      return 'installed';
  }
}

/** @throws GitError when {@link putScript} would lose a hook of others */
export function checkPut(place: HookPlace): void {
  const before = chainedPath(place);
  const found = lookAt(place.script);
  if (found === 'changed') throw edited(place.script);
  if (found !== 'foreign' || lookAt(before) === 'missing' || supersedes(place.script, before)) return;
  throw new GitError('foreign_hook_changed', `${place.script} is not ours any more, and ${before} keeps another hook`, {
    fix: `put both into one file at ${place.script}, remove ${before}, then: airlock git install`,
  });
}

/** Writes our script; what was there is kept beside it, and called by it. Writes nothing when it stands there already. */
export function putScript(place: HookPlace, program: HookProgram): void {
  const { hook, script } = place;
  const text = hookScript(hook, program);
  const found = lookAt(script);
  removeMoved(place);
  if (found === 'intact' && readFileSync(script, 'utf8') === text) {
    chmodSync(script, 0o755);
    return;
  }
  mkdirSync(dirname(script), { recursive: true });
  const passing = `${script}.airlock-new`;
  rmSync(passing, { force: true });
  writeFileSync(passing, text, { flag: 'wx', mode: 0o755 });
  chmodSync(passing, 0o755);
  if (found === 'foreign') renameSync(script, chainedPath(place));
  renameSync(passing, script);
}

/** @throws GitError when {@link takeScript} would lose a hook of others */
export function checkTake(place: HookPlace): void {
  const before = chainedPath(place);
  const found = lookAt(place.script);
  if (found === 'changed') throw edited(place.script);
  if (found !== 'foreign' || lookAt(before) === 'missing' || supersedes(place.script, before)) return;
  throw new GitError('foreign_hook_changed', `${place.script} is not ours any more, and ${before} keeps another hook`, {
    fix: `keep one of the two as ${place.script}, remove ${before}, then: airlock git uninstall`,
  });
}

/** Takes our script away and puts back what was there. */
export function takeScript(place: HookPlace): { readonly removed: boolean; readonly restored: boolean } {
  const before = chainedPath(place);
  const found = lookAt(place.script);
  const wasMoved = removeMoved(place);
  if (found === 'foreign') {
    rmSync(before, { force: true });
    return { removed: wasMoved, restored: false };
  }
  rmSync(place.script, { force: true });
  const restored = lookAt(before) !== 'missing';
  if (restored) renameSync(before, place.script);
  return { removed: found !== 'missing' || wasMoved, restored };
}

/** Whether what is there now has taken the place of what was kept: the same bytes, or made by the same tool. */
function supersedes(now: string, before: string): boolean {
  const [text, kept] = [contentOf(now), contentOf(before)];
  if (text === null || kept === null) return false;
  const maker = makerOf(text);
  return text === kept || (maker !== null && maker === makerOf(kept));
}

function contentOf(path: string): string | null {
  return lstatSync(path).isFile() ? readFileSync(path, 'latin1') : null;
}

/** Hook managers move our script aside; there it would stay for ever, or be called twice. */
function removeMoved({ script }: HookPlace): boolean {
  const moved = MOVED.map((end) => `${script}.${end}`).filter((path) => ['intact', 'outdated'].includes(lookAt(path)));
  for (const path of moved) rmSync(path);
  return moved.length > 0;
}

function edited(path: string): GitError {
  return new GitError('foreign_hook_changed', `${path} is ours, but somebody edited it`, {
    fix: `move it away, then type the command again`,
  });
}
