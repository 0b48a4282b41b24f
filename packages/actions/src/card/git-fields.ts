import { type ActionOf, type AirlockAction, type Commit, isJsonObject } from '@airlock/protocol';
import {
  APPROVED_BEFORE,
  COMMIT_IDS_EXTENSION,
  commitIds,
  isApprovedBefore,
  REMOTE_EXTENSION,
} from '../git/git-action.js';
import { type DiffFile, readDiff } from '../git/read-diff.js';
import { content, type FieldSource, type KindFields, line, list } from './field-source.js';

type GitAction = ActionOf<'git-commit' | 'git-push'>;

/** Every commit of a batch under its own number; what happens to references first, and once more in short. */
export function gitFields(action: GitAction): KindFields {
  const ids = commitIds(action);
  const count = action.commits.length;
  const essence = [
    ...line('Repository', action.repository),
    ...remoteFields(action),
    ...list('References', action.refs),
    ...line('Number of commits', String(count)),
  ];
  return {
    computed: [
      ...essence,
      ...action.commits.flatMap((commit, index) =>
        commitFields(commit, { id: ids?.[index], name: `Commit ${index + 1} of ${count}` }),
      ),
    ],
    claimed: action.commits.flatMap(({ message }, index) =>
      content(`Commit ${index + 1} of ${count}: message`, message),
    ),
    essence,
  };
}

/** Whether a field of the card shows an extension already, in words of its own. */
export function isGitExtension(action: AirlockAction, name: string): boolean {
  if (action.kind !== 'git-commit' && action.kind !== 'git-push') return false;
  if (name === COMMIT_IDS_EXTENSION) return commitIds(action) !== null;
  return name === REMOTE_EXTENSION && remoteOf(action) !== null;
}

function remoteOf(action: GitAction): { readonly name: string; readonly url: string } | null {
  const value = action.extensions?.[REMOTE_EXTENSION];
  if (!isJsonObject(value) || Object.keys(value).length !== 2) return null;
  const { name, url } = value;
  return typeof name === 'string' && typeof url === 'string' ? { name, url } : null;
}

function remoteFields(action: GitAction): FieldSource[] {
  const remote = remoteOf(action);
  return remote === null ? [] : [...line('Remote', remote.name), ...line('Remote URL', remote.url)];
}

function commitFields(commit: Commit, { id, name }: { readonly id: string | undefined; readonly name: string }) {
  return [
    ...line(name, id ?? 'without an id'),
    ...line(`${name}: tree`, commit.tree),
    ...list(
      `${name}: ${commit.parents.length > 1 ? 'parents (a merge; the change is against the first)' : 'parent'}`,
      commit.parents,
    ),
    ...line(`${name}: author`, commit.author),
    ...line(`${name}: committer`, commit.committer),
    ...changeFields(commit, name),
  ];
}

function changeFields(commit: Commit, name: string): FieldSource[] {
  if (isApprovedBefore(commit)) {
    return line(`${name}: change not shown, approved before`, commit.diff.slice(APPROVED_BEFORE.length));
  }
  const files = readDiff(commit.diff);
  return [
    ...(files === null
      ? line(`${name}: files`, 'not in our form: read the change')
      : list(`${name}: files`, files.flatMap(fileRows), 'text')),
    ...(commit.diff === '' ? line(`${name}: change`, 'none') : content(`${name}: change`, commit.diff)),
  ];
}

/** Words of ours, then the path: a name cannot pass for words. */
function fileRows(file: DiffFile): readonly string[] {
  const { kind, from, to, modes, isShown, isLfsPointer } = file;
  const more = [
    ...typeWords(modes),
    ...(isShown ? [] : ['content not shown']),
    ...(isLfsPointer ? ['pointer to content that Git LFS keeps elsewhere'] : []),
  ]
    .map((words) => `, ${words}`)
    .join('');
  return kind === 'renamed'
    ? [`renamed from${more}: ${from}`, `renamed to${more}: ${to}`]
    : [`${kind}${more}: ${kind === 'removed' ? from : to}`];
}

const TYPES: Readonly<Record<string, string>> = {
  '100644': 'file',
  '100755': 'program',
  '120000': 'symbolic link',
  '160000': 'submodule',
};

function typeWords([before, after]: DiffFile['modes']): readonly string[] {
  const [was, is] = [before, after].map((mode) => TYPES[mode] ?? `mode ${mode}`);
  if (before !== after) return [`${was} becomes ${is}`];
  return before === '' || before === '100644' ? [] : [`${is}`];
}
