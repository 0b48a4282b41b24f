import type { RequestBody } from '../../src/socket/api.js';

export const COMMIT = '1234567890123456789012345678901234567890';

const SIGNATURE = 'Example <user@example.com> 1772460000 +0000';

/** What the Git adapter asks about, made by hand. */
export function gitAction(
  kind: 'git-commit' | 'git-push' = 'git-commit',
  diff = 'diff --git a/a.txt b/a.txt\n',
): RequestBody['action'] {
  return {
    kind,
    actionType: kind.replace('-', '_'),
    commandText: kind.replace('-', ' '),
    description: 'One commit',
    repository: 'example/widgets',
    commits: [
      {
        tree: '2'.repeat(40),
        parents: ['3'.repeat(40)],
        author: SIGNATURE,
        committer: SIGNATURE,
        message: 'Add a\n',
        diff,
      },
    ],
    refs: [`update refs/heads/main from ${'3'.repeat(40)} to ${COMMIT}`],
    extensions: { 'airlock.commits': [COMMIT] },
  };
}
