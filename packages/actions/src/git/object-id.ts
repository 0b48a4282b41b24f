const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A full object id of a SHA-1 or SHA-256 repository, lower-case hex. */
export function isObjectId(text: string): boolean {
  return OBJECT_ID.test(text);
}
