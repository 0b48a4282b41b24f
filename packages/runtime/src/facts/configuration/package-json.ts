/** Members that no tool takes code or settings from. Everything else counts. */
const HARMLESS = new Set(
  (
    'name version description keywords author contributors maintainers license licenses homepage bugs repository funding ' +
    'private files publishConfig sideEffects types typings typesVersions readme dependencies devDependencies ' +
    'peerDependencies peerDependenciesMeta optionalDependencies bundleDependencies bundledDependencies os cpu libc icon'
  ).split(' '),
);

/** Parts of a package.json that decide what runs, each with its text; the whole text where it is no JSON object. */
export function packageParts(text: string): ReadonlyMap<string, string> {
  const read = parsed(text);
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return new Map([['', text]]);
  const members = Object.entries(read).filter(([name]) => !HARMLESS.has(name));
  return new Map(members.map(([name, value]) => [name, JSON.stringify(value)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
