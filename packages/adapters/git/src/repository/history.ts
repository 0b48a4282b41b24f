import { isObjectId } from '@airlock/actions';
import { GitError } from '../errors.js';
import { type GitProgram, refuseAmbiguous } from './git-program.js';
import { missing, type Objects, type RawObject } from './objects.js';

const HEADER = /^tree ([0-9a-f]+)\n((?:parent [0-9a-f]+\n)*)author /;

/** Tree and parents as the raw bytes of a commit have them. */
export interface CommitLinks {
  readonly tree: string;
  readonly parents: readonly string[];
}

/** The way from commit to commit by raw parents. */
export class History {
  readonly #git: GitProgram;
  readonly #objects: Objects;

  constructor(git: GitProgram, objects: Objects) {
    this.#git = git;
    this.#objects = objects;
  }

  /** Links of commits. Throws for one that is missing or no commit. */
  async links(ids: readonly string[]): Promise<Map<string, CommitLinks>> {
    const found = await this.#objects.read(ids);
    return new Map(ids.map((id) => [id, linksOf(id, found.get(id))]));
  }

  /**
   * See `Repository.newCommits`. Git lists; every raw parent that it did not list is asked about again, so that a parent
   * which git was told to overlook is found.
   */
  async newCommits(tips: readonly string[], knownRevisions: readonly string[]): Promise<readonly string[]> {
    const known = await this.#existing(await this.ids(knownRevisions));
    const links = new Map<string, CommitLinks>();
    const settled = new Set(known);
    let open = [...new Set(tips)];
    while (open.length > 0) {
      const listed = await this.#reachable(open, known);
      for (const [id, each] of await this.links(listed.filter((id) => !links.has(id)))) links.set(id, each);
      for (const id of open) settled.add(id);
      const parents = new Set([...links.values()].flatMap((each) => each.parents));
      open = [...parents].filter((id) => !links.has(id) && !settled.has(id));
    }
    return parentsFirst(links);
  }

  /** Object ids that revision arguments stand for. Ids stand for themselves: there may be more than a command line takes. */
  async ids(revisions: readonly string[]): Promise<readonly string[]> {
    const names = revisions.filter((revision) => !isObjectId(revision));
    const ids = revisions.filter((revision) => isObjectId(revision));
    if (names.length === 0) return ids;
    const answer = await this.#git.run(['rev-parse', '--revs-only', ...names]);
    refuseAmbiguous(answer);
    return [...ids, ...lines(answer.stdout)];
  }

  /** Commits and tags that are there: a reference to a missing object knows nothing. */
  async #existing(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const there = await this.#objects.sizes(ids.filter((id) => !/^0*$/.test(id)));
    return new Set([...there].flatMap(([id, { type }]) => (type === 'commit' || type === 'tag' ? [id] : [])));
  }

  async #reachable(tips: readonly string[], known: ReadonlySet<string>): Promise<readonly string[]> {
    const there = await this.#objects.sizes(tips);
    const gone = tips.find((id) => !there.has(id));
    if (gone !== undefined) throw missing(gone);
    const input = [...tips, ...[...known].map((id) => `^${id}`)].map((line) => `${line}\n`).join('');
    try {
      return lines((await this.#git.run(['rev-list', '--stdin'], { input })).stdout);
    } catch (cause) {
      throw cause instanceof GitError ? missing(null, cause) : cause;
    }
  }
}

function lines(output: Buffer): readonly string[] {
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '');
}

function linksOf(id: string, object: RawObject | undefined): CommitLinks {
  if (object === undefined) throw missing(id);
  const [, tree, parents = ''] = HEADER.exec(Buffer.from(object.bytes).toString('latin1')) ?? [];
  if (object.type !== 'commit' || tree === undefined) throw new GitError('object_damaged', `object ${id} is no commit`);
  return { tree, parents: [...parents.matchAll(/[0-9a-f]{40,}/g)].map(([parent]) => parent) };
}

function parentsFirst(links: ReadonlyMap<string, CommitLinks>): readonly string[] {
  const order = new Set<string>();
  const stack = [...links.keys()];
  for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
    const waiting = order.has(id)
      ? []
      : (links.get(id)?.parents ?? []).filter((each) => links.has(each) && !order.has(each));
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    order.add(id);
    stack.pop();
  }
  return [...order];
}
