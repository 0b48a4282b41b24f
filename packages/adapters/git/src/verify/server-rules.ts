import type { Repository } from '../repository/repository.js';
import type { Approvers } from './approvers-file.js';
import { approversOf, configuredKeys, identitiesOf } from './trust.js';

/** References that a server does not judge, by name or with `*` at the end; what they hold counts as judged nowhere. */
const ALLOW_REF_VARIABLE = 'airlock.allowRef';

/** Default branches that may be deleted and forced, as {@link ALLOW_REF_VARIABLE}. */
const ALLOW_FORCE_VARIABLE = 'airlock.allowForce';

/** How this server judges, read once for a push. */
export interface ServerRules {
  /** Full name; null where `HEAD` is on no branch. */
  readonly defaultBranch: string | null;
  /** `.airlock/approvers` of that branch before the push. */
  readonly defaultApprovers: Approvers | null;
  /** Keys of the configuration; null where `.airlock/approvers` decides. */
  readonly keys: ReadonlySet<string> | null;
  readonly repositories: ReadonlySet<string>;
  /** Revision arguments for everything that was judged when it came: branches and tags. */
  readonly judged: readonly string[];
  /** Whether a reference is not judged. */
  isFree(ref: string): boolean;
  mayForce(ref: string): boolean;
  /** The reference that an update of this one really changes. */
  realName(ref: string): string;
}

/** @throws GitError */
export async function serverRules(repository: Repository): Promise<ServerRules> {
  const free = await repository.configAll(ALLOW_REF_VARIABLE);
  const forced = await repository.configAll(ALLOW_FORCE_VARIABLE);
  const isFree = (ref: string) => free.some((pattern) => matches(pattern, ref));
  const links = await symbolicNames(repository);
  const defaultBranch = await headOf(repository, links);
  const keys = await configuredKeys([], repository);
  return {
    defaultBranch,
    defaultApprovers: await approversOf(repository, defaultBranch, { isNeeded: keys === null }),
    keys,
    repositories: await identitiesOf([], repository),
    judged: await judgedRevisions(repository, free.length > 0 ? (ref) => isFree(realName(links, ref)) : null),
    isFree,
    mayForce: (ref) => forced.some((pattern) => matches(pattern, ref)),
    realName: (ref) => realName(links, ref),
  };
}

async function headOf(repository: Repository, links: ReadonlyMap<string, string>): Promise<string | null> {
  const { stdout } = await repository.run(['symbolic-ref', '--quiet', 'HEAD'], { exits: [0, 1] });
  const name = stdout.toString('utf8').trim();
  return name === '' ? null : realName(links, name);
}

function matches(pattern: string, ref: string): boolean {
  return pattern.endsWith('*') ? ref.startsWith(pattern.slice(0, -1)) : ref === pattern;
}

/** Pull requests, notes and other hidden references may hold what was never judged, and do not count. */
async function judgedRevisions(
  repository: Repository,
  isFree: ((ref: string) => boolean) | null,
): Promise<readonly string[]> {
  if (isFree === null) return ['--branches', '--tags'];
  const all = [...(await repository.references('refs/heads/')), ...(await repository.references('refs/tags/'))];
  return [...new Set(all.flatMap(([ref, id]) => (isFree(ref) ? [] : [id])))];
}

async function symbolicNames(repository: Repository): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await repository.run(['for-each-ref', '--format=%(symref) %(refname)']);
  const lines = stdout.toString('utf8').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [target = '', name = ''] = line.split(' ');
      return target === '' ? [] : [[name, target] as const];
    }),
  );
}

/** As many links as git follows. */
const MOST_LINKS = 5;

function realName(links: ReadonlyMap<string, string>, ref: string): string {
  let name = ref;
  for (let step = 0; step < MOST_LINKS; step += 1) name = links.get(name) ?? name;
  return name;
}
