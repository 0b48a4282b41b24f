/**
 * A message as callers write it: branded texts are plain texts. The gateway judges them; what comes back is branded by
 * the schema that read it.
 */
export type Plain<T> = T extends string
  ? keyof T extends keyof string
    ? T
    : string
  : T extends readonly (infer Item)[]
    ? readonly Plain<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Plain<T[Key]> }
      : T;
