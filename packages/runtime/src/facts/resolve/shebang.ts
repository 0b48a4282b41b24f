import { HEAD_BYTES } from './hashed-content.js';

/** How the kernel would start a file, read from its first bytes. */
export type ImageKind =
  | { readonly kind: 'binary' }
  | { readonly kind: 'script'; readonly interpreter: string; readonly argument: string | null }
  | { readonly kind: 'unknown'; readonly why: string };

/** ELF; Mach-O thin and fat, both byte orders. */
const MAGIC = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe', 'cafebabf'];

const UNREADABLE = { kind: 'unknown', why: 'its #! line is longer than 255 bytes or not UTF-8' } as const;

function firstLine(head: Uint8Array): string | null {
  const end = head.indexOf(0x0a);
  if (end === -1 && head.length >= HEAD_BYTES) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(2, end === -1 ? head.length : end));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * Reads the magic number and the `#!` line as Linux does: blanks around the interpreter are skipped, everything after
 * it is one argument. A file with neither is `unknown`: execvp in a shell or in Node would silently hand it to `sh`.
 */
export function readImageKind(head: Uint8Array): ImageKind {
  const magic = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (MAGIC.includes(magic)) return { kind: 'binary' };
  if (!magic.startsWith('2321')) return { kind: 'unknown', why: 'it is neither a binary nor a script with a #! line' };
  const line = firstLine(head);
  if (line === null) return UNREADABLE;
  const words = /^[ \t]*([^ \t\0]+)(?:[ \t]+(.*?))?[ \t]*$/s.exec(line);
  const interpreter = words?.[1];
  if (interpreter === undefined) return { kind: 'unknown', why: 'its #! line names no interpreter' };
  const argument = words?.[2];
  return { kind: 'script', interpreter, argument: argument === undefined || argument === '' ? null : argument };
}

/** The program that `#!/usr/bin/env …` starts. */
export type EnvTarget = { readonly name: string } | { readonly unsupported: string };

/**
 * Reads the argument of an `env` interpreter: a plain NAME, or `-S` with plain words. Quotes, escapes, variables,
 * other options and a PATH assignment are not followed, because guessing them wrong would bind the wrong program.
 */
export function readEnvTarget(argument: string | null): EnvTarget {
  if (argument === null) return { unsupported: 'env without a program name' };
  const split = /^(?:-S|--split-string=?)[ \t]*(.*)$/s.exec(argument)?.[1];
  if (split === undefined) {
    if (argument.startsWith('-')) return { unsupported: `env ${argument}` };
    return argument.includes('=') ? { unsupported: `env ${argument}` } : { name: argument };
  }
  if (/["'\\$#]/.test(split)) return { unsupported: `env ${argument}` };
  const words = split.split(/[ \t]+/).filter((word) => word !== '');
  const target = words.find((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word));
  const before = words.slice(0, target === undefined ? undefined : words.indexOf(target));
  if (target === undefined || target.startsWith('-') || before.some((word) => word.startsWith('PATH='))) {
    return { unsupported: `env ${argument}` };
  }
  return { name: target };
}
