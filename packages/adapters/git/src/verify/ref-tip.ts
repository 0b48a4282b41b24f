import { GitError } from '../errors.js';
import type { Repository } from '../repository/repository.js';

const TAG = /^object ([0-9a-f]+)\ntype (\w+)\n/;

/** Tags of tags: more than anybody makes. */
const MOST_TAGS = 16;

/**
 * The commit that a reference brings, through annotated tags.
 * @throws GitError `git_failed` for one that names files instead, `objects_missing`
 */
export async function tipOf(repository: Repository, id: string, { ref }: { readonly ref: string }): Promise<string> {
  let at = id;
  for (let step = 0; step < MOST_TAGS; step += 1) {
    const object = (await repository.objects([at])).get(at);
    if (object === undefined) throw new GitError('objects_missing', `object ${at} is missing`);
    if (object.type === 'commit') return at;
    const target = object.type === 'tag' ? TAG.exec(Buffer.from(object.bytes).toString('latin1'))?.[1] : undefined;
    if (target === undefined || ref.startsWith('refs/heads/'))
      throw new GitError('git_failed', `it names a ${object.type}, which nobody approves; only commits can come`);
    at = target;
  }
  throw new GitError('git_failed', 'it is a tag of tags of tags');
}
