const INCLUDE = /^[ ]*(?:-include|sinclude|include)[ \t]+([^#\n]+)/gm;

/** What a makefile includes. */
export interface MakeIncludes {
  readonly files: readonly string[];
  /** A name is made of variables or functions, so it can be any file of that kind. */
  readonly isUnknown: boolean;
}

/** Reads the include lines of a makefile. */
export function makeIncludes(text: string): MakeIncludes {
  const names = [...text.replaceAll(/\\\r?\n/g, ' ').matchAll(INCLUDE)].flatMap(([, list]) =>
    (list ?? '').split(/\s+/),
  );
  const files = names.filter((name) => name !== '' && !name.includes('$'));
  return { files, isUnknown: names.some((name) => name.includes('$')) };
}
