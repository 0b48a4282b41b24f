import { diffPaths, MCP_EXTENSION } from '@airlock/actions';
import { isJsonObject } from '@airlock/protocol';
import type { ActionFacts } from '../facts.js';
import { diffNames } from './diff-names.js';
import {
  airlockCommand,
  changedWords,
  changeOf,
  endsProcesses,
  hookBypass,
  hookInstallation,
  hostCommand,
  keyCommand,
  processCommand,
  processSearch,
} from './gate-commands.js';
import { environmentTargets, variableTarget } from './gate-variables.js';
import { type NamedPath, namedPath, partsOf, seenFrom } from './named-path.js';
import { ProtectedPaths } from './protected-paths.js';
import { inputTexts } from './tool-input.js';
import { piecesOf, type ReadWords, readWords } from './words.js';

/** Parts of an action that can name a target, before it has become a plaintext. */
export interface TargetedAction {
  readonly kind: string;
  readonly argv?: readonly string[] | undefined;
  readonly commandText?: string | undefined;
  readonly shell?: string | undefined;
  readonly cwd?: string | undefined;
  readonly program?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly files?: readonly { readonly path: string }[] | undefined;
  readonly tool?: string | undefined;
  readonly inputJson?: string | undefined;
  readonly repository?: string | undefined;
  readonly commits?: readonly { readonly diff: string }[] | undefined;
  readonly refs?: readonly string[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Where the gate itself lives on this machine: real paths of its folders and files, and of its program. */
export interface GatePlaces {
  readonly roots: readonly string[];
  /** Process ids of the daemon, as words of a command may name them. */
  readonly processIds: readonly number[];
}

/** Names beyond this number are not followed through links; an action with more of them counts as touching the gate. */
const MAX_CANDIDATES = 8192;

/** Folders beyond this number are not tried in front of the other names of an action. */
const MAX_FOLDERS = 16;

const PROCESS = 'a process of the gate';
const HOLDER = 'a folder that holds protected files';

/** Where the git adapter keeps receipts, as it stands in a line about a reference. */
const RECEIPTS = / refs\/(?:notes\/airlock|airlock)(?:[/ ]|$)/i;

/** Words by which git says where its own folder is. */
const GIT_FOLDER = /^(?:--git-(?:dir|path|common-dir)|\$?GIT_(?:COMMON_)?DIR|--absolute-git-dir)$/;

function read(action: TargetedAction): ReadWords {
  return readWords(action.argv ?? [], [
    ...(action.shell === undefined ? [] : [action.commandText ?? '']),
    ...(action.tool === undefined ? [] : [action.tool]),
    ...(action.inputJson === undefined ? [] : inputTexts(action.inputJson)),
    ...boundTexts(action),
    ...(action.commits ?? []).flatMap(({ diff }) => (diffPaths(diff) === null ? diffNames(diff) : [])),
  ]);
}

/** What an MCP call hands over beside its arguments. */
function boundTexts({ extensions }: TargetedAction): readonly string[] {
  const binding = extensions?.[MCP_EXTENSION];
  if (!isJsonObject(binding)) return [];
  const { metaJson, paramsJson } = binding;
  return [metaJson, paramsJson].flatMap((text) => (typeof text === 'string' ? inputTexts(text) : []));
}

/** Names that stand in a member of their own: always files, never text. */
function ownNames(action: TargetedAction): readonly string[] {
  const files = (action.files ?? []).map(({ path }) => path);
  const places = [action.cwd, action.program, repositoryFolder(action)].filter((path) => path !== undefined);
  return [...files, ...places];
}

/** Most repositories have an identity that is no place on this computer. */
function repositoryFolder({ repository }: TargetedAction): string | undefined {
  return repository?.startsWith('/') === true ? repository : undefined;
}

function namesOf(action: TargetedAction, words: ReadWords): readonly string[] {
  return [...new Set([...ownNames(action), ...words.pieces])].filter((name) => name.length <= 4096);
}

/** Words of an action that may name files; an adapter resolves them into `facts.targets`. */
export function targetCandidates(action: TargetedAction): readonly string[] {
  return namesOf(action, read(action)).slice(0, MAX_CANDIDATES);
}

class Examination {
  readonly #found = new Set<string>();
  readonly #paths: ProtectedPaths;
  readonly #words: ReadWords;
  readonly #names: readonly string[];
  readonly #resolved: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly #cwd: readonly string[];
  /** Folders that some name may be seen from: the working directory, and every named folder that holds what is protected. */
  readonly #folders: (readonly string[])[];
  readonly #read = new Map<string, NamedPath>();
  /** Changes that were looked at: most commands of one action are about the same words. */
  readonly #changes = new Set<string>();

  constructor(
    readonly action: TargetedAction,
    readonly facts: ActionFacts | null,
    readonly places: GatePlaces,
  ) {
    this.#cwd = partsOf(action.cwd ?? repositoryFolder(action) ?? '/');
    this.#paths = new ProtectedPaths(places.roots, this.#cwd);
    this.#words = read(action);
    this.#names = namesOf(action, this.#words);
    const targets = facts?.targets ?? [];
    this.#resolved = new Map(targets.map(({ name, paths }) => [name, paths.map(partsOf)]));
    this.#folders = [this.#cwd];
    this.#findFolders();
  }

  get found(): readonly string[] {
    this.#ownFiles();
    this.#commits();
    this.#names.forEach((name) => this.#named(name));
    for (const name of this.#resolved.keys()) this.#named(name);
    for (const words of this.#words.commands) this.#command(words);
    this.#processes();
    for (const each of environmentTargets(this.action.environment ?? {})) this.#found.add(each);
    if (this.#names.length > MAX_CANDIDATES) this.#found.add('more names than can be followed');
    return [...this.#found].sort();
  }

  #path(name: string): NamedPath {
    const known = this.#read.get(name);
    if (known !== undefined) return known;
    const path = namedPath(name);
    this.#read.set(name, path);
    return path;
  }

  /** Every absolute path that a word can mean. */
  #meanings(name: string): readonly (readonly string[])[] {
    const meanings = [...(this.#resolved.get(name) ?? [])];
    const path = this.#path(name);
    for (const folder of this.#folders) {
      const seen = seenFrom(path, folder);
      if (seen !== null) meanings.push(seen);
      // Code joins `.git` and `/hooks`.
      if (path.from === 'root' && folder !== this.#cwd) meanings.push([...folder, ...path.parts]);
    }
    return meanings;
  }

  /** Repeated, because each folder can lead to the next: `cd .local; cd state; rm -r airlock`. */
  #findFolders(): void {
    const known = new Set([this.#cwd.join('/')]);
    const add = (folder: readonly string[]) => {
      if (this.#folders.length >= MAX_FOLDERS || known.has(folder.join('/'))) return;
      known.add(folder.join('/'));
      this.#folders.push(folder);
    };
    if (this.#names.some((name) => GIT_FOLDER.test(name))) add([...this.#cwd, '.git']);
    for (const path of this.#names.map((name) => this.#path(name))) {
      if (path.from === 'home') for (const folder of this.#paths.belowHome(path.parts)) add(folder);
    }
    const names = this.#names.filter((name) => this.#paths.mayHold(this.#path(name).parts) || this.#resolved.has(name));
    for (let round = 0; round < 3; round += 1) {
      for (const name of names) {
        for (const path of this.#meanings(name)) if (this.#paths.holds(path)) add(path);
      }
    }
  }

  #add(what: string, word: string): void {
    this.#found.add(`${what}: ${word.length > 200 ? `${word.slice(0, 200)}…` : word}`);
  }

  #ownFiles(): void {
    for (const { path } of this.action.files ?? []) this.#holder(path, 'writes');
    for (const path of this.facts?.reads ?? []) {
      const what = this.#paths.at(partsOf(path));
      if (what !== null) this.#add(what, path);
    }
    for (const { program, interpreters } of this.facts?.commands ?? []) {
      for (const each of [program, ...interpreters]) {
        const what = each === null ? null : this.#paths.at(partsOf(each.path));
        if (each !== null && what !== null) this.#add(what, each.path);
      }
    }
  }

  /** Paths below the work tree, exact where a diff is in our form; and the references that receipts are kept under. */
  #commits(): void {
    for (const path of new Set((this.action.commits ?? []).flatMap(({ diff }) => diffPaths(diff) ?? []))) {
      const parts = [...this.#cwd, ...partsOf(`/${path}`)];
      const what = this.#paths.at(parts) ?? (this.#paths.isNear(parts) ? HOLDER : null);
      if (what !== null) this.#add(what, path);
    }
    for (const line of this.action.refs ?? []) if (RECEIPTS.test(line)) this.#add('the receipts of the gate', line);
  }

  #named(name: string): void {
    const variable = variableTarget(name);
    if (variable !== null) this.#add(variable, name);
    const path = this.#path(name);
    const what =
      (path.from === 'home' || path.from === 'unknown' ? this.#paths.behindVariable(path) : null) ??
      this.#firstProtected(name);
    if (what !== null) this.#add(what, name);
  }

  #firstProtected(name: string) {
    for (const path of this.#meanings(name)) {
      const what = this.#paths.at(path);
      if (what !== null) return what;
    }
    return null;
  }

  #command(words: readonly string[]): void {
    const judged = [
      ['the command of the gate', airlockCommand(words)],
      ['the command of the host', hostCommand(words)],
      ['the keys of the gate', keyCommand(words)],
      [PROCESS, processCommand(words, this.places.processIds)],
      ['the hooks of git left out', hookBypass(words)],
      ['the configuration or the hooks of git', hookInstallation(words)],
    ] as const;
    for (const [what, word] of judged) if (word !== null) this.#add(what, word);
    const change = this.#isCommand ? changeOf(words) : 'writes';
    if (change === 'none') return;
    for (const word of changedWords(words)) for (const piece of piecesOf(word)) this.#holder(piece, change);
  }

  get #isCommand(): boolean {
    return this.action.inputJson === undefined;
  }

  /** A folder that holds what is protected, where it is removed, moved or written into. */
  #holder(name: string, change: 'removes' | 'writes'): void {
    const key = `${change} ${name}`;
    if (this.#changes.has(key)) return;
    this.#changes.add(key);
    const path = this.#path(name);
    const isHome = path.from === 'home' && change === 'removes' && this.#paths.homeHolds(path.parts);
    const isHolder = this.#meanings(name).some((each) =>
      change === 'removes' ? this.#paths.holds(each) : this.#paths.isNear(each),
    );
    if (isHome || isHolder) this.#add(HOLDER, name);
  }

  #processes(): void {
    const numbers = new Set(this.places.processIds.map(String));
    const isEnding = this.#names.some((name) => /kill|ptrace/i.test(name));
    if (this.#words.commands.some(endsProcesses)) {
      for (const search of this.#words.commands.map(processSearch)) if (search !== null) this.#add(PROCESS, search);
    }
    for (const name of this.#names) {
      const process = /(?:^|\/)proc\/+(?:\.\/+)*(\d+)/i.exec(name)?.[1] ?? (isEnding ? name : '');
      if (numbers.has(process)) this.#add(PROCESS, name);
    }
  }
}

/**
 * What of the gate an action touches, in words; empty when nothing does (LOC-090). Wider than the truth, never narrower, as
 * far as words go. What no word says cannot be seen: names that a program computes or reads from a file, names whose every
 * part is behind a variable, second names (hard links) of a file, and what a script does that is run.
 */
export function touchedTargets(
  action: TargetedAction,
  facts: ActionFacts | null,
  places: GatePlaces,
): readonly string[] {
  return new Examination(action, facts, places).found;
}
