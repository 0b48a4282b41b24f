type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The members of `record` that are not undefined (GW-100). */
export function present<T extends object>(record: T): Present<T>;
export function present(record: object): object {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) if (value !== undefined) kept[name] = value;
  return kept;
}
