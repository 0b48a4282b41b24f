const HEADER = /^(?:diff |\+\+\+ |--- |rename |copy |Binary files )(.*)$/gm;

/** The names of files in the headers of a diff, with everything around them that may belong to them. */
export function diffNames(diff: string): readonly string[] {
  return [...diff.matchAll(HEADER)].map(([, names]) => names ?? '');
}
