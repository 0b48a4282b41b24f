import { resolve } from 'node:path';

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where git, which calls a hook, says its repository is; relative ones count from the hook's folder. */
const PLACES = [
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_QUARANTINE_PATH',
  'GIT_WORK_TREE',
];

/** What could start programs, change what objects say, or write where others read. */
const DROPPED = /^GIT_(?:TRACE|EXTERNAL_DIFF|DIFF_OPTS|PAGER|REPLACE_REF_BASE|ATTR_SOURCE|REDIRECT|NOTES)/;

/** Git reads objects as they are: nothing that is stored beside them takes part, nothing is fetched. */
const RAW = {
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_SHALLOW_FILE: '',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
};

const QUIET = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Options of every git that we start: they come after those of the caller and win over every file. */
export const GIT_OPTIONS: readonly string[] = [
  '--no-pager',
  ...[
    'core.commitGraph=false',
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.warnAmbiguousRefs=true',
  ].flatMap((each) => ['-c', each]),
];

/** The environment of a hook without what could make git lie or act; its places made absolute. */
export function gitEnvironment(caller: Environment, folder: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(caller)) {
    if (value === undefined || DROPPED.test(name)) continue;
    kept[name] = PLACES.includes(name) && value !== '' ? resolve(folder, value) : value;
  }
  return { ...kept, ...QUIET };
}

/** The same for reading objects. */
export function rawEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return { ...environment, ...RAW };
}
