type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The members of `record` that are not undefined (GW-100). */
export function present<T extends object>(record: T): Present<T>;
export function present(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
