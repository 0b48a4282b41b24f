const PLAIN = /^[!#-[\]-~]+$/;
const ESCAPES: Readonly<Record<number, string>> = {
  0x07: '\\a',
  0x08: '\\b',
  0x09: '\\t',
  0x0a: '\\n',
  0x0b: '\\v',
  0x0c: '\\f',
  0x0d: '\\r',
  0x22: '\\"',
  0x5c: '\\\\',
};

/**
 * Writes the raw bytes of a name as git does in a diff: as they are when all are printable ASCII, else in double quotes
 * with every other byte in octal. Unlike git also in quotes with a blank in it, or with a part that no work tree can
 * hold: so a name never looks like two, and never leads elsewhere unnoticed.
 */
export function quotePath(prefix: string, path: Uint8Array): string {
  const text = Array.from(path, (byte) => String.fromCharCode(byte)).join('');
  if (PLAIN.test(text) && text.split('/').every((part) => part !== '' && part !== '.' && part !== '..')) {
    return prefix + text;
  }
  return `"${prefix}${Array.from(path, quoteByte).join('')}"`;
}

function quoteByte(byte: number): string {
  const isShown = byte >= 0x20 && byte <= 0x7e;
  return ESCAPES[byte] ?? (isShown ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`);
}
