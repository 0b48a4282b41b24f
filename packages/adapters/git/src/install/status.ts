import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { scriptState } from './hook-file.js';
import { markOf, programOf } from './hook-script.js';
import { blockState } from './husky-block.js';
import { managersOf } from './hook-tools.js';
import type { GitStatus, HookState, LookOptions, Problem } from './model.js';
import { findPlace, type HookPlace } from './place.js';
import { hookProblems, placeProblems } from './problems.js';
import { readSettings } from './settings.js';

/**
 * What is installed in the repository around a folder, and what goes around it. Changes nothing.
 * @throws GitError `no_repository`, `git_failed`
 */
export async function gitStatus(at: LookOptions): Promise<GitStatus> {
  const place = await findPlace(at);
  const settings = await readSettings(place);
  const managers = place.side === 'server' ? [] : managersOf(place, readdirSync(place.folder));
  const hooks = place.hooks.map(stateOf);
  const problems: readonly Problem[] = [
    ...(hooks.every(({ state }) => state === 'missing')
      ? [NOT_INSTALLED]
      : hooks.flatMap((hook) => hookProblems(hook, managers))),
    ...place.hooks.flatMap(programProblems),
    ...(await placeProblems(place, settings, managers)),
  ];
  return {
    repository: place.folder,
    side: place.side,
    identity: settings.identity,
    hooksDirectory: place.hooksDirectory,
    managers,
    hooks,
    trailer: settings.trailer,
    problems,
  };
}

const NOT_INSTALLED: Problem = {
  code: 'not_installed',
  message: 'nothing of Airlock is where git looks for hooks',
  fix: 'airlock git install',
};

function stateOf(place: HookPlace): HookState {
  const { hook, script, caller } = place;
  const own = scriptState(place);
  if (caller === null) return { hook, path: script, ...own };
  const block = blockState(hook, caller);
  return { hook, path: caller, state: block === 'installed' ? own.state : block, chained: own.chained };
}

/** What an installed script starts must be there; one of another version is to be written anew. */
function programProblems({ hook, script }: HookPlace): readonly Problem[] {
  if (lstatSync(script, { throwIfNoEntry: false })?.isFile() !== true) return [];
  const text = readFileSync(script, 'utf8');
  const mark = markOf(text);
  if (mark === 'foreign') return [];
  const again = 'airlock git install';
  const { node, program } = programOf(text) ?? { node: '', program: '' };
  const gone = [node, program].filter((path) => !existsSync(path));
  return [
    ...(mark === 'outdated'
      ? [{ code: 'hook_outdated', message: `${hook} is of another version of Airlock`, fix: again }]
      : []),
    ...(gone.length > 0
      ? [{ code: 'program_missing', message: `${hook} starts ${gone.join(' and ')}, which is not there`, fix: again }]
      : []),
  ];
}
