import { EncodingError, utf8Decode } from '@airlock/protocol';
import { check } from '../checks.js';
import { ActionError } from '../errors.js';
import type { RawCommit } from './model.js';
import { isObjectId } from './object-id.js';

const HEADER = /^([A-Za-z][A-Za-z0-9-]*) (.*)$/s;
const OWN_HEADERS: ReadonlySet<string> = new Set(['tree', 'parent', 'author', 'committer']);
const UTF8 = /^utf-?8$/i;

/**
 * Reads a commit object. Stricter than git: every member stands once, in the one place that git looks for it, so that no
 * other reader finds another tree, parent or author.
 * @throws ActionError `content_not_text` for a name or message that is not UTF-8, `action_invalid` for bytes that are no commit
 */
export function readCommit(id: string, bytes: Uint8Array): RawCommit {
  const text = decoded(bytes);
  const end = text.indexOf('\n\n');
  const header = end === -1 ? text : text.slice(0, end + 1);
  check(header.endsWith('\n') && !header.includes('\0'), 'The header of a commit must be complete lines');
  const lines = new Lines(header.slice(0, -1).split('\n'));
  const tree = lines.take('tree');
  const parents = lines.takeAll('parent');
  const author = lines.take('author');
  const committer = lines.take('committer');
  lines.checkRest();
  const isKind = (each: string) => isObjectId(each) && each.length === id.length;
  check([id, tree, ...parents].every(isKind), 'Object ids of a commit must be complete and of one kind');
  return { id, tree, parents, author, committer, message: end === -1 ? '' : text.slice(end + 2) };
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8Decode(bytes);
  } catch (cause) {
    if (!(cause instanceof EncodingError)) throw cause;
    throw new ActionError('content_not_text', 'The commit is not UTF-8 text, so it cannot be shown', { cause });
  }
}

/** The lines of a header, read from the front. */
class Lines {
  #at = 0;
  constructor(readonly lines: readonly string[]) {}

  take(name: string): string {
    const [value] = this.#next(name);
    if (value === undefined) throw new ActionError('action_invalid', `A commit must have its ${name} in its place`);
    return value;
  }

  takeAll(name: string): readonly string[] {
    const values: string[] = [];
    for (let next = this.#next(name); next.length > 0; next = this.#next(name)) values.push(...next);
    return values;
  }

  /** Signatures, merged tags and what later versions of git may add. A line that begins with a blank goes on. */
  checkRest(): void {
    for (const [index, line] of this.lines.slice(this.#at).entries()) {
      if (line.startsWith(' ') && index > 0) continue;
      const [, name = '', value = ''] = HEADER.exec(line) ?? [];
      check(name !== '' && !OWN_HEADERS.has(name), 'A line in the header of a commit is malformed or out of place');
      if (name === 'encoding' && !UTF8.test(value)) {
        throw new ActionError('content_not_text', 'The commit says that it is not UTF-8 text, so it cannot be shown');
      }
    }
  }

  #next(name: string): readonly [string] | readonly [] {
    const line = this.lines[this.#at] ?? '';
    if (!line.startsWith(`${name} `)) return [];
    this.#at += 1;
    return [line.slice(name.length + 1)];
  }
}
