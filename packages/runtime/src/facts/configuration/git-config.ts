/** One setting of a git configuration file. */
export interface GitSetting {
  /** Lower case, without the subsection. */
  readonly section: string;
  readonly subsection: string;
  /** Lower case. */
  readonly key: string;
  readonly value: string;
}

const HEADER = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/;

/** Reads one value, comments and quotes taken off as git does; a line that cannot be read stays as it stands. */
function valueOf(text: string): string {
  let value = '';
  let isQuoted = false;
  for (const [token] of text.matchAll(/\\[\s\S]|[\s\S]/g)) {
    if (token === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (token === '#' || token === ';')) break;
    else value += token;
  }
  return value.trim();
}

/**
 * Reads a git configuration file. It need not agree with git about odd files, because what it makes of them is only
 * hashed: every character of a line that is not known to be harmless ends up in some setting.
 */
export function readGitConfig(text: string): readonly GitSetting[] {
  const settings: GitSetting[] = [];
  let section = '';
  let subsection = '';
  for (const line of text.replaceAll(/\\\r?\n/g, ' ').split('\n')) {
    const header = HEADER.exec(line);
    if (header !== null) {
      const [name = '', dotted = ''] = (header[1] ?? '').toLowerCase().split(/\.(.*)/s);
      section = name;
      subsection = header[2] ?? dotted;
    }
    const rest = header === null ? line : line.slice(header[0].length);
    const [, key = '', value] = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=([\s\S]*))?$/.exec(rest) ?? [];
    if (key !== '') settings.push({ section, subsection, key: key.toLowerCase(), value: valueOf(value ?? 'true') });
    else if (/^\s*[^#;\s]/.test(rest)) settings.push({ section, subsection, key: '', value: rest.trim() });
  }
  return settings;
}

const CORE_HARMLESS = new Set(
  'repositoryformatversion filemode bare logallrefupdates ignorecase precomposeunicode symlinks abbrev quotepath'.split(
    ' ',
  ),
);
const SECTIONS_HARMLESS = new Set('user author committer color column advice'.split(' '));
const BRANCH_HARMLESS = new Set('merge rebase description'.split(' '));
/** The name of a remote; anything else that stands there is the place of a repository. */
const REMOTE_NAME = /^[\w-][\w.-]*$/;
const REMOTE_HARMLESS = new Set('fetch prune tagopt skipdefaultupdate skipfetchall'.split(' '));

/** Settings that neither run, include nor redirect anything. Whatever is unknown is not among them. */
export function isHarmless({ section, key, value }: GitSetting): boolean {
  if (key === '') return false;
  if (section === 'core') return CORE_HARMLESS.has(key);
  if (section === 'remote') return REMOTE_HARMLESS.has(key);
  if (section === 'branch') {
    const isRemote = key === 'remote' || key === 'pushremote';
    return BRANCH_HARMLESS.has(key) || (isRemote && REMOTE_NAME.test(value));
  }
  if (section === 'init') return key === 'defaultbranch';
  return SECTIONS_HARMLESS.has(section) && !/pager|command|program/.test(key);
}

/** Files that a configuration includes, whatever the condition is. */
export function includedFiles(settings: readonly GitSetting[]): readonly string[] {
  return settings
    .filter(({ section, key }) => (section === 'include' || section === 'includeif') && key === 'path')
    .map(({ value }) => value);
}

/** What decides, joined per section. */
export function decidingSections(settings: readonly GitSetting[]): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const setting of settings.filter((each) => !isHarmless(each))) {
    const { section, subsection, key, value } = setting;
    sections.set(section, `${sections.get(section) ?? ''}${JSON.stringify([subsection, key, value])}\n`);
  }
  return sections;
}
