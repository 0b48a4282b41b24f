import { dirname, resolve } from 'node:path';
import { programKind } from '@airlock/policy';
import type { ConfigurationFact } from '@airlock/protocol';
import { FactsError } from '../errors.js';
import { searchPath } from '../resolve/search-path.js';
import { FAMILIES, programNames, SCRIPT_RUNNERS } from './families.js';
import { FactBook, kindOf, readText, upwards } from './files.js';
import { gitFacts } from './git-facts.js';
import { makeIncludes } from './makefile.js';
import { packageParts } from './package-json.js';
import type { ConfigurationPlace } from './place.js';

/** A program and its words, of which the first may be another name of it. */
export interface ConfiguredCommand {
  readonly argv: readonly string[];
  /** Real path. */
  readonly program: string;
}

/** Options whose value is a file or a folder that decides what the program does. */
const NAMES_CONFIGURATION =
  /^(?:-[cCfprRI]|--(?:config|config-file|configFile|file|makefile|project|rcfile|manifest-path|require|import|loader|settings|init-script|prefix|cwd|dir|directory|env-file|rulesdir|plugin|ignore-path|build-file|justfile|taskfile|working-directory|rootdir|confcutdir|root))$/;

/** Options by which a package manager runs the scripts of other packages of the project. */
const RUNS_WORKSPACES =
  /^(?:-w|-ws|-r|-F|--workspaces?|--recursive|--filter|--filter-prod|workspaces?|-W|foreach)(?:=.*)?$/;

/** Verbs by which package managers of Node fetch packages, whose own scripts they run. */
const INSTALLS =
  /^(?:i|in|ins|inst|insta|instal|install|isnt|isntall|add|a|ci|clean-install|ic|install-clean|it|install-test|cit|sit|update|up|upgrade|udpate|dedupe|ddp|rebuild|rb|import|link|ln|prune|fetch|deploy|dlx|create|init|exec|x)$/;

/** What package managers of Node install. */
const LOCKS = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
];

/** Folders that hold no package of the project itself. */
const NO_PACKAGES = new Set(['node_modules', '.git', 'dist', 'build', 'coverage']);

/** Folders between the top of a project and its packages. */
const WORKSPACE_DEPTH = 4;

function holdsWorkspaces(folder: string): boolean {
  const text = readText(`${folder}/package.json`);
  const isNamed = text !== null && packageParts(text).has('workspaces');
  return isNamed || kindOf(`${folder}/pnpm-workspace.yaml`) === 'file' || kindOf(`${folder}/lerna.json`) === 'file';
}

class Collection {
  readonly book: FactBook;
  readonly #names: Set<string>;
  readonly #words: readonly string[];
  /** The working folder, and folders that a word names. */
  readonly #starts: readonly string[];

  constructor(
    { argv, program }: ConfiguredCommand,
    readonly place: ConfigurationPlace,
  ) {
    this.book = new FactBook(place.cwd, place.home);
    this.#names = new Set([...programNames(argv[0] ?? ''), ...programNames(program)]);
    this.#words = argv.slice(1);
    const named = this.#operands().filter((path) => kindOf(path) === 'folder');
    this.#starts = [...new Set([place.cwd, ...named])];
  }

  run(): void {
    const kinds = [...this.#names].map((name) => programKind(name).kind);
    if (kinds.some((kind) => kind !== 'plain')) this.#handedOn();
    const families = FAMILIES.filter(({ programs }) => programs.some((name) => this.#names.has(name)));
    for (const { near = [], here = [], home = [], system = [] } of families) {
      for (const folder of this.#above()) this.#files(folder, near);
      for (const start of this.#starts) this.#files(start, here);
      this.#files(this.place.home, home);
      for (const file of system) this.book.file(file);
    }
    const isGit = [...this.#names].some((name) => /^(?:git(?:-.*)?|gitk|tig|lazygit|hub|gh)$/.test(name));
    if (isGit) gitFacts(this.#starts, this.book, this.place);
    if (this.#isNode(families.length > 0)) this.#packages();
    if (this.#is('make', 'gmake', 'bmake')) this.#makefiles();
    if (families.length > 0 || isGit) this.#namedByOptions();
    const isInterpreter = [...this.#names].some((name) => programKind(name).kind === 'interpreter');
    if (isInterpreter || [...SCRIPT_RUNNERS].some((name) => this.#names.has(name))) this.#scripts();
  }

  #is(...names: readonly string[]): boolean {
    return names.some((name) => this.#names.has(name));
  }

  /** `deno` reads package.json too. */
  #isNode(isConfigured: boolean): boolean {
    const [node] = FAMILIES;
    return isConfigured && this.#is('deno', ...(node?.programs ?? []));
  }

  #above(): readonly string[] {
    return [...new Set(this.#starts.flatMap(upwards))];
  }

  #files(folder: string, names: readonly string[]): void {
    for (const path of this.book.matching(folder, names)) this.book.file(path);
  }

  /** Words, and values behind `=`, as paths. */
  #operands(): readonly string[] {
    const values = this.#words.flatMap((word) =>
      word.includes('=') ? [word, word.slice(word.indexOf('=') + 1)] : [word],
    );
    return values
      .filter((value) => value !== '' && !value.startsWith('-') && !value.includes('\0'))
      .map((value) => resolve(this.place.cwd, value.replace(/^~(?=\/)/, this.place.home)));
  }

  /** Programs that the words of a program name, which runs them: each decides as much as the first one. */
  #handedOn(): void {
    for (const word of this.#words.flatMap((each) => [each, each.slice(each.indexOf('=') + 1)])) {
      if (word === '' || word.startsWith('-') || word.includes('\0')) continue;
      const found = this.#search(word);
      if (found === null) continue;
      this.book.program(found);
      for (const name of programNames(word)) this.#names.add(name);
    }
  }

  #search(name: string): string | null {
    const { cwd, path } = this.place;
    try {
      return searchPath(name, { cwd, path });
    } catch (error) {
      if (error instanceof FactsError) return null;
      throw error;
    }
  }

  #namedByOptions(): void {
    for (const [index, word] of this.#words.entries()) {
      const at = word.indexOf('=');
      const [option, value] = at === -1 ? [word, this.#words[index + 1]] : [word.slice(0, at), word.slice(at + 1)];
      if (value === undefined || !NAMES_CONFIGURATION.test(option)) continue;
      this.book.file(resolve(this.place.cwd, value));
    }
  }

  #packages(): void {
    for (const folder of this.#above()) {
      this.#package(`${folder}/package.json`);
    }
    const installs =
      this.#words.every((word) => word.startsWith('-')) || this.#words.some((word) => INSTALLS.test(word));
    if (installs && this.#is('npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'bun', 'bunx')) {
      for (const folder of this.#above()) this.#files(folder, LOCKS);
    }
    for (const word of this.#words) {
      if (word.startsWith('-') || word.includes('/') || word === '') continue;
      const bin = this.#above().find((folder) => kindOf(`${folder}/node_modules/.bin/${word}`) === 'file');
      if (bin !== undefined) this.book.program(`${bin}/node_modules/.bin/${word}`);
    }
    if (this.#words.some((word) => RUNS_WORKSPACES.test(word))) {
      const top = upwards(this.place.cwd).find(holdsWorkspaces);
      if (top !== undefined) this.#workspaces(top, WORKSPACE_DEPTH);
    }
  }

  #package(path: string): void {
    const text = readText(path);
    if (text !== null) for (const [member, value] of packageParts(text)) this.book.part(path, member, value);
  }

  #workspaces(folder: string, depth: number): void {
    for (const path of this.book.matching(folder, ['*'])) {
      if (path.endsWith('/package.json')) this.#package(path);
      const isInside = depth > 0 && !NO_PACKAGES.has(path.slice(folder.length + 1));
      if (isInside && kindOf(path) === 'folder') this.#workspaces(path, depth - 1);
    }
  }

  #makefiles(): void {
    const names = ['GNUmakefile', 'makefile', 'Makefile', 'BSDmakefile'];
    const open = [
      ...this.#starts.flatMap((folder) => this.book.matching(folder, names)),
      ...this.#operands().filter((path) => kindOf(path) === 'file'),
    ];
    const seen = new Set<string>();
    while (open.length > 0 && seen.size < 64) {
      const path = open.shift() ?? '';
      const text = seen.has(path) ? null : readText(path);
      seen.add(path);
      if (text === null) continue;
      this.book.file(path);
      const { files, isUnknown } = makeIncludes(text);
      // Make looks from the folder it works in, not from that of the file.
      const folders = [...this.#starts, dirname(path)];
      open.push(
        ...folders.flatMap((folder) =>
          this.book.matching(
            folder,
            files.filter((file) => !file.startsWith('/')),
          ),
        ),
      );
      open.push(...files.filter((file) => file.startsWith('/')));
      if (isUnknown)
        open.push(...folders.flatMap((folder) => this.book.matching(folder, ['*.mk', '*.d', 'mk/*', 'make/*'])));
    }
  }

  /** Files that an interpreter is given, with the endings it tries, and its modules. */
  #scripts(): void {
    const modules = this.#words.filter((_word, index) => this.#words[index - 1] === '-m');
    const places = modules.map((name) => resolve(this.place.cwd, name.replaceAll('.', '/')));
    for (const path of this.#operands()) {
      for (const ending of ['', '.js', '.cjs', '.mjs', '.json', '.ts', '/index.js', '/__main__.py'])
        this.book.file(`${path}${ending}`);
    }
    for (const path of places)
      for (const ending of ['.py', '/__main__.py', '/__init__.py']) this.book.file(`${path}${ending}`);
  }
}

/** What shells read below the home folder before or instead of a command line: an alias there takes any name. */
const STARTUP = {
  zsh: ['.zshenv', '.zprofile', '.zshrc', '.zlogin'],
  other: ['.bashrc', '.bash_profile', '.bash_login', '.bash_aliases', '.profile'],
};

/** Files that make the shell which reads a command line give its words another meaning. */
function startup(shell: string, { home, cwd, variables }: ConfigurationPlace, book: FactBook): void {
  const isZsh = shell.slice(shell.lastIndexOf('/') + 1) === 'zsh';
  const folder = isZsh ? (variables['ZDOTDIR'] ?? home) : home;
  const named = isZsh ? [] : [variables['BASH_ENV'], variables['ENV']].filter((path) => path !== undefined);
  const paths = [...STARTUP[isZsh ? 'zsh' : 'other'].map((name) => `${folder}/${name}`), ...named];
  for (const path of paths) book.startup(resolve(cwd, path));
}

/**
 * What decides, beside the program itself, what a command does here; sorted by name. Absent files have no entry. A builtin
 * of the shell has no program, and so nothing but the startup of that shell.
 */
export function configurationOf(
  { argv, program }: ConfiguredCommand | (Omit<ConfiguredCommand, 'program'> & { readonly program: null }),
  place: ConfigurationPlace,
): ConfigurationFact[] {
  const collection = new Collection({ argv, program: program ?? '' }, place);
  if (program !== null) collection.run();
  if (place.shell !== undefined) startup(place.shell, place, collection.book);
  return collection.book.facts();
}
