import { canName, isGlob } from './fold.js';
import { type NamedPath, partsOf } from './named-path.js';

/** What of the gate a path leads to, in words. */
export type ProtectedThing =
  | 'the own files of the gate'
  | 'the hooks of a repository'
  | 'the configuration of a repository'
  | 'the configuration of git'
  | 'the settings, hooks or plugins of the host'
  | 'the registration of MCP servers';

const ANY = '*';
const HOST = 'the settings, hooks or plugins of the host';
const MCP = 'the registration of MCP servers';

const HOOKS = 'the hooks of a repository';

/** Files and folders by which hook managers decide what git runs. */
const HOOK_MANAGERS: readonly string[] = [
  '.husky',
  '.githooks',
  ...['lefthook', '.lefthook', 'lefthook-local', '.lefthook-local'].flatMap((name) =>
    ['yml', 'yaml', 'toml', 'json', 'jsonc'].map((ending) => `${name}.${ending}`),
  ),
  '.lefthook',
  '.lefthook-local',
  '.pre-commit-config.yaml',
  ...['.simple-git-hooks', 'simple-git-hooks'].flatMap((name) =>
    ['js', 'cjs', 'mjs', 'json'].map((ending) => `${name}.${ending}`),
  ),
];

/** Names that follow each other anywhere in a path; what is below them belongs to them. Folded. */
const SEQUENCES: readonly { readonly names: readonly string[]; readonly is: ProtectedThing }[] = [
  { names: ['.local', 'state', 'airlock'], is: 'the own files of the gate' },
  { names: ['.local', 'share', 'airlock'], is: 'the own files of the gate' },
  { names: ['.config', 'airlock'], is: 'the own files of the gate' },
  { names: ['run', 'airlock'], is: 'the own files of the gate' },
  { names: ['run', 'user', ANY, 'airlock'], is: 'the own files of the gate' },
  { names: ['.airlock'], is: 'the own files of the gate' },
  ...HOOK_MANAGERS.map((name) => ({ names: [name], is: HOOKS }) as const),
  { names: ['.gitconfig'], is: 'the configuration of git' },
  { names: ['etc', 'gitconfig'], is: 'the configuration of git' },
  { names: ['.config', 'git'], is: 'the configuration of git' },
  { names: ['.claude.json'], is: HOST },
  { names: ['.claude-plugin'], is: HOST },
  { names: ['.config', 'claude'], is: HOST },
  { names: ['.local', 'share', 'claude'], is: HOST },
  { names: ['.local', 'state', 'claude'], is: HOST },
  { names: ['@anthropic-ai', 'claude-code'], is: HOST },
  { names: ['etc', 'claude-code'], is: HOST },
  { names: ['application support', 'claudecode'], is: HOST },
  { names: ['program files', 'claudecode'], is: HOST },
  { names: ['programdata', 'claudecode'], is: HOST },
  { names: ['claude-code', 'managed-settings.json'], is: HOST },
  { names: ['claude-code', 'managed-settings.d'], is: HOST },
  { names: ['claude-code', 'managed-mcp.json'], is: HOST },
  { names: ['claudecode', 'managed-settings.json'], is: HOST },
  { names: ['claudecode', 'managed-settings.d'], is: HOST },
  { names: ['claudecode', 'managed-mcp.json'], is: HOST },
  { names: ['.codex', 'config.toml'], is: HOST },
  { names: ['.codex', 'hooks.json'], is: HOST },
  { names: ['.cursor', 'hooks.json'], is: HOST },
  { names: ['.gemini', 'settings.json'], is: HOST },
  { names: ['.mcp.json'], is: MCP },
  { names: ['.cursor', 'mcp.json'], is: MCP },
  { names: ['.vscode', 'mcp.json'], is: MCP },
  { names: ['claude', 'claude_desktop_config.json'], is: MCP },
];

/** Below `.claude`, all but these decides what the host runs: settings, hooks, plugins, skills and commands do. */
const CLAUDE_HARMLESS = new Set(['worktrees', 'projects', 'plans', 'todos', 'claude.md', 'claude.local.md']);

const FIRST_NAMES = new Set(SEQUENCES.map(({ names }) => names[0]));

/** Sequences by their first name, which is never a wildcard. */
const BY_FIRST: ReadonlyMap<string | undefined, typeof SEQUENCES> = new Map(
  [...FIRST_NAMES].map((first) => [first, SEQUENCES.filter(({ names }) => names[0] === first)]),
);

const GIT_PARTS: readonly { readonly name: string; readonly is: ProtectedThing }[] = [
  { name: 'hooks', is: HOOKS },
  { name: 'config', is: 'the configuration of a repository' },
  { name: 'config.worktree', is: 'the configuration of a repository' },
];

/** Wildcards alone name nothing in particular: `ls *` means the files of a project. */
function follows(parts: readonly string[], at: number, names: readonly string[]): boolean {
  if (!parts.slice(at, at + names.length).some((part) => /[a-z]/.test(part))) return false;
  return names.every((name, index) => {
    const part = parts[at + index];
    return part !== undefined && (name === ANY || canName(part, name));
  });
}

/** The sequences of which a part can be the beginning. */
function beginningWith(part: string): typeof SEQUENCES {
  return isGlob(part) ? SEQUENCES : (BY_FIRST.get(part) ?? []);
}

function isGitFolder(part: string): boolean {
  return canName(part, '.git') || /^\S*\.git$/.test(part);
}

function inGitFolder(parts: readonly string[], at: number): ProtectedThing | null {
  if (!isGitFolder(parts[at] ?? '')) return null;
  const below = parts.slice(at + 1);
  return GIT_PARTS.find(({ name }) => below.some((part) => canName(part, name)))?.is ?? null;
}

function inClaudeFolder(parts: readonly string[], at: number): ProtectedThing | null {
  const next = parts[at + 1];
  if (next === undefined || !canName(parts[at] ?? '', '.claude')) return null;
  return CLAUDE_HARMLESS.has(next) ? null : HOST;
}

/** One of these is in every path that {@link byNames} recognizes, unless a wildcard stands for it. */
const TELLING = new Set([...SEQUENCES.flatMap(({ names }) => names), '.claude']);

function tells(part: string): boolean {
  return TELLING.has(part) || part.endsWith('.git') || isGlob(part);
}

/** What a path leads to wherever it starts, by the names in it alone. */
function byNames(parts: readonly string[]): ProtectedThing | null {
  if (!parts.some(tells)) return null;
  for (let at = 0; at < parts.length; at += 1) {
    const found =
      beginningWith(parts[at] ?? '').find(({ names }) => follows(parts, at, names))?.is ??
      inGitFolder(parts, at) ??
      inClaudeFolder(parts, at);
    if (found !== null) return found;
  }
  return null;
}

/** Folders that hold what is protected and are nothing else: changing them changes it. */
function isHolder(parts: readonly string[]): boolean {
  const last = parts.at(-1) ?? '';
  return isGitFolder(last) || canName(last, '.claude');
}

function isPrefix(parts: readonly string[], of: readonly string[]): boolean {
  return parts.length <= of.length && parts.every((part, index) => canName(part, of[index] ?? ''));
}

/** A path behind a variable that cannot be followed: does it go on where a folder of the gate ends? */
function endsLike(root: readonly string[], tail: readonly string[]): boolean {
  for (let length = Math.min(root.length, tail.length); length > 0; length -= 1) {
    if (length === 1 && !(root.at(-1) ?? '').includes('airlock')) return false;
    if (isPrefix(tail.slice(0, length), root.slice(-length))) return true;
  }
  return false;
}

/** Judges paths against the places of one gate. */
export class ProtectedPaths {
  readonly #roots: readonly (readonly string[])[];
  readonly #cwd: readonly string[];
  readonly #names: ReadonlySet<string>;

  constructor(roots: readonly string[], cwd: readonly string[]) {
    this.#roots = roots.map(partsOf);
    this.#cwd = cwd;
    this.#names = new Set([...this.#roots.flat(), ...cwd]);
  }

  /** Whether a path with these parts can end at a folder that holds something; a quick look that is never wrong about no. */
  mayHold(parts: readonly string[]): boolean {
    const last = parts.at(-1) ?? '..';
    return last === '..' || isHolder(parts) || isGlob(last) || this.#names.has(last);
  }

  /** What an absolute path is or lies in. */
  at(parts: readonly string[]): ProtectedThing | null {
    if (this.#roots.some((root) => isPrefix(parts.slice(0, root.length), root) && parts.length >= root.length)) {
      return 'the own files of the gate';
    }
    return byNames(parts);
  }

  /** The same for a path whose beginning is unknown. */
  behindVariable({ from, parts }: NamedPath): ProtectedThing | null {
    if (this.#roots.some((root) => endsLike(root, parts))) return 'the own files of the gate';
    const isGitSetting = from !== 'here' && follows(parts, 0, ['git', 'config']);
    return isGitSetting ? 'the configuration of git' : byNames(parts);
  }

  /** Whether a folder holds something protected, so that removing or moving it does the same to that. */
  holds(parts: readonly string[]): boolean {
    return isHolder(parts) || isPrefix(parts, this.#cwd) || this.#roots.some((root) => isPrefix(parts, root));
  }

  /** The same for a path below a home folder, which this pure part does not know. */
  homeHolds(parts: readonly string[]): boolean {
    return (
      isHolder(parts) ||
      parts.length === 0 ||
      this.#roots.some((root) => root.some((_part, at) => isPrefix(parts, root.slice(at)) && at > 0)) ||
      SEQUENCES.some(
        ({ names: [first, ...rest] }) => rest.length > 0 && first?.startsWith('.') && isPrefix(parts, [first, ...rest]),
      )
    );
  }

  /** Folders around the gate that a path below a home folder may be: the home is whatever stands before it there. */
  belowHome(parts: readonly string[]): readonly (readonly string[])[] {
    if (parts.length === 0) return [];
    return this.#roots.flatMap((root) =>
      root.flatMap((_part, at) => (isPrefix(parts, root.slice(at)) ? [root.slice(0, at + parts.length)] : [])),
    );
  }

  /** Whether writing into a folder is enough: it holds little else, and no work goes on in it. */
  isNear(parts: readonly string[]): boolean {
    if (isPrefix(parts, this.#cwd)) return false;
    return (
      isHolder(parts) ||
      this.#roots.some((root) => isPrefix(parts, root.slice(0, -1)) && parts.length === root.length - 1)
    );
  }
}
