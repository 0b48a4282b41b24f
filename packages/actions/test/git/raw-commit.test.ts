import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { readCommit } from '../../src/index.js';
import { bytesOf } from '../support/git-changes.js';

const ID = 'a'.repeat(40);
const TREE = '1'.repeat(40);
const ONE = '2'.repeat(40);
const TWO = '3'.repeat(40);
const AUTHOR = 'A U Thor <author@example.com> 1700000000 +0100';
const COMMITTER = 'C O Mitter <committer@example.com> 1700000001 -0230';
const HEAD = `tree ${TREE}\nparent ${ONE}\nauthor ${AUTHOR}\ncommitter ${COMMITTER}\n`;
const GPGSIG = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n tree x\n parent y\n -----END PGP SIGNATURE-----\n';

const read = (text: string) => readCommit(ID, bytesOf(text));

describe(rules('ART-130')`a commit is read from its bytes`, () => {
  it('tree, parents, author, committer and message', () => {
    expect(
      read(`tree ${TREE}\nparent ${ONE}\nparent ${TWO}\nauthor ${AUTHOR}\ncommitter ${COMMITTER}\n\nMerge\n\nwhy\n`),
    ).toEqual({
      id: ID,
      tree: TREE,
      parents: [ONE, TWO],
      author: AUTHOR,
      committer: COMMITTER,
      message: 'Merge\n\nwhy\n',
    });
  });

  it('a root commit', () => {
    expect(read(`tree ${TREE}\nauthor ${AUTHOR}\ncommitter ${COMMITTER}\n\nx`).parents).toEqual([]);
  });

  it('of a SHA-256 repository', () => {
    const id = 'c'.repeat(64);
    expect(readCommit(id, bytesOf(HEAD.replace(TREE, id).replace(ONE, id))).tree).toBe(id);
  });

  it.each([
    ['with a line feed at its end', '\nx\n', 'x\n'],
    ['without', '\nx', 'x'],
    ['empty', '\n', ''],
    ['left out', '', ''],
    ['of empty lines', '\n\n\n', '\n\n'],
    ['with a NUL', '\na\0b\n', 'a\0b\n'],
    ['with a byte order mark', '\n\ufeffx\n', '\ufeffx\n'],
    ['with what looks like a header', `\nparent ${TWO}\n`, `parent ${TWO}\n`],
    ['with a carriage return', '\nx\r\n', 'x\r\n'],
  ])('a message %s', (_, tail, message) => {
    expect(read(HEAD + tail).message).toBe(message);
  });

  it.each([
    ['a signature', GPGSIG],
    ['a signature for SHA-256', GPGSIG.replace('gpgsig', 'gpgsig-sha256')],
    ['a merged tag', `mergetag object ${ONE}\n type commit\n tag v1\n \n message\n${GPGSIG}`],
    ['an encoding that is ours', 'encoding UTF-8\n'],
    ['an unknown line', 'HG:extra branch:default\n'.replace('HG:extra', 'HG-extra')],
    ['an unknown line without value', 'x-note \n'],
  ])('with %s', (_, extra) => {
    expect(read(`${HEAD}${extra}\nx\n`)).toEqual(read(`${HEAD}\nx\n`));
  });
});

describe(rules('ART-130')`a commit that is refused`, () => {
  it.each([
    ['no bytes', ''],
    ['a tag', `object ${ONE}\ntype commit\ntag v1\ntagger ${AUTHOR}\n\nx\n`],
    ['no tree', HEAD.replace(`tree ${TREE}\n`, '')],
    ['two trees', HEAD.replace(`tree ${TREE}\n`, `tree ${TREE}\ntree ${TWO}\n`)],
    ['a tree behind a parent', `parent ${ONE}\n${HEAD}`],
    ['no author', HEAD.replace(/author .*\n/, '')],
    ['two authors', HEAD.replace('committer ', `author ${AUTHOR}\ncommitter `)],
    ['no committer', `tree ${TREE}\nauthor ${AUTHOR}\n\nx\n`],
    ['two committers', `${HEAD}committer ${COMMITTER}\n\nx\n`],
    ['a parent behind the author', HEAD.replace('committer ', `parent ${TWO}\ncommitter `)],
    ['a parent behind the committer', `${HEAD}parent ${TWO}\n\nx\n`],
    ['a tree behind a signature', `${HEAD}${GPGSIG}tree ${TWO}\n\nx\n`],
    ['a committer that goes on', `${HEAD} more\n\nx\n`],
    ['an author that goes on', HEAD.replace('committer ', ' more\ncommitter ')],
    ['a short tree', HEAD.replace(TREE, TREE.slice(1))],
    ['a tree in capitals', HEAD.replace(TREE, 'A'.repeat(40))],
    ['a parent of another kind', HEAD.replace(ONE, '2'.repeat(64))],
    ['a parent with a blank', HEAD.replace(ONE, `${ONE} `)],
    ['a NUL in its header', HEAD.replace('A U Thor', 'A\0U Thor')],
    ['a line without a name', `${HEAD}: x\n\nx\n`],
    ['a line that is cut', HEAD.slice(0, -1)],
    ['a header with CRLF', `${HEAD.replaceAll('\n', '\r\n')}\r\nx\n`],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'action_invalid' }));
  });

  it('an id of another kind than what it names', () => {
    expect(() => readCommit('a'.repeat(64), bytesOf(HEAD))).toThrow(
      expect.objectContaining({ code: 'action_invalid' }),
    );
  });

  it.each([
    ['a message in another encoding', Buffer.from(`${HEAD}\nna\u00efve\n`, 'latin1')],
    ['a name in another encoding', Buffer.from(`${HEAD.replace('Thor', 'Th\u00f6r')}\nx\n`, 'latin1')],
    ['a message that says it is in another encoding', bytesOf(`${HEAD}encoding UTF-7\n\n+ADw-x+AD4-\n`)],
    ['an encoding behind a signature', bytesOf(`${HEAD}${GPGSIG}encoding ISO-8859-1\n\nx\n`)],
  ])('%s', (_, bytes) => {
    expect(() => readCommit(ID, bytes)).toThrow(expect.objectContaining({ code: 'content_not_text' }));
  });
});
